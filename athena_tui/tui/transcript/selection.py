"""What is selected with the mouse: characters of logical lines, whatever they are wrapped or scrolled to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from rich.cells import cell_len

from athena_tui.tui.lines import Line

_WORDS = re.compile(r"\w+|\s+|[^\w\s]+")


class Unit(IntEnum):
    """By what a selection grows: how often the button was pressed."""

    CHARACTER = 1
    WORD = 2
    LINE = 3


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """A gap between two characters: of a part by its index, a line of it, and the characters before."""

    index: int
    line: int
    column: int


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

    def columns(self, index: int, number: int, length: int) -> tuple[int, int] | None:
        """The selected characters of a line that has so many."""
        here = (index, number)
        start, end = self.start, self.end
        if not (start.index, start.line) <= here <= (end.index, end.line):
            return None
        first = start.column if here == (start.index, start.line) else 0
        last = end.column if here == (end.index, end.line) else length
        return first, min(last, length)

    def shifted(self, by: int) -> Selection:
        """The same characters after parts were put in front."""

        def moved(spots: tuple[Spot, Spot]) -> tuple[Spot, Spot]:
            return replace(spots[0], index=spots[0].index + by), replace(spots[1], index=spots[1].index + by)

        return Selection(moved(self.anchor), moved(self.head), self.unit)


def unit_at(lines: Sequence[Line], spot: Spot, unit: Unit) -> tuple[Spot, Spot]:
    """The word or the logical line around a spot; the spot itself for characters."""
    if unit is Unit.CHARACTER or not spot.line < len(lines):
        return spot, spot
    text = lines[spot.line].text
    if unit is Unit.WORD:
        for word in _WORDS.finditer(text):
            if word.start() <= spot.column < word.end():
                return replace(spot, column=word.start()), replace(spot, column=word.end())
        return spot, spot
    first = last = spot.line
    while first > 0 and lines[first - 1].join != "\n":
        first -= 1
    while last < len(lines) - 1 and lines[last].join != "\n":
        last += 1
    return Spot(spot.index, first, 0), Spot(spot.index, last, len(lines[last].text))


def selected_text(lines: Sequence[Line], index: int, selection: Selection) -> str:
    """The selected text of one part, wrapped lines joined as they were."""
    pieces: list[str] = []
    for number, line in enumerate(lines):
        columns = selection.columns(index, number, len(line.text))
        if columns is None:
            continue
        pieces.append(line.text[slice(*columns)])
        if (index, number) < (selection.end.index, selection.end.line):
            pieces.append(line.join)
    return "".join(pieces)


def column_at(text: str, cell: int) -> int:
    """Characters before a cell; the right half of a character counts as after it only where it is wide."""
    used = 0
    for position, character in enumerate(text):
        size = cell_len(character)
        if cell < used + (size + 1) // 2 or (size == 1 and cell < used + 1):
            return position
        used += size
    return len(text)


def cells(text: str, start: int, end: int) -> tuple[int, int]:
    """The cells some characters take."""
    before = cell_len(text[:start])
    return before, before + cell_len(text[start:end])
