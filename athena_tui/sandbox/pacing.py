"""Delays that make an agent believable, scaled by the `pace` option."""

from __future__ import annotations

import asyncio

from athena_tui.sandbox.chance import Clock

_WORST_LAG = 0.25


class Pacer:
    """Keeps the rhythm of one run.

    Waits are laid end to end from the first one on, so that 500 tokens at 100 a second take five seconds however late
    each single timer fires. A run that fell behind by more than a quarter of a second does not catch up in a burst.
    """

    def __init__(self, pace: float, clock: Clock, interrupt: asyncio.Event) -> None:
        self._pace = pace
        self._clock = clock
        self._interrupt = interrupt
        self._due: float | None = None

    async def wait(self, seconds: float) -> bool:
        """Wait `seconds` of the agent's time; true as soon as the run is interrupted."""
        if self._clock.repeatable:
            self._clock.advance(seconds)
        now = asyncio.get_running_loop().time()
        if self._due is None or now - self._due > _WORST_LAG:
            self._due = now
        self._due += seconds * self._pace
        delay = self._due - now
        if delay <= 0:
            await asyncio.sleep(0)
            return self._interrupt.is_set()
        try:
            await asyncio.wait_for(self._interrupt.wait(), delay)
        except TimeoutError:
            return False
        return True
