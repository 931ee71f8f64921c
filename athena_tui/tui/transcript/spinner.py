"""What turns while something runs, and only while that is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region
from textual.timer import Timer

from athena_tui.tui.transcript.rendered import Rendered

if TYPE_CHECKING:
    from athena_tui.tui.transcript.virtual import VirtualTranscript

SECONDS = 0.1


class Spinner:
    """Draws the headers of what runs again, and nothing else; without any in view there is no timer.

    Args:
        view: Where they are.
    """

    def __init__(self, view: VirtualTranscript) -> None:
        self._view = view
        self._timer: Timer | None = None
        self.turned = 0

    @property
    def turns(self) -> bool:
        """Whether anything moves."""
        return self._timer is not None

    def mind(self) -> None:
        """What is in view changed."""
        view = self._view
        moves = not view.reduced_motion and (self._tail_row() is not None or bool(self._headers()))
        if moves and self._timer is None:
            self._timer = view.set_interval(SECONDS, self._turn)
        elif not moves and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _turn(self) -> None:
        view = self._view
        self.turned += 1
        tick = view.canvas().tick
        rows = [row for kept, row in self._headers() if kept.tick(tick)]
        tail = self._tail_row()
        for row in rows if tail is None else [*rows, tail]:
            view.refresh(Region(0, row, view.outer_size.width, 1))

    def _headers(self) -> list[tuple[Rendered, int]]:
        """Parts in view whose header moves, and its row."""
        view = self._view
        parts = view.transcript.parts
        spans = [span for span in view.geometry.spans() if span.first == 0 and span.index < len(parts)]
        drawn = [(view.kept.get(parts[span.index]), span.row) for span in spans]
        return [(kept, row) for kept, row in drawn if kept.drawing.head is not None]

    def _tail_row(self) -> int | None:
        """The row of the indicator below the last part."""
        view = self._view
        count = len(view.transcript.parts)
        return next((span.row for span in view.geometry.spans() if span.index == count and span.first == 0), None)
