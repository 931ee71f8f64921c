"""What the terminal shows, so that only what differs from it need be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from operator import ne
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from athena_tui.tui.display.cells import UNKNOWN, Cell, Row, cells, place
from athena_tui.tui.display.pencil import Pencil

_FEWEST = 3
"""Lines that must have changed for scrolling to be thought of."""
_KEPT = 1000
"""Strips whose cells are kept."""


class Drawn(NamedTuple):
    """A strip at its place."""

    y: int
    x: int
    strip: Strip


class Movement(NamedTuple):
    """Lines that moved: the first, the last, and how many lines up; minus how many lines down."""

    top: int
    bottom: int
    by: int


class Shadow:
    """A copy of the terminal's screen, kept by drawing through it."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._cells: dict[int, tuple[Strip, list[Cell]]] = {}

    def forget(self) -> None:
        """The terminal may show anything."""
        self._rows = []

    def through(self, renderable: RenderableType | None) -> RenderableType | None:
        """What to have Textual send instead of an update of the screen."""
        if isinstance(renderable, ChopsUpdate | LayoutUpdate):
            return Delta(self, renderable)
        if renderable is not None:
            self.forget()
        return renderable

    def draw(self, update: ChopsUpdate | LayoutUpdate, console: Console) -> str:
        """What to write to a terminal that shows what it was told until now."""
        height, width = _size(update)
        if isinstance(update, LayoutUpdate) or len(self._rows) != height or len(self._rows[0]) != width:
            self._rows = [[UNKNOWN] * width for _ in range(height)]
        rows: dict[int, Row] = {}
        drawn: Counter[tuple[int, int]] = Counter()
        for y, x, strip in _strips(update):
            row = rows.get(y)
            if row is None:
                row = rows[y] = self._rows[y].copy()
            new = self._cells_of(strip, console)[: width - x]
            place(row, x, new)
            drawn[x, len(new)] += len(new)
        movement = _movement(self._rows, rows, *drawn.most_common(1)[0][0]) if drawn else None
        text = self._moved(rows, movement) if movement else None
        if text is None or len(text) > sum(sum(map(ne, self._rows[y], row)) for y, row in rows.items()):
            drawn_over = _difference(self._rows, rows, Pencil())
            text = drawn_over if text is None else min(text, drawn_over, key=len)
        for y, row in rows.items():
            self._rows[y] = row
        return text

    def _moved(self, rows: dict[int, Row], movement: Movement) -> str:
        """The same with lines moved by the terminal first; they reach from edge to edge."""
        top, bottom, by = movement
        region = range(top, bottom + 1)
        wanted = rows | {y: rows.get(y, self._rows[y]) for y in region}
        blank: Row = [UNKNOWN] * len(self._rows[0])
        before = self._rows.copy()
        for y in region:
            before[y] = self._rows[y + by] if y + by in region else blank
        pencil = Pencil()
        pencil.scroll(top, bottom, by)
        return _difference(before, wanted, pencil)

    def _cells_of(self, strip: Strip, console: Console) -> list[Cell]:
        kept = self._cells.get(id(strip))
        if kept is None:
            if len(self._cells) >= _KEPT:
                self._cells.clear()
            # The strip is kept as well, for its id to stay its own.
            kept = self._cells[id(strip)] = strip, cells(strip, console)
        return kept[1]


def _difference(before: list[Row], after: Mapping[int, Row], pencil: Pencil) -> str:
    for y, row in sorted(after.items()):
        pencil.row(y, before[y], row)
    return pencil.end()


def _movement(before: list[Row], after: Mapping[int, Row], x: int, width: int) -> Movement | None:
    """How the lines within some columns have moved, if they have."""
    span = slice(x, x + width)
    changed = [y for y, row in after.items() if before[y][span] != row[span]]
    if len(changed) < _FEWEST:
        return None
    top, bottom = min(changed), max(changed)
    # What nobody knows could not be drawn again where the terminal moved it away.
    if any(UNKNOWN in after.get(y, before[y]) for y in range(top, bottom + 1)):
        return None
    places: dict[tuple[Cell, ...], int] = {}
    alike: set[tuple[Cell, ...]] = set()
    for y in range(top, bottom + 1):
        line = tuple(before[y][span])
        if line in places:
            alike.add(line)
        places[line] = y
    moves = Counter(
        places[line] - y for y in changed if (line := tuple(after[y][span])) in places and line not in alike
    )
    by = moves.most_common(1)[0][0] if moves else 0
    return Movement(top, bottom, by) if by else None


def _size(update: ChopsUpdate | LayoutUpdate) -> tuple[int, int]:
    if isinstance(update, LayoutUpdate):
        return update.region.bottom, update.region.right
    return len(update.chop_ends), update.chop_ends[0][-1]


def _strips(update: ChopsUpdate | LayoutUpdate) -> Iterator[Drawn]:
    """The strips of an update, cropped as Textual crops them."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield Drawn(y, x, strip)
                x += strip.cell_length
        return
    for y, start, stop in update.spans:
        for end, (x, whole) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if whole is not None and x < stop and end > start:
                yield Drawn(y, x, whole if end <= stop else whole.crop(0, stop - x))


class Delta(CompositorUpdate):
    """An update that is drawn through a shadow.

    Args:
        shadow: What the terminal shows.
        update: What Textual would send.
    """

    def __init__(self, shadow: Shadow, update: ChopsUpdate | LayoutUpdate) -> None:
        self._shadow = shadow
        self._update = update

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The whole of it, for who wants no terminal's codes."""
        yield self._update

    def render_segments(self, console: Console) -> str:
        """What to write instead."""
        return self._shadow.draw(self._update, console)
