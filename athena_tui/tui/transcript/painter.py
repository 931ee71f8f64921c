"""From lines to what goes on the screen: margins, the block cursor, highlights, edges."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from athena_tui.tui.lines import Line
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.glyphs import glyphs
from athena_tui.tui.transcript.rendered import Rendered

MARGIN = 2
"""Cells left of every line; the first one shows the block cursor."""
RIGHT_MARGIN = 1


class Painter:
    """Styles and sizes of the pane as they are now.

    Args:
        base: Foreground and background of the pane.
        palette: Styles of what is drawn.
        width: Cells of the pane.
        outer: Cells of the pane and its scrollbar; every strip is as wide.
    """

    def __init__(self, base: Style, palette: Palette, width: int, outer: int) -> None:
        self.base = base
        self.palette = palette
        self.width = width
        self.outer = max(width, outer)
        self.key = (base, palette, width, outer)
        """Painters with the same key paint the same."""
        self.room = max(1, width - MARGIN - RIGHT_MARGIN)
        self.blank = Strip([Segment(" " * self.outer, base)], self.outer)
        self._glyphs = glyphs(ascii_only=palette.ascii)
        self._mark = Strip([Segment(self._glyphs.cursor, base + palette.cursor)], 1)

    def final(self, rendered: Rendered, number: int) -> Strip:
        """A line with its margins, exactly as wide as the pane."""
        strip = rendered.finals.get(number)
        if strip is None:
            line = rendered.drawing.lines[number]
            strip = self.framed(line, rendered.shift.get(line.block, 0) if line.wide else 0)
            rendered.keep(number, strip)
        return strip

    def framed(self, line: Line, shift: int = 0) -> Strip:
        """A line in its frame; `shift` cells are scrolled out at the left."""
        strip = self._filled(line.strip)
        if shift or strip.cell_length > self.room:
            strip = self._cut(strip, shift)
        segments = [
            Segment(" " * MARGIN, self.base),
            *strip,
            Segment(" " * (self.outer - MARGIN - strip.cell_length), self.base),
        ]
        # Neighbours of one style become one: fewer bytes for the terminal.
        return Strip(segments, self.outer).apply_style(self.base).simplify()

    def _filled(self, strip: Strip) -> Strip:
        """The ground of a code block reaches to the right edge; its indent is what tells a line of code."""
        ground = self.palette.code_block
        if ground.bgcolor is None or strip.cell_length >= self.room:
            return strip
        is_code = any(segment.style == ground for segment in strip)
        return strip.extend_cell_length(self.room, ground) if is_code else strip

    def _cut(self, strip: Strip, shift: int) -> Strip:
        ground = next((style.bgcolor for _, style, _ in strip if style and style.bgcolor), None)
        edge = self.palette.dim + Style(bgcolor=ground)
        before, after = shift > 0, strip.cell_length - shift > self.room
        inside = strip.crop(shift + before, shift + self.room - after)
        pieces = [Strip([Segment(self._glyphs.left, edge)], 1)] if before else []
        pieces.append(inside)
        if after:
            pieces.append(Strip([Segment(self._glyphs.right, edge)], 1))
        return Strip.join(pieces)

    def dressed(self, strip: Strip, ranges: Iterable[tuple[int, int, Style]], *, cursor: bool) -> Strip:
        """A line with some ranges of its cells in another style, and the cursor's mark if it is on this block."""
        for start, end, style in ranges:
            start, end = max(MARGIN, start), min(end, self.width)  # noqa: PLW2901 - clipped to what can be seen
            if start < end:
                inside = [
                    Segment(text, (old or self.base) + style, control) for text, old, control in strip.crop(start, end)
                ]
                strip = Strip.join([
                    strip.crop(0, start),
                    Strip(inside, end - start),
                    strip.crop(end, self.outer),
                ])  # fmt: skip
        return Strip.join([self._mark, strip.crop(1, self.outer)]) if cursor else strip

    def with_words(self, strip: Strip, words: str) -> Strip:
        """A line with a remark near its right end, where the sign of what is cut off stays."""
        return self._with(strip, words, self.palette.dim, self.width - RIGHT_MARGIN - 1)[0]

    def with_chip(self, strip: Strip, words: str) -> tuple[Strip, int, int]:
        """A line with a chip near its right end, and the cells the chip takes."""
        return self._with(strip, words, self.palette.search_current, self.width - RIGHT_MARGIN)

    def _with(self, strip: Strip, words: str, style: Style, end: int) -> tuple[Strip, int, int]:
        chip = Strip([Segment(f" {words} ", self.base + style)])
        start = max(0, end - chip.cell_length)
        chip = chip.crop(0, end - start)
        return Strip.join([strip.crop(0, start), chip, strip.crop(end, self.outer)]), start, end
