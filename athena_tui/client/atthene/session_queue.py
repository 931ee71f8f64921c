"""One run at a time in each session: the platform refuses a second one. Follows the Runtime overview."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from athena_tui.client.errors import ClientError

FIRST_POLL = 0.5
LONGEST_POLL = 5.0
LONGEST_WAIT = 600.0


class SessionQueue:
    """Lets runs into their sessions one after the other, in the order they came.

    Args:
        is_processing: Asks the platform whether a session is still at work.
        sleep: Waits for a number of seconds.
    """

    def __init__(
        self, is_processing: Callable[[str], Awaitable[bool]], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._is_processing = is_processing
        self._sleep = sleep
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._abandoned: set[str] = set()

    @asynccontextmanager
    async def turn(self, session_id: str) -> AsyncIterator[None]:
        """Wait until the session is free, and keep it for the length of the context."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        async with lock:
            if session_id in self._abandoned:
                await self._wait_until_free(session_id)
            try:
                yield
            except asyncio.CancelledError:
                # We stop waiting; the platform goes on.
                self._abandoned.add(session_id)
                raise

    async def _wait_until_free(self, session_id: str) -> None:
        waited, delay = 0.0, FIRST_POLL
        try:
            while waited < LONGEST_WAIT and await self._is_processing(session_id):
                await self._sleep(delay)
                waited += delay
                delay = min(LONGEST_POLL, delay * 2)
        except ClientError:
            # The run itself will meet the same trouble, and report it.
            return
        self._abandoned.discard(session_id)
