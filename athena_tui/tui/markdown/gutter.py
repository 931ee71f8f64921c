"""The containers a block stands in, and the gutter they draw to its left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment

from athena_tui.tui.lines import Line
from athena_tui.tui.markdown.wrap import Piece, cells_of
from athena_tui.tui.palette import Palette


@dataclass(slots=True)
class ListRun:
    """Items that follow one another: one kind of marker, numbered from the first."""

    marker: str
    number: int = 0
    last: Item | None = None


@dataclass(slots=True)
class Container:
    """What every container remembers: whether it was drawn yet, and the list its last child belongs to."""

    drawn: bool = False
    run: ListRun | None = None


@dataclass(slots=True)
class Quote(Container):
    """A block quote."""


@dataclass(slots=True)
class Item(Container):
    """A list item, or a footnote.

    Args:
        offset: Columns a line must be indented by to belong to it.
        marker: `-`, `+`, `*`, `.` or `)`; `^` for a footnote.
        number: Its number as it was written; none for a bullet.
        label: Of a footnote.
        shown: The mark as it is drawn, with the space after it.
        sibling: The item goes on with a list.
        spaced: An empty line is drawn in it.
        parted: An empty line is drawn before it, because one is drawn in its sibling.
    """

    offset: int = 0
    marker: str = "-"
    number: int | None = None
    label: str = ""
    shown: str = ""
    sibling: bool = False
    spaced: bool = False
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Gutter:
    """What stands left of a block on its first row and on the others, and what of it belongs to the text."""

    first: tuple[Segment, ...] = ()
    rest: tuple[Segment, ...] = ()
    cells: int = 0
    mark: str = ""
    mark_indent: int = 0

    def line(
        self, pieces: list[Piece], text: str, *, first: bool, block: int, join: str = "\n", wide: bool = False
    ) -> Line:
        """A line of `pieces` right of the gutter."""
        segments = [Segment(shown, style) for shown, style in pieces]
        return self.beside(segments, text, first=first, block=block, join=join, wide=wide)

    def beside(
        self, segments: list[Segment], text: str, *, first: bool, block: int, join: str = "\n", wide: bool = False
    ) -> Line:
        """A line of what is drawn right of the gutter."""
        indent = self.cells
        if first and self.mark:
            text, indent = self.mark + text, self.mark_indent
        return Line((*(self.first if first else self.rest), *segments), text, indent, join, block, wide)


def gutter_of(containers: Sequence[Container], width: int, palette: Palette) -> Gutter:
    """The gutter of the next block drawn inside `containers`.

    Containers that would leave the text less than a third of the width are not indented any further.
    """
    room = width - max(4, min(16, width // 3))
    first: list[Segment] = []
    rest: list[Segment] = []
    cells, mark, mark_indent = 0, "", 0
    within = ""  # what stands between the innermost quote and the mark: a nested item is copied as nested
    bar = "| " if palette.ascii else "▌ "
    for container in containers:
        shown, style = (container.shown, palette.accent) if isinstance(container, Item) else (bar, palette.quote)
        size = cells_of(shown)
        if cells + size > room:
            continue
        blank = Segment(" " * size, palette.text)
        if isinstance(container, Quote):
            mark = within = ""
            mark_indent = cells + size
            first.append(Segment(shown, style))
            rest.append(first[-1])
        elif container.drawn:
            within += blank.text
            first.append(blank)
            rest.append(blank)
        else:
            mark = (mark or within) + shown
            first.append(Segment(shown, style))
            rest.append(blank)
        cells += size
    return Gutter(tuple(first), tuple(rest), cells, mark, mark_indent)


__all__ = ["Container", "Gutter", "Item", "ListRun", "Quote", "gutter_of"]
