"""Files that go along with a message: what a platform takes of them, and how they are read."""

from __future__ import annotations

import mimetypes
import stat
from collections.abc import Callable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, TypeAlias

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.record import record
from athena_tui.client.sanitise import clean_text

UploadProgress: TypeAlias = Callable[[float], None]
"""Told which part of a file is sent, from 0 to 1."""

_KNOWN: Final = {".md": "text/markdown", ".markdown": "text/markdown", ".csv": "text/csv", ".webp": "image/webp"}
"""Not known on every machine, and a picture or a table must not depend on the machine."""

_MIB: Final = 1024 * 1024


@record(frozen=True, slots=True)
class FileRules:
    """Which files a platform takes along with a message.

    Args:
        platform: The platform's name, for people.
        types: The content types it takes; `*` stands for anything.
        types_named: The same in words.
        largest: Bytes of one file; `None` where the platform does not say.
        most: How many go with one message; `None` where the platform does not say.
        by_address: Whether it fetches pictures and files from a public URL.
    """

    platform: str
    types: tuple[str, ...]
    types_named: str
    largest: int | None = None
    most: int | None = None
    by_address: bool = False

    def takes(self, content_type: str) -> bool:
        """Whether it takes files of this type."""
        return any(fnmatchcase(content_type, pattern) for pattern in self.types)

    def check(self, name: str, content_type: str, size: int) -> None:
        """Refuse here what the platform would refuse.

        Raises:
            InvalidRequest: It takes no such file; the message names the limit.
        """
        if not self.takes(content_type):
            elsewhere = " Give the public URL of other files." if self.by_address else ""
            raise InvalidRequest(
                f"{name} is of a type ({content_type}) that {self.platform} does not take.",
                code="unsupported_media_type",
                remedy=f"{self.platform} takes {self.types_named}.{elsewhere}",
            )
        if self.largest is not None and size > self.largest:
            raise InvalidRequest(
                f"{name} is larger than {self.largest // _MIB} MiB.",
                code="payload_too_large",
                remedy=f"{self.platform} takes files of at most {self.largest // _MIB} MiB: send a smaller one.",
            )


def content_type_of(name: str) -> str:
    """The type of a file of this name."""
    suffix = Path(name).suffix.lower()
    return _KNOWN.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def size_of(path: Path) -> int:
    """How many bytes a file has.

    Raises:
        InvalidRequest: It is no file, or is out of reach.
    """
    try:
        found = path.stat()
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise InvalidRequest(f"{clean_text(path.name) or path} is no file.", remedy="Attach a file.")
    return found.st_size


def read_file(path: Path, rules: FileRules) -> bytes:
    """The content of a file that the platform takes.

    Raises:
        InvalidRequest: It takes no such file, or the file cannot be read.
    """
    name, content_type = clean_text(path.name), content_type_of(path.name)
    rules.check(name, content_type, 0)  # the type is wrong whether or not the file is there
    rules.check(name, content_type, size_of(path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError | ValueError) -> InvalidRequest:
    why = error.strerror if isinstance(error, OSError) else str(error)
    return InvalidRequest(
        f"{clean_text(path.name)} cannot be read: {why}.", remedy="Check the file, then attach it again."
    )
