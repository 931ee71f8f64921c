"""What turns while something runs, and only while that is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        moves = not view.reduced_motion and (self._has_tail() or bool(self._headers()))
        if moves and self._timer is None:
            self._timer = view.set_interval(SECONDS, self._turn)
        elif not moves and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _turn(self) -> None:
        view = self._view
        self.turned += 1
        tick = view.canvas().tick
        for kept in self._headers():
            kept.tick(tick)
        view.paint()

    def _headers(self) -> list[Rendered]:
        """Parts in view whose header moves."""
        view = self._view
        parts = view.transcript.parts
        spans = [span for span in view.geometry.spans() if span.first == 0 and span.index < len(parts)]
        drawn = [view.kept.get(parts[span.index]) for span in spans]
        return [kept for kept in drawn if kept.drawing.head is not None]

    def _has_tail(self) -> bool:
        """Whether the indicator below the last part is in view."""
        view = self._view
        count = len(view.transcript.parts)
        return any(span.index == count and span.first == 0 for span in view.geometry.spans())
