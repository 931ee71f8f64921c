"""Writes cells where they belong, with as few bytes as that takes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import compress, groupby
from operator import itemgetter, ne

from athena_tui.tui.display.cells import Cell, Piece, Row
from athena_tui.tui.display.pens import PLAIN, Pen, change

_NEAR = 6
"""Cells that cost less to write once more than the cursor to move over."""
_text_of = itemgetter(0)
_kind_of = itemgetter(1)


class Pencil:
    """Begins and ends with a terminal whose attributes are reset."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._pen = PLAIN

    def scroll(self, top: int, bottom: int, rows: int) -> None:
        """Move the lines from `top` to `bottom` up by so many, or down by minus so many; those set free are blank."""
        # Lines are deleted or inserted, because more terminals can do that than can scroll a region.
        motion = f"{rows}M" if rows > 0 else f"{-rows}L"
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1};1H\x1b[{motion}\x1b[r")

    def row(self, y: int, old: Row, new: Row) -> None:
        """Make a line that shows `old` show `new`."""
        changed = list(compress(range(len(new)), map(ne, old, new)))
        if not changed:
            return
        border = min(_letters(old), _letters(new))
        behind = bisect_left(changed, border)
        if behind:
            for start, stop in _runs(changed[:behind], new):
                self._write(y, start, new[start:stop])
        if behind < len(changed):
            # A terminal may have its own idea of widths, so behind a piece all is written from the first change on.
            first = new[changed[behind]]
            start = changed[behind] - (max(0, first.offset) if isinstance(first, Piece) else 0)
            self._write(y, start, new[start:])

    def end(self) -> str:
        """All that is to be written."""
        self._use(PLAIN)
        return "".join(self._out)

    def _write(self, y: int, x: int, cells: Row) -> None:
        at = -1
        for kind, group in groupby(cells, _kind_of):
            alike = list(group)
            if isinstance(kind, Pen):
                if at != x:
                    self._move(y, x)
                self._use(kind)
                self._out += map(_text_of, alike)
                at = x + len(alike)
            elif kind == 0:
                self._use(PLAIN)
                for offset, (text, *_) in enumerate(alike):
                    self._move(y, x + offset)
                    self._out.append(text)
            x += len(alike)

    def _move(self, y: int, x: int) -> None:
        self._out.append(f"\x1b[{y + 1};{x + 1}H")

    def _use(self, pen: Pen) -> None:
        if pen != self._pen:
            self._out.append(change(self._pen, pen))
            self._pen = pen


def _letters(row: Row) -> int:
    """How many cells stand before the first piece."""
    kinds = list(map(type, row))
    return kinds.index(Piece) if Piece in kinds else len(row)


def _runs(changed: list[int], row: Row) -> Iterator[tuple[int, int]]:
    """Where what changed begins and ends, with what lies between if that is not worth a move of the cursor."""
    start = stop = changed[0]
    for x in changed:
        if x > stop and (x - stop > _NEAR or not _alike(row[stop - 1 : x])):
            yield start, stop
            start = x
        stop = x + 1
    yield start, stop


def _alike(cells: list[Cell]) -> bool:
    return all(_kind_of(cell) == _kind_of(cells[0]) for cell in cells)
