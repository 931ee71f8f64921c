"""Drawn parts, kept while they are near the reader and within a budget of rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from textual.strip import Strip

from athena_tui.chat.parts import Part
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Tick
from athena_tui.tui.transcript.logical import Offsets
from athena_tui.tui.transcript.renderers import draw, regrow

BUDGET = 1500
FINALS = 400


class Rendered:
    """A part as it was drawn. `finals` holds lines as they go to the screen, by line number."""

    __slots__ = ("drawing", "dressed", "finals", "offsets", "part", "shift", "stale")

    def __init__(self, part: Part, drawing: Drawing) -> None:
        self.part = part
        self.drawing = drawing
        self.offsets = Offsets(drawing)
        self.stale = False
        self.shift: dict[int, int] = {}
        """Cells each wide block is scrolled sideways, by block number."""
        self.finals: dict[int, Strip] = {}
        self.dressed: dict[int, tuple[Strip, object, Strip]] = {}
        """Lines with the cursor and highlights: the line without, what was put on, and the line with it."""

    def rows(self, gap: int) -> int:
        """Rows of the part with the gap below it; a part that shows nothing has no gap."""
        count = len(self.drawing.lines)
        return count + gap if count else 0

    def keep(self, number: int, strip: Strip) -> None:
        """Remember the final form of a line."""
        if len(self.finals) >= FINALS:
            self.finals.clear()
        self.finals[number] = strip

    def dress(self, number: int, strip: Strip, key: object, dress: Callable[[Strip], Strip]) -> Strip:
        """A final line with something put on it, the same object as long as both are the same."""
        worn = self.dressed.get(number)
        if worn is not None and worn[0] is strip and worn[1] == key:
            return worn[2]
        if len(self.dressed) >= FINALS:
            self.dressed.clear()
        dressed = dress(strip)
        self.dressed[number] = (strip, key, dressed)
        return dressed

    def tick(self, tick: Tick) -> None:
        """Draw the header again if it shows that something runs."""
        head, lines = self.drawing.head, self.drawing.lines
        if head is not None and isinstance(lines, list):
            lines[0] = head(tick)
            self.finals.pop(0, None)


class RenderedParts:
    """The parts drawn last.

    Args:
        canvas: Gives what a part is drawn on now.
    """

    def __init__(self, canvas: Callable[[Part], Canvas]) -> None:
        self._canvas = canvas
        self._kept: OrderedDict[Part, Rendered] = OrderedDict()
        self._rows = 0
        self.page = 50

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def rows(self) -> int:
        """Rows kept at the moment."""
        return self._rows

    def get(self, part: Part) -> Rendered:
        """A part as it is shown; drawn if need be."""
        found = self._kept.get(part)
        if found is None:
            found = Rendered(part, draw(part, self._canvas(part)))
            self._kept[part] = found
            self._rows += len(found.drawing.lines)
            self._evict()
        else:
            self._kept.move_to_end(part)
        return found

    def renewed(self, part: Part) -> Rendered:
        """A part with what was added to it since it was drawn."""
        found = self.get(part)
        if found.stale:
            self._renew(found)
        return found

    def peek(self, part: Part) -> Rendered | None:
        """A part as it was drawn, if it was."""
        return self._kept.get(part)

    def touch(self, part: Part) -> None:
        """The part says something else now; it is shown as it was until it is renewed."""
        found = self._kept.get(part)
        if found is not None:
            found.stale = True

    def forget(self, part: Part) -> None:
        """The part is to be drawn anew."""
        found = self._kept.pop(part, None)
        if found is not None:
            self._rows -= len(found.drawing.lines)

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self._rows = 0

    def _renew(self, found: Rendered) -> None:
        found.stale = False
        before = len(found.drawing.lines)
        first = regrow(found.part, found.drawing)
        if first is None:
            found.drawing = draw(found.part, self._canvas(found.part))
            found.offsets = Offsets(found.drawing)
            found.finals.clear()
        else:
            found.offsets.cut(first)
            for number in [number for number in found.finals if number >= first]:
                del found.finals[number]
            found.tick(self._canvas(found.part).tick)
        self._rows += len(found.drawing.lines) - before

    def _evict(self) -> None:
        # As many parts as a page has rows may be in view at once; the newest ones in use are never dropped.
        while self._rows > max(BUDGET, 4 * self.page) and len(self._kept) > self.page:
            _, oldest = self._kept.popitem(last=False)
            self._rows -= len(oldest.drawing.lines)
