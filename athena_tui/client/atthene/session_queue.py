"""One run at a time in each session: the platform refuses a second one. Follows the Runtime overview."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from athena_tui.client.errors import ClientError, ConnectionFailed, ServerTrouble

FIRST_POLL = 0.5
LONGEST_POLL = 5.0
LONGEST_WAIT = 600.0


class SessionQueue:
    """Lets runs into their sessions one after the other, in the order they came. Times are in seconds.

    Args:
        is_processing: Asks the platform whether a session is still at work.
        sleep: Waits.
    """

    def __init__(
        self, is_processing: Callable[[str], Awaitable[bool]], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._is_processing = is_processing
        self._sleep = sleep
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._left_behind: set[str] = set()

    @asynccontextmanager
    async def turn(self, session_id: str) -> AsyncIterator[None]:
        """Wait until the session is free, and keep it for the length of the context."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        async with lock:
            if session_id in self._left_behind:
                await self._settle(session_id)
            try:
                yield
            except (asyncio.CancelledError, ConnectionFailed, ServerTrouble):
                # We heard no end of the run, so the platform may still be at it.
                self._left_behind.add(session_id)
                raise

    async def wait_until_free(self, session_id: str) -> None:
        """Wait until the platform is done with a session.

        Raises:
            ClientError: The platform does not say.
        """
        waited, delay = 0.0, FIRST_POLL
        while waited < LONGEST_WAIT and await self._is_processing(session_id):
            await self._sleep(delay)
            waited += delay
            delay = min(LONGEST_POLL, delay * 2)

    async def _settle(self, session_id: str) -> None:
        try:
            await self.wait_until_free(session_id)
        except ClientError:
            # The run that comes now will meet the same trouble, and report it.
            return
        self._left_behind.discard(session_id)
