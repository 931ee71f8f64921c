"""What is selected with the mouse: characters of what parts say, whatever they are wrapped or scrolled to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from rich.cells import split_graphemes

from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.logical import END, HEADER, Offsets

TAB = 4
_WORDS = re.compile(r"\w+|\s+|[^\w\s]+")


class Unit(IntEnum):
    """By what a selection grows: how often the button was pressed."""

    CHARACTER = 1
    WORD = 2
    LINE = 3


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A gap between two characters: of a part by its index, and an offset into its logical text."""

    index: int
    offset: int


@dataclass(frozen=True, slots=True)
class Selection:
    """From where the button was pressed to where the pointer is; each is a range of one unit."""

    anchor: tuple[Spot, Spot]
    head: tuple[Spot, Spot]
    unit: Unit = Unit.CHARACTER

    @property
    def start(self) -> Spot:
        """The first spot."""
        return min(self.anchor[0], self.head[0])

    @property
    def end(self) -> Spot:
        """The spot after the last character."""
        return max(self.anchor[1], self.head[1])

    def __bool__(self) -> bool:
        return self.start < self.end

    def within(self, index: int) -> tuple[int, int] | None:
        """From which offset of a part to which, if any of it is selected."""
        start, end = self.start, self.end
        if not start.index <= index <= end.index:
            return None
        return start.offset if index == start.index else HEADER, end.offset if index == end.index else END

    def shifted(self, by: int) -> Selection:
        """The same characters after parts were put in front."""

        def moved(spots: tuple[Spot, Spot]) -> tuple[Spot, Spot]:
            return replace(spots[0], index=spots[0].index + by), replace(spots[1], index=spots[1].index + by)

        return Selection(moved(self.anchor), moved(self.head), self.unit)


def unit_at(lines: Sequence[Line], offsets: Offsets, spot: Spot, unit: Unit) -> tuple[Spot, Spot]:
    """The word or the logical line around a spot; the spot itself for characters."""
    if unit is Unit.CHARACTER or not lines:
        return spot, spot
    first = last = offsets.line(spot.offset)
    while first > 0 and lines[first - 1].join != "\n":
        first -= 1
    while last < len(lines) - 1 and lines[last].join != "\n":
        last += 1
    start = offsets.start(first)
    text = "".join(line.text + line.join for line in lines[first:last]) + lines[last].text
    if unit is Unit.LINE:
        return replace(spot, offset=start), replace(spot, offset=start + len(text))
    for word in _WORDS.finditer(text):
        if word.start() <= spot.offset - start < word.end():
            return replace(spot, offset=start + word.start()), replace(spot, offset=start + word.end())
    return spot, spot


def selected_text(lines: Sequence[Line], offsets: Offsets, first: int, last: int) -> str:
    """What a part says from one offset to another, wrapped lines joined as they were."""
    pieces: list[str] = []
    for number in range(offsets.line(first), min(offsets.line(last) + 1, len(lines))):
        start, text = offsets.start(number), lines[number].text + lines[number].join
        pieces.append(text[max(0, first - start) : max(0, last - start)])
    return "".join(pieces)


def columns(line: Line, start: int, first: int, last: int) -> tuple[int, int] | None:
    """Which characters of a line, whose text begins at `start`, lie between two offsets."""
    left, right = max(0, first - start), min(len(line.text), last - start)
    return (left, right) if left < right else None


def column_at(line: Line, cell: int) -> int:
    """Characters of a line before a cell of its strip; the right half of a wide one counts as after it."""
    for begin, _, before, size in _clusters(line):
        if cell < before + (size + 1) // 2:
            return begin
    return len(line.text)


def cells(line: Line, start: int, end: int) -> tuple[int, int]:
    """The cells of its strip that show some characters of a line; what looks like one character is never cut."""
    first = last = line.indent
    for begin, stop, before, size in _clusters(line):
        if begin <= start:
            first = before
        if begin < end:
            last = before + size
        if stop >= end:
            break
    return first, last


def _clusters(line: Line) -> Iterator[tuple[int, int, int, int]]:
    """What looks like single characters: from which to which, cells before, and cells it takes."""
    cell, begins = line.indent, 0
    stops = iter(line.stops)
    for piece in re.split("(\t)", line.text):
        if piece == "\t":
            spans = [(0, 1, next(stops, cell + TAB - (cell - line.indent) % TAB) - cell)]
        elif piece.isascii():
            spans = [(at, at + 1, 1) for at in range(len(piece))]
        else:
            spans = split_graphemes(piece)[0]
        for begin, end, size in spans:
            yield begins + begin, begins + end, cell, size
            cell += size
        begins += len(piece)
