"""Code blocks: every finished line is highlighted once and drawn as it was sent."""

from __future__ import annotations

from dataclasses import replace

from rich.cells import set_cell_size

from athena_tui.tui.lines import CodeBlock, Line
from athena_tui.tui.markdown.gutter import Gutter
from athena_tui.tui.markdown.highlight import Highlighter, language_of
from athena_tui.tui.markdown.wrap import Piece, cells_of
from athena_tui.tui.palette import Palette

_INDENT = 2
_TAB = 4


class Fence:
    """A code block that is still open, fenced or indented.

    Args:
        sink: Where finished lines go.
        palette: The colours.
        gutter: What stands left of it.
        width: Cells of a whole line.
        block: The number of its block.
        marker: What it was opened with; empty for indented code.
        info: The info string.
        indent: Columns the opening fence was indented by.
    """

    def __init__(
        self,
        sink: list[Line],
        palette: Palette,
        gutter: Gutter,
        width: int,
        block: int,
        *,
        marker: str = "",
        info: str = "",
        indent: int = 0,
    ) -> None:
        self.marker = marker
        self.block = block
        self.language = language_of(info)
        self._sink = sink
        self._palette = palette
        # Code is copied as it was sent, without the mark of the item it begins.
        self._gutter = replace(gutter, mark="")
        self._width = width
        self._indent = indent
        self._highlighter = Highlighter(self.language, palette)
        self._source: list[str] = []
        self._blank: list[str] = []
        self._drawn = False
        self._wide = False
        self.changed = len(sink)
        if self.language:
            self._label()
        self._first = len(sink)

    @property
    def code_block(self) -> CodeBlock:
        """What it says so far."""
        return CodeBlock(self.block, self.language, "\n".join(self._source))

    def add(self, rest: str) -> None:
        """Add a finished line, given without what belongs to its containers.

        `changed` is then the first line that is not as it was.
        """
        self.changed = len(self._sink)
        text = self._dedent(rest)
        if not self.marker and not text.strip(" \t"):
            # Blank lines belong to indented code only if more of it follows.
            self._blank.append(text)
            return
        for blank in self._blank:
            self._draw(blank)
        self._blank.clear()
        self._draw(text)

    def close(self) -> None:
        """The block is complete."""
        if not self._drawn:
            self._emit(self._line([], "", wide=False))

    def draft(self, rest: str) -> list[Line]:
        """The unfinished line."""
        text = self._dedent(rest)
        return [self._code_line(text, self._highlighter.draft(text))]

    def _dedent(self, rest: str) -> str:
        spaces = len(rest) - len(rest.lstrip(" "))
        return rest[min(spaces, self._indent) :]

    def _draw(self, text: str) -> None:
        self._source.append(text)
        line = self._code_line(text, self._highlighter.line(text))
        if line.wide and not self._wide:
            # The block is scrolled sideways as a whole from now on.
            self._wide = True
            self._sink[self._first :] = [replace(above, wide=True) for above in self._sink[self._first :]]
            self.changed = self._first
        self._emit(line)

    def _code_line(self, text: str, pieces: list[Piece]) -> Line:
        shown = _expand_tabs(pieces) if "\t" in text else pieces
        room = self._width - self._gutter.cells - _INDENT
        wide = sum([cells_of(part) for part, _ in shown]) > room
        return self._line(shown, text, wide=wide or self._wide)

    def _line(self, pieces: list[Piece], text: str, *, wide: bool) -> Line:
        margin = (" " * _INDENT, self._palette.text + self._palette.code_block)
        gutter = self._gutter
        line = gutter.line([margin, *pieces], text, first=not self._drawn, block=self.block, wide=wide)
        return replace(line, indent=gutter.cells + _INDENT)

    def _label(self) -> None:
        room = self._width - self._gutter.cells - _INDENT
        label = self.language if cells_of(self.language) <= room else set_cell_size(self.language, max(0, room))
        pieces = [(" " * _INDENT + label, self._palette.dim)]
        line = self._gutter.line(pieces, "", first=True, block=self.block, join="")
        self._emit(replace(line, indent=line.strip.cell_length))

    def _emit(self, line: Line) -> None:
        self._sink.append(line)
        self._drawn = True


def _expand_tabs(pieces: list[Piece]) -> list[Piece]:
    column = 0
    shown: list[Piece] = []
    for text, style in pieces:
        parts: list[str] = []
        for at, part in enumerate(text.split("\t")):
            if at:
                step = _TAB - column % _TAB
                parts.append(" " * step)
                column += step
            parts.append(part)
            column += cells_of(part)
        shown.append(("".join(parts), style))
    return shown


__all__ = ["Fence"]
