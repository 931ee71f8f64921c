"""When to draw: at once after a rest, then at most thirty times a second, less often where drawing is slow."""

from __future__ import annotations

import time
from collections.abc import Callable

SHORTEST = 1 / 30
LONGEST = 1 / 4


class FrameClock:
    """Gathers requests into frames.

    Args:
        draw: Draws one frame.
        after: Calls something after so many seconds; at once, but not before returning, for zero.
        clock: Gives seconds.
        behind: Whether the terminal has yet to read what was drawn before.
    """

    def __init__(
        self,
        draw: Callable[[], None],
        after: Callable[[float, Callable[[], None]], object],
        clock: Callable[[], float] = time.perf_counter,
        behind: Callable[[], bool] = lambda: False,
    ) -> None:
        self._draw = draw
        self._after = after
        self._clock = clock
        self._behind = behind
        self._pending = False
        self._due = 0.0
        self._free_at = 0.0
        self.interval = SHORTEST

    @property
    def pending(self) -> bool:
        """Whether a frame is on its way."""
        return self._pending

    def request(self) -> None:
        """Something changed."""
        if self._pending:
            return
        self._pending = True
        now = self._clock()
        self._due = max(now, self._free_at)
        self._after(self._due - now, self._frame)

    def _frame(self) -> None:
        began = self._clock()
        if began - self._due < LONGEST and self._behind():
            self._after(SHORTEST, self._frame)
            return
        self._pending = False
        self._draw()
        # A frame that comes late says that the loop was busy, be it with drawing or layout, or that the terminal does
        # not read as fast as we write. Then the next one waits longer, so that keys get their turn.
        spent = self._clock() - began + max(0.0, began - self._due)
        wanted = min(LONGEST, max(SHORTEST, 2 * spent))
        self.interval = wanted if wanted > self.interval else (self.interval + wanted) / 2
        self._free_at = began + self.interval
