"""Which of the sandboxes that use the same data are still there, so that what the others left behind is known."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Share:
    """One sandbox's share in a data directory, from now until it is closed or the process dies.

    It takes the lowest free seat: a lock file with a number, which the system lets go of however the process ends.
    What a sandbox plays carries its seat, and is abandoned as soon as nobody sits there.

    Args:
        directory: The data directory, which exists.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.seat, self._file = self._take()

    def is_free(self, seat: int) -> bool:
        """Whether nobody sits there any more."""
        file = self._open(seat)
        try:
            # Shared, so that two who look at the same time do not take each other for who sits there.
            return _lock(file, exclusive=False)
        finally:
            os.close(file)

    def close(self) -> None:
        """Give it up."""
        os.close(self._file)

    def _take(self) -> tuple[int, int]:
        seat = 1
        while not _lock(file := self._open(seat), exclusive=True):
            os.close(file)
            seat += 1
        return seat, file

    def _open(self, seat: int) -> int:
        return os.open(self._directory / f"seat-{seat}.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _lock(file: int, *, exclusive: bool) -> bool:
    """Lock a file unless somebody else did; whether that worked."""
    if sys.platform == "win32":  # without these locks every sandbox takes itself for the only one
        return True
    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
