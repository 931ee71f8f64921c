"""Whether a sandbox is the only one that uses its data, so that what looks abandoned in there is."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Share:
    """One sandbox's share in a data directory, from now until it is closed.

    Args:
        directory: The data directory, which exists.
    """

    def __init__(self, directory: Path) -> None:
        self._file = os.open(directory / "sandbox.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self.alone = _lock(self._file)
        """Whether nobody else had a share when this one began."""

    def close(self) -> None:
        """Give it up."""
        os.close(self._file)


def _lock(file: int) -> bool:
    """Lock a file together with others; whether one could have had it to oneself."""
    if sys.platform == "win32":  # it has no shared locks, so there every sandbox takes itself for the only one
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        alone = False
    else:
        alone = True
    fcntl.flock(file, fcntl.LOCK_SH)
    return alone
