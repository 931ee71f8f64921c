"""The mouse in the message pane: clicks, words and lines, drags that scroll."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import events
from textual.timer import Timer

from athena_tui.tui.transcript.drawing import ACTION
from athena_tui.tui.transcript.selection import Selection, Unit

if TYPE_CHECKING:
    from athena_tui.tui.transcript.view import TranscriptView

DOUBLE_CLICK_SECONDS = 0.4
SCROLL_SECONDS = 0.05


class Pointer:
    """Turns presses, moves and releases into selections and clicks.

    Args:
        view: What is pointed at.
        clock: Gives seconds.
    """

    def __init__(self, view: TranscriptView, clock: Callable[[], float] = time.monotonic) -> None:
        self._view = view
        self._clock = clock
        self._pressed: tuple[int, int] | None = None
        self._moved = False
        self._presses = 0
        self._last: tuple[float, int, int] = (float("-inf"), -1, -1)
        self._at = (0, 0)
        self._scrolling: Timer | None = None

    @property
    def dragging(self) -> bool:
        """Whether the button is down."""
        return self._pressed is not None

    def press(self, event: events.MouseDown) -> None:
        """The button went down."""
        view = self._view
        now = self._clock()
        then, x, y = self._last
        again = now - then <= DOUBLE_CLICK_SECONDS and (x, y) == (event.x, event.y)
        self._presses = self._presses % 3 + 1 if again else 1
        self._last = (now, event.x, event.y)
        self._pressed, self._moved = (event.x, event.y), self._presses > 1
        spot = view.spot_at(event.x, event.y) or view.last_spot()
        view.capture_mouse()
        if event.shift and view.selection is not None:
            self._moved = True
            self._extend(event.x, event.y)
        elif spot is not None:
            unit = Unit(self._presses)
            around = view.unit_at(spot, unit)
            view.select(Selection(around, around, unit))
        else:
            view.select(None)

    def move(self, event: events.MouseMove) -> None:
        """The pointer moved with the button down."""
        if self._pressed is None:
            return
        if (event.x, event.y) != self._pressed:
            # What is being selected does not move away under the pointer.
            self._moved = self._view.held = True
        self._at = (event.x, event.y)
        self._extend(event.x, event.y)
        outside = self._outside(event.y)
        if outside and self._scrolling is None:
            self._scrolling = self._view.set_interval(SCROLL_SECONDS, self._scroll)
        elif not outside:
            self._rest()

    def release(self, event: events.MouseUp) -> None:
        """The button went up: without a drag it was a click."""
        if self._pressed is None:
            return
        self.drop()
        if not self._moved and not event.shift:
            self._click(event)

    def drop(self) -> None:
        """Forget the button, whoever has the mouse now."""
        self._rest()
        self._pressed = None
        self._view.held = False
        self._view.release_mouse()

    def _click(self, event: events.MouseUp) -> None:
        view = self._view
        if view.on_chip(event.x, event.y):
            view.follow()
            return
        spot = view.spot_at(event.x, event.y)
        if spot is None:
            return
        view.put_cursor(spot.index)
        if action := event.style.meta.get(ACTION):
            view.perform(str(action))
        elif event.style.link:
            view.open_link(event.style.link)
        elif view.folds_at(event.y):
            view.fold(spot.index)

    def _outside(self, y: int) -> int:
        return -1 if y < 0 else 1 if y >= self._view.size.height else 0

    def _scroll(self) -> None:
        x, y = self._at
        height = self._view.size.height
        distance = -y if y < 0 else y - height + 1
        self._view.move(self._outside(y) * max(1, distance))
        self._extend(x, y)

    def _extend(self, x: int, y: int) -> None:
        view = self._view
        selection = view.selection
        spot = view.spot_at(x, max(0, min(y, view.size.height - 1))) or view.last_spot()
        if selection is None or spot is None:
            return
        head = view.unit_at(spot, selection.unit)
        view.select(Selection(selection.anchor, head, selection.unit))

    def _rest(self) -> None:
        if self._scrolling is not None:
            self._scrolling.stop()
            self._scrolling = None
