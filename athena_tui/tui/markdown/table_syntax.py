"""How a table is written."""

from __future__ import annotations

import re

_DELIMITERS = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_CELL_END = re.compile(r"\\.|\|")


def is_delimiter_row(line: str, header: str | None) -> bool:
    """Whether `line` makes a table of the line before it."""
    if header is None or "|" not in line or not _DELIMITERS.match(line):
        return False
    return len(split_row(line)) == len(split_row(header))


def split_row(line: str) -> list[str]:
    """The cells of a table row, cut at pipes that are not escaped."""
    line = line.strip(" \t")
    cells: list[str] = []
    start = 0
    for match in _CELL_END.finditer(line):
        if match.group() == "|":
            cells.append(line[start : match.start()])
            start = match.end()
    cells.append(line[start:])
    if cells and not cells[0].strip() and line.startswith("|"):
        del cells[0]
    if cells and not cells[-1].strip():
        del cells[-1]
    return [cell.strip(" \t").replace("\\|", "|") for cell in cells]


__all__ = ["is_delimiter_row", "split_row"]
