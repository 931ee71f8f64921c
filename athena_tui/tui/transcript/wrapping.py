"""Plain text cut into lines by cells, so that wide characters never break the frame."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_WIDE = "\u1100-\u115f\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
# Scripts without spaces may be cut between any two of their characters.
_WORD = re.compile(rf"\s*(?:[{_WIDE}]|[^\s{_WIDE}]+)|\s+")
TAB = 4


def wrap(text: str, width: int) -> list[tuple[str, str]]:
    """Lines of a text and what joins each to the next when it is copied.

    Args:
        text: May hold newlines and tabs.
        width: Cells a line may take.

    Returns:
        Pairs of a line and its join: a newline, the spaces it was cut at, nothing within a word.
    """
    width = max(2, width)
    lines: list[tuple[str, str]] = []
    for line in text.expandtabs(TAB).split("\n"):
        if cell_len(line) <= width:
            lines.append((line, "\n"))
        else:
            lines.extend(_wrap_line(line, width))
    return lines


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """A text cut to so many cells, its first line only; what was cut is marked."""
    first, newline, _ = text.partition("\n")
    if not newline and cell_len(first) <= width:
        return first
    if cell_len(first) < width:
        return first + ellipsis
    piece = next(_pieces(first, max(1, width - 1)), "")
    return (piece if cell_len(piece) < width else "") + ellipsis


def _wrap_line(line: str, width: int) -> Iterator[tuple[str, str]]:
    current, used = "", 0
    for word in _WORD.findall(line):
        size = cell_len(word)
        if used + size <= width:
            current, used = current + word, used + size
            continue
        bare = word.lstrip()
        if used:
            yield current, word[: len(word) - len(bare)]
            current, used = "", 0
            word, size = bare, cell_len(bare)  # noqa: PLW2901 - the space went into the join
        *full, current = _pieces(word, width) if size > width else (word,)
        yield from ((piece, "") for piece in full)
        used = cell_len(current)
    yield current, "\n"


def _pieces(word: str, width: int) -> Iterator[str]:
    """A word cut wherever a line is full."""
    start, used = 0, 0
    for position, character in enumerate(word):
        size = cell_len(character)
        if used + size > width and position > start:
            yield word[start:position]
            start, used = position, 0
        used += size
    yield word[start:]
