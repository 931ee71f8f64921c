"""Open paragraphs and headings: text that streams in and is drawn row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.style import Style

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown.gutter import Gutter
from athena_tui.tui.markdown.inline import Inline
from athena_tui.tui.markdown.segments import Segmenter
from athena_tui.tui.markdown.wrap import Row, Wrapper

SETEXT_REACH = 1000
"""A paragraph longer than this stays one, whatever line is drawn below it."""

_HEADER_REACH = 4000
_DRAFT_REACH = 300
_SPACE = re.compile(r"\s")
_TURNS = re.compile(r"[\\`*_~\[\]<&;:()]")


@dataclass(slots=True)
class _Mark:
    segmenter: Segmenter
    wrapper: Wrapper
    lines: int
    drawn: bool
    source: int


@dataclass(frozen=True, slots=True)
class _Draft:
    """Unsettled text as it was last parsed: all its lines but the last word are kept while nothing opens or closes."""

    text: str
    lines: list[Line]
    wrapper: Wrapper
    word: str
    style: Style
    hides: bool

    def goes_on_with(self, text: str) -> bool:
        """Whether `text` can be drawn as this and more words."""
        size = len(self.text)
        if not text.startswith(self.text):
            return False
        if size > _DRAFT_REACH and len(text) - size < size // 8:
            # Much is open already: what comes is drawn as plain words for a moment.
            return True
        if self.hides and _SPACE.search(text, size) is not None:
            return False
        return _TURNS.search(text, max(0, size - 1)) is None


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
        self._draft: _Draft | None = None
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

    @property
    def table_header(self) -> str:
        """All its text, if that looks like the first row of a table; else nothing."""
        if self._drawn or self._mark is not None:
            return ""
        text = self.source
        return text if text.startswith("|") and "|" in text[1:] else ""

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
        self._draft = None
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
        text = self._segmenter.pending
        if not self._segmenter.marked:
            wrapper = self._wrapper.copy()
            return self._rows(wrapper.feed(self._inline.plain(text, self.base)) + wrapper.finish(), drawn=self._drawn)
        draft = self._draft
        if draft is None or not draft.goes_on_with(text):
            draft = self._draft = self._parse_draft(text)
        wrapper = draft.wrapper.copy()
        added = "" if draft.hides else text[len(draft.text) :]
        word = self._inline.plain(draft.word + added, draft.style)
        rows = wrapper.feed(word) + wrapper.finish()
        return draft.lines + self._rows(rows, drawn=self._drawn or bool(draft.lines))

    def _parse_draft(self, text: str) -> _Draft:
        pieces = self._inline.parse(self._segmenter.preview(), self.base) or [("", self.base)]
        last, style = pieces[-1]
        cut = last.rfind(" ") + 1
        wrapper = self._wrapper.copy()
        rows = wrapper.feed([*pieces[:-1], (last[:cut], style)])
        return _Draft(
            text.rstrip(), self._rows(rows, drawn=self._drawn), wrapper, last[cut:], style, self._segmenter.hides
        )

    def _rows(self, rows: list[Row], *, drawn: bool) -> list[Line]:
        return [self._line(row, first=not drawn and at == 0) for at, row in enumerate(rows)]

    def _settle(self, pieces: list[tuple[str, bool]]) -> None:
        if not pieces:
            return
        self._draft = None
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
        super().__init__(sink, inline, heading_style(inline, level), gutter, width, block)
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
    """The style of a heading: coloured and underlined, coloured, bold, bold and slanted, slanted, slanted and dim."""
    palette = inline.palette
    style = palette.text
    if level <= 2:
        style = inline.style(style, palette.heading)
    if level >= 4:
        style = inline.style(style, palette.emphasis)
    if level == 6:
        style = inline.style(style, palette.dim)
    if level <= 4:
        style = inline.style(style, Style(bold=True))
    return inline.style(style, Style(underline=True)) if level == 1 else style


__all__ = ["Heading", "Paragraph", "heading_style"]
