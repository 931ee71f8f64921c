"""Tables: columns are as wide as their widest cell so far, so a row that fits costs no more than itself.

A table of up to `EXACT_ROWS` rows is always exact. In a longer one a column that has to grow takes a quarter more than
it needs, so that the table is laid out again only a few times, however long it becomes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate

from rich.segment import Segment

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown.gutter import Gutter
from athena_tui.tui.markdown.inline import Inline
from athena_tui.tui.markdown.table_syntax import split_row
from athena_tui.tui.markdown.wrap import Piece, cells_of

EXACT_ROWS = 32

_BAR = 3
"""Cells between two columns."""

_MARKED = re.compile(r"[\\`*_~\[<&:]|www\.")


@dataclass(slots=True)
class _Row:
    """A row: its cells as they are written, parsed and measured, and what is drawn right of the gutter.

    Before every cell stands a separator, of which `separators` knows the place in `segments`: when a column grows,
    only the separators beside it change.
    """

    source: list[str]
    cells: list[list[Piece]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    text: str = ""
    segments: list[Segment] = field(default_factory=list)
    separators: list[int] = field(default_factory=list)


class Table:
    """A table that is still open.

    Args:
        sink: Where its lines go.
        inline: How its cells are parsed and styled.
        gutter: What stands left of it.
        width: Cells of a whole line.
        block: The number of its block.
        header: The first row, as it was written.
        delimiters: The row below it, which says how columns are aligned.
    """

    def __init__(
        self, sink: list[Line], inline: Inline, gutter: Gutter, width: int, block: int, *, header: str, delimiters: str
    ) -> None:
        self.start = len(sink)
        self.block = block
        self.missed: set[str] = set()
        self._sink = sink
        self._inline = inline
        self._gutter = gutter
        self._width = width
        self._aligns = [(cell.startswith(":"), cell.endswith(":")) for cell in split_row(delimiters)]
        self._shifted = [at for at, align in enumerate(self._aligns) if align[1]]
        self._widths = [1] * len(self._aligns)
        self._rows: list[_Row] = []
        self._was_wide = False
        self.changed = self.start
        self.add(header)

    def add(self, line: str) -> None:
        """Add a row; `changed` is then the first line that is not as it was."""
        row = self._read(line)
        self._rows.append(row)
        grown = self._grow(row)
        self.changed = len(self._sink)
        if len(self._rows) == 1 or not grown:
            self._draw(len(self._rows) - 1)
        elif (
            grown == [len(self._widths) - 1]
            and not any(self._aligns[-1])
            and self._wide(self._widths) == self._was_wide
        ):
            # Nothing stands right of the last column: only the rule below the header grows with it.
            self.changed = self.start + 1
            self._sink[self.changed] = self._rule()
            self._draw(len(self._rows) - 1)
        else:
            self._lay_out(grown)
        self._was_wide = self._wide(self._widths)

    def draft(self, line: str) -> list[Line]:
        """A row that is not finished yet."""
        row = self._read(line)
        widths = [max(sizes) for sizes in zip(self._widths, row.sizes, strict=True)]
        self._fill(row, widths)
        return [self._line(row, widths, first=False)]

    def _read(self, line: str) -> _Row:
        row = _Row((split_row(line) + [""] * len(self._aligns))[: len(self._aligns)])
        self._parse(row, header=not self._rows)
        return row

    def redraw(self) -> list[Line]:
        """Its lines, drawn anew now that all link definitions are known."""
        self._sink, self.start = [], 0
        self._widths = [1] * len(self._aligns)
        rows, self._rows = self._rows, []
        for row in rows:
            self._parse(row, header=not self._rows)
            self._rows.append(row)
            self._grow(row)
        self._lay_out(range(len(self._widths)))
        return self._sink

    def _parse(self, row: _Row, *, header: bool) -> None:
        palette = self._inline.palette
        base = self._inline.style(palette.text, palette.strong) if header else palette.text
        references = self._inline.references
        references.missed.clear()
        row.cells = [
            self._inline.parse(cell, base) if _MARKED.search(cell) else self._inline.plain(cell, base)
            for cell in row.source
        ]
        row.cells = [[(part.replace("\n", " "), style) for part, style in cell] for cell in row.cells]
        self.missed |= references.missed
        row.segments.clear()
        row.separators.clear()
        row.text = "\t".join(["".join([part for part, _ in cell]) for cell in row.cells])
        row.sizes = [sum([cells_of(part) for part, _ in cell]) for cell in row.cells]

    def _grow(self, row: _Row) -> list[int]:
        """Make room for a row; returns the columns that grew."""
        grown = [at for at, size in enumerate(row.sizes) if size > self._widths[at]]
        for at in grown:
            size = row.sizes[at]
            self._widths[at] = size if len(self._rows) <= EXACT_ROWS else size + size // 4
        return grown

    def _wide(self, widths: list[int]) -> bool:
        return self._gutter.cells + sum(widths) + _BAR * (len(widths) - 1) > self._width

    def _lay_out(self, grown: Sequence[int]) -> None:
        """Draw all again: every column in `grown` has another width than before."""
        del self._sink[self.start :]
        self.changed = self.start
        last = len(self._widths) - 1
        beside = sorted({*grown, *[column + 1 for column in grown if column < last]})
        for at, row in enumerate(self._rows):
            for column in beside if row.segments else ():
                row.segments[row.separators[column]] = self._separator(row, column, self._widths)
            self._draw(at)

    def _draw(self, at: int) -> None:
        row = self._rows[at]
        if not row.segments:
            self._fill(row, self._widths)
        self._sink.append(self._line(row, self._widths, first=at == 0))
        if at == 0:
            self._sink.append(self._rule())

    def _fill(self, row: _Row, widths: list[int]) -> None:
        for column, cell in enumerate(row.cells):
            row.separators.append(len(row.segments))
            row.segments.append(self._separator(row, column, widths))
            row.segments += [Segment(part, style) for part, style in cell if part]

    def _separator(self, row: _Row, column: int, widths: list[int]) -> Segment:
        """What stands before a cell: the rest of the column before, a bar, and the cell's own indent."""
        shown = " " * self._left(row, column, widths)
        if column:
            before = column - 1
            bar = " | " if self._inline.palette.ascii else " │ "
            rest = widths[before] - row.sizes[before] - self._left(row, before, widths)
            shown = " " * rest + bar + shown
        return Segment(shown, self._inline.palette.rule)

    def _left(self, row: _Row, column: int, widths: list[int]) -> int:
        """Cells that a cell is indented by."""
        starts, ends = self._aligns[column]
        spare = widths[column] - row.sizes[column]
        return (spare // 2 if starts else spare) if ends else 0

    def _line(self, row: _Row, widths: list[int], *, first: bool) -> Line:
        segments = row.segments if row.segments[0].text else row.segments[1:]
        line = self._gutter.beside(segments, row.text, first=first, block=self.block, wide=self._wide(widths))
        stops = list(accumulate([width + _BAR for width in widths[:-1]], initial=self._gutter.cells))
        for column in self._shifted:
            stops[column] += self._left(row, column, widths)
        indent = stops[0] if line.indent == self._gutter.cells else line.indent
        return replace(line, indent=indent, stops=tuple(stops[1:]))

    def _rule(self) -> Line:
        palette = self._inline.palette
        dash, cross = ("-", "-+-") if palette.ascii else ("─", "─┼─")
        line = cross.join([dash * width for width in self._widths])
        drawn = self._gutter.line(
            [(line, palette.rule)], "", first=False, block=self.block, join="", wide=self._wide(self._widths)
        )
        return replace(drawn, indent=sum([cells_of(segment.text) for segment in drawn.segments]))


__all__ = ["EXACT_ROWS", "Table"]
