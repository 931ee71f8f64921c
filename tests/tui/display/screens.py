"""A terminal that remembers links, and pictures in the form in which Textual's compositor hands them over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyte
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

WIDTH, HEIGHT = 24, 9
SIDE, BAR = 6, 23
"""Where the pane begins and ends."""
STYLES = (
    None,
    Style(color="#d6d9de", bgcolor="#101215"),
    Style(color="#6cc5bd", bgcolor="#101215", bold=True),
    Style(bold=True, dim=True),
    Style(dim=True, italic=True, underline=True),
    Style(color="red", bgcolor="color(200)", strike=True, reverse=True),
    Style(color="bright_blue", link="https://example.org/a"),
    Style(link="https://example.org/b"),
    Style(color="#d6d9de", bgcolor="#101215", meta={"offset": (1, 2)}),
)
_LINK = re.compile(r"(\x1b\]8;[^\x1b]*\x1b\\)")


class Screen(pyte.Screen):
    """A screen on which linked cells blink, so that a comparison sees them."""

    linked = False

    def select_graphic_rendition(self, *attributes: int, **options: bool) -> None:
        """Keep the link, which a reset of the attributes does not end."""
        super().select_graphic_rendition(*attributes, **options)
        self.link(linked=self.linked)

    def link(self, *, linked: bool) -> None:
        """Begin or end a link."""
        self.linked = linked
        self.cursor.attrs = self.cursor.attrs._replace(blink=linked)


class Terminal:
    """A terminal as Textual leaves it after its start: lines do not wrap."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self._screen = Screen(width, height)
        self._stream = pyte.Stream(self._screen)
        self.write("\x1b[?7l")

    def write(self, text: str) -> None:
        """Show what is written."""
        for part in _LINK.split(text):
            if part.startswith("\x1b]8;"):
                self._screen.link(linked=not part.startswith("\x1b]8;;"))
            else:
                self._stream.feed(part)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """Every cell with its looks."""
        screen = self._screen
        return [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]

    @property
    def is_reset(self) -> bool:
        """Whether what is written next has no attributes, and may go anywhere."""
        cursor = self._screen.cursor.attrs
        return cursor == self._screen.default_char and self._screen.margins is None


@dataclass(frozen=True)
class Picture:
    """A sidebar, a pane with its scrollbar, and what lies over them.

    Args:
        side: The sidebar's lines; blank where there are none.
        lines: The pane's text, of which `top` is the first line in view.
        over: Boxes: left, top, width, height, and the line they are filled with.
    """

    side: tuple[Strip, ...] = ()
    lines: tuple[Strip, ...] = ()
    top: int = 0
    over: tuple[tuple[int, int, int, int, Strip], ...] = ()
    size: tuple[int, int] = (WIDTH, HEIGHT)

    def chops(self) -> list[dict[int, Strip]]:
        """The strips of every line, by where they begin."""
        return [dict(self._line(y)) for y in range(self.size[1])]

    def _line(self, y: int) -> list[tuple[int, Strip]]:
        width, height = self.size
        layers = [(left, left + across, strip) for left, top, across, down, strip in self.over if top <= y < top + down]
        if 0 < y < height - 1:
            thumb = y % 3 == self.top % 3
            layers.append((BAR, BAR + 1, Strip([Segment("▅" if thumb else " ", STYLES[2])], 1)))
            layers.append((SIDE, BAR, _line_of(self.lines, self.top + y - 1)))
            layers.append((0, SIDE, _line_of(self.side, y - 1)))
        layers.append((0, width, Strip([Segment(" " * width, STYLES[1])], width)))
        cuts = sorted({0, width, *(min(cut, width) for start, stop, _ in layers for cut in (start, stop))})
        found = []
        for start, stop in pairwise(cuts):
            left, right, strip = next(layer for layer in layers if layer[0] <= start and stop <= min(layer[1], width))
            whole = strip.adjust_cell_length(right - left, STYLES[1])
            found.append((start, whole if (left, right) == (start, stop) else whole.crop(start - left, stop - left)))
        return found

    def full(self) -> LayoutUpdate:
        """All of it."""
        return LayoutUpdate([list(line.values()) for line in self.chops()], Region(0, 0, *self.size))

    def since(self, before: Picture, wider: int) -> ChopsUpdate | None:
        """What is new in it; `wider` cells to both sides as well."""
        spans, ends = [], []
        width = self.size[0]
        new, old = self.chops(), before.chops()
        for y, (line, line_before) in enumerate(zip(new, old, strict=True)):
            stops = [*list(line)[1:], width]
            ends.append(stops)
            changed = [
                (x, stop) for (x, strip), stop in zip(line.items(), stops, strict=True) if line_before.get(x) != strip
            ]
            if changed:
                spans.append((y, max(0, changed[0][0] - wider), min(width, changed[-1][1] + wider)))
        return ChopsUpdate(new, spans, ends) if spans else None


def _line_of(lines: Sequence[Strip], number: int) -> Strip:
    return lines[number] if 0 <= number < len(lines) else Strip([Segment(" ", STYLES[1])], 1)
