"""Open paragraphs and headings: text that streams in and is drawn row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rich.segment import Segment
from rich.style import Style

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown.gutter import Gutter
from athena_tui.tui.markdown.inline import Inline
from athena_tui.tui.markdown.segments import Segmenter
from athena_tui.tui.markdown.wrap import Piece, Row, Wrapper
from athena_tui.tui.palette import Palette

SETEXT_REACH = 1000
"""A paragraph longer than this stays one, whatever line is drawn below it."""

_HEADER_REACH = 4000
_TURNS = re.compile(r"[\\`*_~\[\]<&:()]")


@dataclass(slots=True)
class _Mark:
    segmenter: Segmenter
    wrapper: Wrapper
    lines: int
    drawn: bool
    source: int


class Paragraph:
    """A paragraph that is still open.

    Args:
        sink: Where finished lines go.
        inline: How its text is parsed and styled.
        base: Style of its plain words.
        gutter: What stands left of it.
        width: Cells of a whole line, the gutter included.
        block: The number of its block.
    """

    def __init__(self, sink: list[Line], inline: Inline, base: Style, gutter: Gutter, width: int, block: int) -> None:
        self.start = len(sink)
        self.gutter = gutter
        self.block = block
        self.base = base
        self._sink = sink
        self._width = width
        self._inline = inline
        self._segmenter = Segmenter()
        self._wrapper = Wrapper(max(2, width - gutter.cells))
        self._drawn = False
        self._source: list[str] = []
        self._size = 0
        self._line_at = 0
        self._mark: _Mark | None = None
        self._parsed: tuple[str, list[Piece]] | None = None
        self.missed: set[str] = set()

    @property
    def source(self) -> str:
        """All its text so far."""
        return "".join(self._source)

    @property
    def short(self) -> bool:
        """Whether it may still become a heading."""
        return self._size <= SETEXT_REACH

    @property
    def header(self) -> str | None:
        """Its last line, if that could be the header of a table."""
        line = "".join(self._source[self._line_at :])
        return line if "|" in line and len(line) <= _HEADER_REACH else None

    def begin_line(self) -> None:
        """A line of source begins."""
        if self._source:
            self._mark = _Mark(
                self._segmenter.copy(), self._wrapper.copy(), len(self._sink), self._drawn, len(self._source)
            )
            self.write("\n")
        self._line_at = len(self._source)

    def write(self, text: str) -> None:
        """Add text of the line."""
        self._source.append(text)
        self._size += len(text)
        self._settle(self._segmenter.feed(text))

    def end_line(self) -> None:
        """The line of source is complete."""

    def unread_line(self) -> bool:
        """Give its last line back; returns whether any text is left. Lines after `len(sink)` are to be dropped."""
        mark = self._mark
        if mark is None:
            return False
        self._segmenter, self._wrapper, self._drawn = mark.segmenter, mark.wrapper, mark.drawn
        del self._sink[mark.lines :]
        del self._source[mark.source :]
        self._parsed = None
        return True

    def close(self) -> None:
        """Draw what is left."""
        self._settle(self._segmenter.finish())
        self._emit(self._wrapper.finish())

    def redraw(self) -> list[Line]:
        """Its lines, drawn anew now that all link definitions are known."""
        lines: list[Line] = []
        again = Paragraph(lines, self._inline, self.base, self.gutter, self._width, self.block)
        again.write(self.source)
        again.close()
        return lines

    def draft(self) -> list[Line]:
        """The lines that later text may still change."""
        wrapper = self._wrapper.copy()
        rows = wrapper.feed(self._pending()) + wrapper.finish()
        drawn = self._drawn
        return [self._line(row, first=not drawn and at == 0) for at, row in enumerate(rows)]

    def _pending(self) -> list[Piece]:
        segmenter = self._segmenter
        text = segmenter.pending
        if not segmenter.marked:
            return self._inline.plain(text, self.base)
        if self._parsed is not None:
            parsed, pieces = self._parsed
            if text.startswith(parsed) and _TURNS.search(text, max(0, len(parsed) - 1)) is None:
                if not pieces:
                    return self._inline.plain(text[len(parsed) :], self.base)
                # Nothing was opened or closed, so what came goes on with the last piece.
                last, style = pieces[-1]
                return [*pieces[:-1], *self._inline.plain(last + text[len(parsed) :], style)]
        pieces = self._inline.parse(segmenter.preview(), self.base)
        self._parsed = (text.rstrip(), pieces)
        return pieces

    def _settle(self, pieces: list[tuple[str, bool]]) -> None:
        if not pieces:
            return
        self._parsed = None
        inline, base = self._inline, self.base
        for text, marked in pieces:
            if marked:
                inline.references.missed.clear()
                styled = inline.parse(text, base)
                self.missed |= inline.references.missed
            else:
                styled = inline.plain(text, base)
            self._emit(self._wrapper.feed(styled))

    def _emit(self, rows: list[Row]) -> None:
        for row in rows:
            self._sink.append(self._line(row, first=not self._drawn))
            self._drawn = True

    def _line(self, row: Row, *, first: bool) -> Line:
        return self.gutter.line(row.pieces, row.text, first=first, block=self.block, join=row.join)


class Heading(Paragraph):
    """A heading that is still open; the number signs that may close it are held back."""

    def __init__(self, sink: list[Line], inline: Inline, level: int, gutter: Gutter, width: int, block: int) -> None:
        self.level = level
        super().__init__(
            sink,
            inline,
            heading_style(inline, level),
            _heading_gutter(gutter, level, width, inline.palette),
            width,
            block,
        )
        self._held = ""

    def write(self, text: str) -> None:
        """Add text of the heading."""
        text = self._held + text
        words = text.rstrip(" \t")
        before = words.rstrip("#")
        closes = before[-1] in " \t" if before else not self._source
        cut = len(before.rstrip(" \t") if closes else words)
        self._held = text[cut:]
        if cut:
            super().write(text[:cut])

    def write_all(self, text: str) -> None:
        """Add lines of which no number sign closes anything."""
        super().write(text)

    def end_line(self) -> None:
        """The line is complete: what was held back closes it, unless it is no closing sequence."""
        self._held = ""


def heading_style(inline: Inline, level: int) -> Style:
    """The style of a heading: the first level is underlined, too."""
    style = inline.style(inline.style(inline.palette.text, inline.palette.heading), Style(bold=True))
    return inline.style(style, Style(underline=True)) if level == 1 else style


def _heading_gutter(gutter: Gutter, level: int, width: int, palette: Palette) -> Gutter:
    if level < 3 or width - gutter.cells < 4 * level:
        return gutter
    mark = "#" * level + " "
    return replace(
        gutter,
        first=(*gutter.first, Segment(mark, palette.dim)),
        rest=(*gutter.rest, Segment(" " * len(mark), palette.text)),
        cells=gutter.cells + len(mark),
        mark=gutter.mark + mark if gutter.mark else "",
    )


__all__ = ["Heading", "Paragraph", "heading_style"]
