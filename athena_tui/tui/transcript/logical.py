"""Places in the logical text of a part: they mean the same characters however the part is wrapped."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from athena_tui.tui.transcript.drawing import Drawing

HEADER = -(1 << 20)
"""Where the text of a header begins: what stands below it begins at 0, as a header changes while a call runs."""
END = 1 << 60
"""After everything a part says."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line by the characters before it; `nth` tells lines apart that have none between them, as rules have."""

    offset: int
    nth: int = 0


class Offsets:
    """Where each line of a drawing begins in the logical text of its part.

    Args:
        drawing: The drawing; say `cut` when lines of it are replaced.
    """

    __slots__ = ("_drawing", "_starts")

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._starts: list[int] = []

    def cut(self, line: int) -> None:
        """The lines from this one on are others now."""
        del self._starts[line + 1 if line else 0 :]

    def start(self, line: int) -> int:
        """The offset of the first character of a line."""
        starts, drawing = self._starts, self._drawing
        for number in range(len(starts), line + 1):
            if number <= 1 and drawing.headed:
                starts.append(drawing.skipped if number else HEADER)
            elif number:
                above = drawing.lines[number - 1]
                starts.append(starts[-1] + len(above.text) + len(above.join))
            else:
                starts.append(0)
        return starts[line]

    def line(self, offset: int) -> int:
        """The line that shows a character."""
        return max(0, bisect_right(self._all(), offset) - 1)

    def mark(self, line: int) -> Mark:
        """A line, whatever it will be wrapped to; one past the last stands for the gap below."""
        count = len(self._drawing.lines)
        if line >= count:
            return Mark(END, line - count)
        start = self.start(line)
        return Mark(start, line - bisect_left(self._starts, start))

    def find(self, mark: Mark) -> int:
        """The line that was marked, or that shows its characters now."""
        starts = self._all()
        if mark.offset == END:
            return len(starts) + mark.nth
        last = self.line(mark.offset)
        return min(bisect_left(starts, mark.offset) + mark.nth, last) if mark.nth else self._first(last)

    def _first(self, line: int) -> int:
        return bisect_left(self._starts, self._starts[line]) if self._starts else 0

    def _all(self) -> list[int]:
        if self._drawing.lines:
            self.start(len(self._drawing.lines) - 1)
        return self._starts
