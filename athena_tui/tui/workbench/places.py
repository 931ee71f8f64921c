"""Where a tool is written, in few cells."""

from __future__ import annotations

from pathlib import Path

_ROOM = 48
_KEPT = 3
"""Parts of a long path that are still named: the file and the folders it lies in."""


def short_place(place: str, ellipsis: str) -> str:
    """A path with its line: relative to here or to home, and without its beginning where it is long.

    Args:
        place: `path:line`, a path or a module.
        ellipsis: Stands for what is left out.
    """
    path = Path(place)
    if path.is_absolute():
        for folder, sign in ((Path.cwd(), ""), (Path.home(), "~/")):
            if path.is_relative_to(folder):
                path = Path(sign) / path.relative_to(folder)
                break
    parts = path.parts
    return str(path) if len(str(path)) <= _ROOM or len(parts) <= _KEPT else f"{ellipsis}/{'/'.join(parts[-_KEPT:])}"
