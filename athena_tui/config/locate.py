"""Finds the line of a key in a TOML file, which tomllib does not tell."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[{{1,2}}\s*({_DOTTED})\s*\]{{1,2}}")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")


def line_of(text: str, keys: Sequence[str]) -> int | None:
    """The line, counted from 1, of a key or of the nearest thing around it that has one.

    Args:
        text: The file.
        keys: The way to the key, such as `("profiles", "work", "base_url")`.
    """
    found, depth = None, 0
    table: tuple[str, ...] = ()
    inside_string = False
    for number, line in enumerate(text.splitlines(), start=1):
        was_inside = inside_string
        if (line.count('"""') + line.count("'''")) % 2:
            inside_string = not inside_string
        if was_inside:
            continue
        if header := _HEADER.match(line):
            here = table = _split(header[1])
        elif key := _KEY.match(line):
            here = (*table, *_split(key[1]))
        else:
            continue
        if len(here) > depth and tuple(keys[: len(here)]) == here:
            found, depth = number, len(here)
    return found


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip("\"'") for part in re.findall(_PART, dotted))
