"""Where a tool is written, in few cells."""

from __future__ import annotations

from pathlib import Path


def short_place(place: str, room: int, ellipsis: str) -> str:
    """A path with its line: relative to here or to home, and without its beginning where that does not fit.

    Args:
        place: `path:line`, a path or a module.
        room: Characters there are; the file itself is named in any case.
        ellipsis: Stands for what is left out.
    """
    path = Path(place)
    if path.is_absolute():
        for folder, sign in ((Path.cwd(), ""), (Path.home(), "~/")):
            if path.is_relative_to(folder):
                path = Path(sign) / path.relative_to(folder)
                break
    shown, parts = str(path), path.parts
    while len(shown) > room and len(parts) > 1:
        parts = parts[1:]
        shown = "/".join((ellipsis, *parts))
    return shown
