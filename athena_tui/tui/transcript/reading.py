"""The reader's line, kept while everything around it is drawn anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from athena_tui.chat.parts import Part
from athena_tui.tui.transcript.layout import Layout, Place
from athena_tui.tui.transcript.logical import END, HEADER, Mark
from athena_tui.tui.transcript.rendered import RenderedParts


@dataclass(frozen=True, slots=True)
class Reading:
    """The line at the top of the view: one of a part, or one below the last part."""

    part: Part | None
    mark: Mark

    @property
    def in_gap(self) -> bool:
        """Whether it is below everything that its part says."""
        return self.mark.offset == END


class Reader:
    """Where the reader is, in characters instead of rows.

    Args:
        geometry: Where the view stands.
        kept: The parts as they are drawn.
        parts: Gives the parts of the conversation.
    """

    def __init__(self, geometry: Layout, kept: RenderedParts, parts: Callable[[], Sequence[Part]]) -> None:
        self._geometry = geometry
        self._kept = kept
        self._parts = parts
        self._carried: tuple[Place, Reading] | None = None

    def reading(self) -> Reading:
        """The reader's line."""
        top, parts = self._geometry.top, self._parts()
        if self._carried is not None and self._carried[0] == top:
            # Going by the line that shows it now would lose a few characters with every other width.
            return self._carried[1]
        if top.index >= len(parts):
            return Reading(None, Mark(END, top.line))
        drawn = self._kept.peek(parts[top.index])
        return Reading(parts[top.index], Mark(HEADER) if drawn is None else drawn.offsets.mark(top.line))

    def let_go(self) -> None:
        """The reader goes elsewhere."""
        self._carried = None

    def stand(self, reading: Reading) -> None:
        """Put a line at the top of the view."""
        parts, mark = self._parts(), reading.mark
        index = None if reading.part is None else index_of(parts, reading.part)
        if index is None:
            self._geometry.top = Place(len(parts), mark.nth)
        else:
            self._geometry.top = Place(index, self._kept.get(parts[index]).offsets.find(mark))
        self._carried = (self._geometry.top, reading)


def index_of(parts: Sequence[Part], part: Part) -> int | None:
    """The place of a part; the newest ones are found at once."""
    return next((index for index in range(len(parts) - 1, -1, -1) if parts[index] is part), None)
