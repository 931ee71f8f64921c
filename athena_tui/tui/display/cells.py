"""What a terminal's screen holds, cell by cell."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple, TypeAlias

from rich.cells import cell_len
from rich.console import COLOR_SYSTEMS, Console
from textual.strip import Strip

from athena_tui.tui.display.pens import Pen, pen_of

Letter: TypeAlias = tuple[str, Pen]
"""A character that takes one cell in every terminal, and its pen."""


class Piece(NamedTuple):
    """A cell of a text that is as wide as the terminal likes: such a text is drawn whole or not at all."""

    text: str
    offset: int
    width: int


Cell: TypeAlias = Letter | Piece
Row: TypeAlias = list[Cell]

UNKNOWN = Piece("", -1, 1)
"""A cell nobody knows the content of."""

_MARK = "\n"
_DINGBATS, _PICTOGRAPHS = "\u2600", "\U0001f000"
"""Between these a terminal may draw what can be an emoji as one, though nothing says so; beyond, anything."""
_AS_EMOJI = "\ufe0f"


def is_plain(text: str) -> bool:
    """Whether every character takes one cell in every terminal."""
    return (text.isascii() and text.isprintable()) or all(map(_is_plain, set(text)))


@lru_cache(4096)
def _is_plain(character: str) -> bool:
    stands_alone = unicodedata.category(character) == "Zs" or unicodedata.category(character)[0] in "LNPS"
    to_the_right = unicodedata.bidirectional(character) not in {"R", "AL"}
    is_emoji = character >= _PICTOGRAPHS or (character >= _DINGBATS and cell_len(character + _AS_EMOJI) != 1)
    return stands_alone and to_the_right and not is_emoji and cell_len(character) == 1


def cells(strip: Strip, console: Console) -> list[Cell]:
    """The cells a strip is drawn in."""
    if not is_plain(strip.text):
        rendered, width = strip.render(console), strip.cell_length
        return [Piece(rendered, offset, width) for offset in range(width)]
    system = COLOR_SYSTEMS[console.color_system or "truecolor"]
    found: list[Cell] = []
    for text, style, _ in strip:
        before = Strip.render_style(style, _MARK, system).partition(_MARK)[0] if style else ""
        found += zip(text, repeat(pen_of(before)))
    return found


def place(row: Row, x: int, new: list[Cell]) -> None:
    """Draw over some cells of a row; of a piece that is cut thereby nobody knows what the terminal leaves."""
    for cut in (x, x + len(new)):
        cell = row[cut] if cut < len(row) else UNKNOWN
        if isinstance(cell, Piece) and cell.offset > 0:
            start = cut - cell.offset
            row[start : start + cell.width] = repeat(UNKNOWN, cell.width)
    row[x : x + len(new)] = new
