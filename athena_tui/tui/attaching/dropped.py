"""Recognises files in what was pasted: terminals paste the path of a dropped file, each in its own quoting."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

_LONGEST = 32_768
"""Characters of a paste that may still be paths."""

_ANCHORED = re.compile(r"~?/|\.{1,2}/|file://|[A-Za-z]:[\\/]")
"""How a path begins that can be nothing else; a bare name is more often a word."""


def dropped_files(text: str, is_file: Callable[[Path], bool] | None = None) -> tuple[Path, ...]:
    """The files a pasted text names, if it names nothing else. Looks at the disk.

    Args:
        text: What was pasted.
        is_file: Whether there is a file of that name.
    """
    there = is_file or _is_file
    for reading in _readings(text):
        if all(there(path) for path in reading):
            return tuple(dict.fromkeys(reading))
    return ()


def _readings(text: str) -> Iterator[list[Path]]:
    """Each way in which the text is nothing but paths: one in each line, or as a shell has them."""
    text = text.strip()
    if not text or len(text) > _LONGEST or "\0" in text:
        return
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for pieces in (lines, _shell_words(text)):
        paths = [path for piece in pieces if (path := _path(piece)) is not None]
        if paths and len(paths) == len(pieces):
            yield paths


def _shell_words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # a quote that is not closed
        return []


def _path(piece: str) -> Path | None:
    if not _ANCHORED.match(piece):
        return None
    if piece.startswith("file://"):
        try:
            address = urlsplit(piece)
        except ValueError:
            return None
        return Path(unquote(address.path)) if address.netloc in {"", "localhost"} and address.path else None
    try:
        return Path(piece).expanduser()
    except RuntimeError:  # nobody has that home
        return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
