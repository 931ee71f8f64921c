"""Tables: columns are as wide as their widest cell so far, so a row that fits costs no more than itself.

A table of up to `EXACT_ROWS` rows is always exact. In a longer one a column that has to grow takes a quarter more than
it needs, so that the table is laid out again only a few times, however long it becomes.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rich.cells import cell_len
from rich.style import Style

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown.blocks import split_row
from athena_tui.tui.markdown.gutter import Gutter
from athena_tui.tui.markdown.inline import Inline
from athena_tui.tui.markdown.wrap import Piece

EXACT_ROWS = 32

_DELIMITERS = frozenset("\\`*_~[<&:")


@dataclass(slots=True)
class _Row:
    source: list[str]
    cells: list[list[Piece]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\t".join(["".join([part for part, _ in cell]) for cell in self.cells])


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
        self._widths = [1] * len(self._aligns)
        self._rows: list[_Row] = []
        self.changed = self.start
        self.add(header)

    def add(self, line: str) -> None:
        """Add a row; `changed` is then the first line that is not as it was."""
        row = _Row((split_row(line) + [""] * len(self._aligns))[: len(self._aligns)])
        self._parse(row, header=not self._rows)
        self._rows.append(row)
        self.changed = len(self._sink)
        if self._grow(row) and len(self._rows) > 1:
            self._lay_out()
        else:
            self._draw(len(self._rows) - 1)

    def redraw(self) -> list[Line]:
        """Its lines, drawn anew now that all link definitions are known."""
        self._sink, self.start = [], 0
        self._widths = [1] * len(self._aligns)
        rows, self._rows = self._rows, []
        for row in rows:
            self._parse(row, header=not self._rows)
            self._rows.append(row)
            self._grow(row)
        self._lay_out()
        return self._sink

    def _parse(self, row: _Row, *, header: bool) -> None:
        palette = self._inline.palette
        base = self._inline.style(palette.text, palette.strong) if header else palette.text
        references = self._inline.references
        references.missed.clear()
        row.cells = [
            self._inline.parse(cell, base) if not _DELIMITERS.isdisjoint(cell) else self._inline.plain(cell, base)
            for cell in row.source
        ]
        row.cells = [[(part.replace("\n", " "), style) for part, style in cell] for cell in row.cells]
        self.missed |= references.missed
        row.sizes = [sum([cell_len(part) for part, _ in cell]) for cell in row.cells]

    def _grow(self, row: _Row) -> bool:
        grown = False
        for at, size in enumerate(row.sizes):
            if size > self._widths[at]:
                self._widths[at] = size if len(self._rows) <= EXACT_ROWS else size + size // 4
                grown = True
        return grown

    def _lay_out(self) -> None:
        del self._sink[self.start :]
        self.changed = self.start
        for at in range(len(self._rows)):
            self._draw(at)

    def _draw(self, at: int) -> None:
        inline = self._inline
        rule = inline.palette.rule
        row = self._rows[at]
        bar = " | " if inline.palette.ascii else " │ "
        wide = self._gutter.cells + sum(self._widths) + 3 * (len(self._widths) - 1) > self._width
        pieces: list[Piece] = []
        last = len(self._widths) - 1
        for column, cell in enumerate(row.cells):
            if column:
                pieces.append((bar, rule))
            spare = self._widths[column] - row.sizes[column]
            left = _left_padding(self._aligns[column], spare)
            if left:
                pieces.append((" " * left, inline.palette.text))
            pieces += cell
            if spare > left and column != last:
                pieces.append((" " * (spare - left), inline.palette.text))
        self._sink.append(self._gutter.line(pieces, row.text, first=at == 0, block=self.block, wide=wide))
        if at == 0:
            self._draw_rule(rule, wide=wide)

    def _draw_rule(self, rule: Style, *, wide: bool) -> None:
        dash, cross = ("-", "-+-") if self._inline.palette.ascii else ("─", "─┼─")
        line = cross.join([dash * width for width in self._widths])
        drawn = self._gutter.line([(line, rule)], "", first=False, block=self.block, join="", wide=wide)
        self._sink.append(replace(drawn, indent=drawn.strip.cell_length))


def _left_padding(align: tuple[bool, bool], spare: int) -> int:
    if align == (True, True):
        return spare // 2
    return spare if align == (False, True) else 0


__all__ = ["EXACT_ROWS", "Table"]
