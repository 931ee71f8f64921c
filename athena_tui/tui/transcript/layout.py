"""Where a reader stands in a virtual column of items.

The place is kept as an item and a line within it, never as a number of rows from the start: whatever turns out
about the items above – a better height, older ones put in front – the reader's line stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from athena_tui.tui.transcript.heights import Heights


@dataclass(frozen=True, slots=True)
class Place:
    """A line of an item."""

    index: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring lines of one item in view. `row` is the first one's row in the view."""

    index: int
    first: int
    count: int
    row: int


class Layout:
    """A window of `page` rows on items of which only those near the window are ever measured.

    Args:
        heights: Rows of the items.
        measure: Gives the exact rows of an item by its index.
    """

    def __init__(self, heights: Heights, measure: Callable[[int], int]) -> None:
        self.heights = heights
        self._measure = measure
        self.page = 0
        self.tail = 0
        """Rows after the last item, drawn by the owner; they have the index one past the last item."""
        self.top = Place(0)

    @property
    def total(self) -> int:
        """All rows, as far as known."""
        return self.heights.total + self.tail

    @property
    def top_row(self) -> int:
        """Rows before the window, as far as known."""
        return self.heights.row_of(self.top.index) + self.top.line

    def rows(self, index: int) -> int:
        """The exact rows of an item."""
        if index >= len(self.heights):
            return self.tail
        if not self.heights.is_known(index):
            self.heights.set(index, self._measure(index))
        return self.heights.rows(index)

    def spans(self) -> Iterator[Span]:
        """What is in view, from top to bottom."""
        row, index, line = 0, self.top.index, self.top.line
        while row < self.page and index <= len(self.heights):
            count = min(self.rows(index) - line, self.page - row)
            if count > 0:
                yield Span(index, line, count, row)
                row += count
            index, line = index + 1, 0

    def rows_below(self) -> int:
        """Rows after the window, as far as known; negative where the window is not full."""
        left = self.page
        index, line = self.top.index, self.top.line
        while index <= len(self.heights):
            left -= self.rows(index) - line
            if left <= 0:
                return -left + self.total - self.heights.row_of(index + 1) - (self.tail if self._is_tail(index) else 0)
            index, line = index + 1, 0
        return -left

    def at_end(self) -> bool:
        """Whether the last row is in view."""
        return self.rows_below() <= 0

    def to_end(self) -> None:
        """Show the last rows; the first ones where there are fewer than a page."""
        self.top = self._up(Place(len(self.heights), self.tail), self.page)

    def to_start(self) -> None:
        """Show the first rows."""
        self.top = Place(0)

    def move(self, rows: int) -> None:
        """Move the window by exactly so many rows, as far as there are any."""
        self.top = self._up(self.top, -rows) if rows < 0 else self._down(self.top, rows)
        self.clamp()

    def jump(self, row: int) -> None:
        """Move the window to about this row; near ones are reached exactly."""
        distance = row - self.top_row
        if abs(distance) <= 3 * self.page:
            self.move(distance)
            return
        index, line = self.heights.find(row)
        if index < len(self.heights) and not self.heights.is_known(index):
            estimated = self.heights.rows(index)
            line = line * self.rows(index) // max(1, estimated)
        self.top = Place(index, line)
        self.clamp()

    def clamp(self) -> None:
        """Leave no room below the last row, and stand on a line that exists."""
        index = min(self.top.index, len(self.heights))
        self.top = Place(index, max(0, min(self.top.line, self.rows(index) - 1)))
        if self.rows_below() < 0:
            self.to_end()

    def reveal(self, index: int, line: int | None = None) -> None:
        """Bring an item, or one line of it, into view with as little movement as possible."""
        first, last = (0, self.rows(index) - 1) if line is None else (line, line)
        if (index, first) < (self.top.index, self.top.line):
            self.top = Place(index, first)
        else:
            lowest = self._up(Place(index, last), self.page - 1)
            if (lowest.index, lowest.line) > (self.top.index, self.top.line):
                self.top = min(lowest, Place(index, first), key=lambda place: (place.index, place.line))
        self.clamp()

    def bring(self, index: int, line: int) -> None:
        """Bring a line into view, with what stands around it; where it is in view already nothing moves."""
        if not any(span.index == index and 0 <= line - span.first < span.count for span in self.spans()):
            self.top = Place(index, line)
            self.move(-(self.page // 3))

    def resized(self, index: int, rows: int) -> None:
        """An item takes another number of rows now."""
        self.heights.set(index, rows)
        if index == self.top.index and self.top.line >= rows:
            self.top = Place(index, max(0, rows - 1))

    def prepended(self, count: int) -> None:
        """Items were put in front; the same lines stay in view."""
        self.heights.prepend(count)
        self.top = Place(self.top.index + count, self.top.line)

    def _is_tail(self, index: int) -> bool:
        return index >= len(self.heights)

    def _up(self, place: Place, rows: int) -> Place:
        index, line = place.index, place.line
        while rows > line and index > 0:
            rows -= line
            index -= 1
            line = self.rows(index)
        return Place(index, max(0, line - rows))

    def _down(self, place: Place, rows: int) -> Place:
        index, line = place.index, place.line
        while index < len(self.heights) and rows >= self.rows(index) - line:
            rows -= self.rows(index) - line
            index, line = index + 1, 0
        if self._is_tail(index):
            return Place(index, min(line + rows, self.tail))
        return Place(index, line + rows)
