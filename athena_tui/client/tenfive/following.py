"""The events of a run, each once and in order, whatever happens to the connections that bring them.

Follows the Events and Run lifecycle pages. The stream is picked up after the newest event that was seen; a gap in the
numbers is filled from the list of events; where streaming does not work, the list is polled.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Final

from pydantic import ValidationError

from athena_tui.client.errors import (
    ClientError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    RateLimited,
    ServerTrouble,
    UnreadableAnswer,
)
from athena_tui.client.observer import Reconnecting
from athena_tui.client.request import Request, path_segment
from athena_tui.client.retry import RetryPolicy
from athena_tui.client.sanitise import clean_text
from athena_tui.client.sse import ServerEvent
from athena_tui.client.tenfive.wire import (
    AWAITING_INPUT,
    STALLED,
    Envelope,
    EventPage,
    RunRecord,
    read_run,
)
from athena_tui.client.transport import Transport

POLL_INTERVAL: Final = 1.0
"""Seconds between two looks at the list of events."""
LONGEST_SILENCE: Final = 60.0
"""Seconds without an event, though the connection may be kept alive, after which we ask what became of the run."""

_RECONNECTING: Final = RetryPolicy(attempts=6)
_STREAM_ATTEMPTS: Final = 3
_MOST_RESUMES: Final = 5
_MOST_GAPS: Final = 3
_MOST_STRANGE: Final = 3
"""Looks at a run that says nothing and has a status we do not know, after which it counts as over."""
_PAGE_SIZE: Final = 100
_PASSING: Final = (ConnectionFailed, ServerTrouble, RateLimited)
_NO_STREAM: Final = (NotFound, InvalidRequest, UnreadableAnswer)
_EVENT_NAMES: Final = frozenset({"run_event", "message"})
_KEEP_ALIVES: Final = frozenset({"heartbeat", "ping", "keepalive", "keep-alive"})


class RunFollower:
    """Follows one run until it is over or waits for a person.

    Args:
        transport: The connection.
        run_id: The run.
        after: The number of the newest event that was seen before.
        streaming: Whether to listen to the stream, rather than poll from the start.
    """

    def __init__(self, transport: Transport, run_id: str, *, after: int = 0, streaming: bool = True) -> None:
        self._transport = transport
        self._path = f"/v1/runs/{path_segment(run_id)}"
        self._seq = after
        self._streaming = streaming
        self._gaps = 0
        self._resumes = 0
        self._strange = 0
        self._over = False

    async def record(self) -> RunRecord:
        """The run as the platform has it now."""
        answer = await self._transport.send(Request("GET", self._path))
        return read_run(answer.json())

    async def envelopes(self, *, known_run: bool = False) -> AsyncGenerator[Envelope, None]:
        """Every event after the newest one seen, up to one that ends the run or waits for a person.

        Args:
            known_run: The run is not new, so that gates it came to may have been answered long ago.

        Raises:
            ClientError: The platform refuses, or cannot be reached although it was tried again and again.
        """
        if known_run:
            async for envelope in self._past():
                yield envelope
                if envelope.is_last:
                    return
        fruitless = 0
        while not self._over:
            before = self._seq
            trouble: ClientError | None = None
            try:
                async with aclosing(self._arriving()) as envelopes:
                    async for envelope in envelopes:
                        yield envelope
                        if envelope.is_last:
                            return
            except _PASSING as error:
                trouble = error
            broken = trouble is not None or self._streaming
            fruitless = fruitless + 1 if broken and self._seq == before else 0
            if trouble is not None and fruitless >= _RECONNECTING.attempts:
                raise trouble
            if not self._over:
                await self._pause(fruitless, broken=broken)
            self._streaming = self._streaming and fruitless < _STREAM_ATTEMPTS

    async def listed(self) -> AsyncGenerator[Envelope, None]:
        """Every event that is there already."""
        cursor: str | None = None
        while True:
            before = self._seq
            params = {"after_seq": str(self._seq), "cursor": cursor, "limit": str(_PAGE_SIZE)}
            answer = await self._transport.send(Request("GET", f"{self._path}/events", params=params))
            try:
                # Not clean yet: deltas are cleaned as a stream, here as there.
                page = EventPage.model_validate(answer.raw_json())
            except ValidationError as error:
                raise UnreadableAnswer("The platform's list of events cannot be read.") from error
            for envelope in sorted(page.events, key=lambda envelope: envelope.seq or 0):
                if envelope.seq is not None and self._take(envelope):
                    yield envelope
            if self._seq == before or page.has_more is False:
                return
            cursor = page.next_cursor

    async def _past(self) -> AsyncGenerator[Envelope, None]:
        """What a run that is not new did so far, without the gates that were answered."""
        past = [envelope async for envelope in self.listed()]
        for envelope in past:
            if envelope is past[-1] or envelope.status != AWAITING_INPUT:
                yield envelope
        if past and past[-1].status == STALLED:
            await self._resume()

    async def _arriving(self) -> AsyncGenerator[Envelope, None]:
        """What one connection brings; when it brings nothing, the record says whether there is anything to wait for."""
        before = self._seq
        try:
            async with aclosing(self._streamed() if self._streaming else self.listed()) as envelopes:
                async for envelope in envelopes:
                    yield envelope
                    if envelope.status == STALLED:
                        await self._resume()
        except _NO_STREAM:
            if not self._streaming:
                raise
            self._streaming = False
        if self._seq == before and await self._is_over():
            async for envelope in self.listed():
                yield envelope
            self._over = True

    async def _streamed(self) -> AsyncGenerator[Envelope, None]:
        after = str(self._seq) if self._seq else None
        request = Request(
            "GET",
            f"{self._path}/events/stream",
            params={"after_seq": after},
            headers={"Last-Event-ID": after} if after else {},
            stream=True,
        )
        async with self._transport.open(request) as answer:
            if not answer.is_stream:
                raise UnreadableAnswer("The platform answered without a stream of events.")
            async with aclosing(answer.events()) as events:
                while event := await _next_event(events):
                    envelope = _read_envelope(event)
                    if envelope is None:
                        continue
                    async for missed in self._missed_before(envelope):
                        yield missed
                    if self._take(envelope):
                        yield envelope

    async def _missed_before(self, envelope: Envelope) -> AsyncGenerator[Envelope, None]:
        """What the stream left out; a platform may also skip numbers for good."""
        expected = self._seq + 1
        if envelope.seq is None or envelope.seq <= expected or self._gaps >= _MOST_GAPS:
            return
        found = False
        try:
            async for missed in self.listed():
                found = found or missed.seq == expected
                yield missed
        except _NO_STREAM:
            self._gaps = _MOST_GAPS
        self._gaps += not found

    async def _is_over(self) -> bool:
        """Whether nothing more will come; a run that has stalled is resumed."""
        record = await self.record()
        if record.status == STALLED:
            await self._resume()
        self._strange = 0 if record.is_known else self._strange + 1
        if self._strange >= _MOST_STRANGE:
            raise ClientError(
                f"The run has the status “{record.status}”, which this version does not know, and says nothing more.",
                code=record.status,
                remedy="Look at the run on the platform before you send the message again.",
            )
        return record.is_terminal

    async def _resume(self) -> None:
        self._resumes += 1
        if self._resumes > _MOST_RESUMES:
            raise ClientError(
                f"The run stalled and was resumed {_MOST_RESUMES} times.",
                code="run_stalled",
                remedy="The platform keeps losing its worker; send the message again later.",
            )
        try:
            await self._transport.send(Request("POST", f"{self._path}/resume", repeatable=True))
        except Conflict:
            # It goes on already: somebody else was faster, or the event was an old one.
            return

    def _take(self, envelope: Envelope) -> bool:
        """Whether an event is new. One without a number always is."""
        if envelope.seq is None:
            return True
        if envelope.seq <= self._seq:
            return False
        self._seq = envelope.seq
        return True

    async def _pause(self, fruitless: int, *, broken: bool) -> None:
        if not broken:
            await self._transport.timing.sleep(POLL_INTERVAL)
            return
        attempt = fruitless + 1
        delay = _RECONNECTING.backoff(attempt, self._transport.timing.chance())
        state = Reconnecting(self._seq, attempt, _RECONNECTING.attempts, delay)
        self._transport.observer.connection_changed(state)
        await self._transport.timing.sleep(delay)


async def _next_event(events: AsyncIterator[ServerEvent]) -> ServerEvent | None:
    """The next event of a stream; `None` when it ended, broke or fell silent: then it is picked up again."""
    try:
        async with asyncio.timeout(LONGEST_SILENCE):
            return await anext(events, None)
    except (ConnectionFailed, TimeoutError):
        return None


def _read_envelope(event: ServerEvent) -> Envelope | None:
    """An event of the stream; `None` for those that only keep it alive."""
    if event.name in _KEEP_ALIVES:
        return None
    try:
        value = json.loads(event.data, parse_constant=lambda _constant: None)
        if event.name in _EVENT_NAMES:
            return Envelope.model_validate(value)
    except (ValueError, RecursionError):
        value = event.data
    return Envelope(type=clean_text(event.name), payload={"value": value})
