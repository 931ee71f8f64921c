"""The reader's line, carried over from one way of wrapping to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from athena_tui.chat.parts import Part
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.layout import Layout, Place
from athena_tui.tui.transcript.rendered import RenderedParts


@dataclass(frozen=True, slots=True)
class Reading:
    """A part and the characters of it before the top of the view."""

    index: int
    offset: int

    @classmethod
    def of(cls, geometry: Layout, parts: Sequence[Part], kept: RenderedParts) -> Reading:
        """Where the reader stands, in lines as they were drawn last."""
        top = geometry.top
        drawn = kept.peek(parts[top.index]) if top.index < len(parts) else None
        return cls(top.index, 0 if drawn is None else offset_of(drawn.drawing.lines, top.line))

    def restore(self, geometry: Layout, parts: Sequence[Part], kept: RenderedParts) -> None:
        """Stand there again, in lines as they are drawn now."""
        line = 0
        if self.offset and self.index < len(parts):
            line = line_of(kept.get(parts[self.index]).drawing.lines, self.offset)
        geometry.top = Place(self.index, line)


def offset_of(lines: Sequence[Line], number: int) -> int:
    """Characters of the logical text before a line."""
    return sum(len(line.text) + len(line.join) for line in lines[:number])


def line_of(lines: Sequence[Line], offset: int) -> int:
    """The line that shows a character of the logical text."""
    for number, line in enumerate(lines):
        offset -= len(line.text) + len(line.join)
        if offset < 0:
            return number
    return max(0, len(lines) - 1)
