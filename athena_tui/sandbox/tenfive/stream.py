"""Events as the public sees them, and the stream of a run. Follows the Events page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.sse import frame
from athena_tui.sandbox.tenfive.engine import Engine
from athena_tui.sandbox.tenfive.store import Event, Store

_REDACTED = frozenset({"input", "metadata", "attachment_refs", "sensitivity_tags"})
_TERMINAL = frozenset({"run.worker.succeeded", "run.worker.failed", "run.cancelled", "run.limit_exceeded"})
_BATCH = 100
_KEEP_ALIVE = ": keep-alive\n\n"


def public(event: Event) -> JsonObject:
    """The envelope of an event: what the caller sent in is removed."""
    value = {name: item for name, item in event.payload.items() if name not in _REDACTED}
    return {
        "seq": event.seq,
        "type": event.type,
        "timestamp": event.timestamp,
        "payload": {"redacted": len(value) < len(event.payload), "value": value},
    }


async def frames(
    store: Store, engine: Engine, run_id: str, after: int, interrupt: asyncio.Event, keep_alive: float
) -> AsyncGenerator[str, None]:
    """The events of a run after a sequence number, past and future, up to the terminal one.

    Args:
        store: Where the events are.
        engine: Tells when there are more.
        run_id: Whose events.
        after: The sequence number to begin after.
        interrupt: Ends the stream.
        keep_alive: Seconds of silence before a comment is sent.
    """
    interrupted = asyncio.create_task(interrupt.wait())
    try:
        while not interrupt.is_set():
            news = engine.news(run_id)
            events = store.events_after(run_id, after, _BATCH)
            for event in events:
                after = event.seq
                yield frame(public(event), event="run_event", event_id=str(event.seq))
                if event.type in _TERMINAL:
                    return
            if not events and _is_over(engine, run_id):
                return
            if not events and not await _first_of(news, interrupted, keep_alive):
                yield _KEEP_ALIVE
    finally:
        interrupted.cancel()


def _is_over(engine: Engine, run_id: str) -> bool:
    run = engine.run(run_id)
    return run is None or run.is_terminal


async def _first_of(news: asyncio.Event, interrupted: asyncio.Task[bool], seconds: float) -> bool:
    """Wait for news or the interruption; false when neither came in time."""
    waiting = asyncio.create_task(news.wait())
    try:
        done, _ = await asyncio.wait({waiting, interrupted}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    return bool(done)
