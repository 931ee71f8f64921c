"""A session over a scripted client, and what the scripts of several tests say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from athena_tui.chat.engine_events import ChatEvent
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client import events
from athena_tui.tools import tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient

STARTED = events.RunStarted("execution:1")
FINISHED = events.RunFinished("execution:1")
WAITS_FOR_TOOL = events.RunSuspended("execution:1", events.RunStatus.AWAITING_CLIENT_TOOL)
AT_GATE = events.RunSuspended("execution:1", events.RunStatus.AWAITING_APPROVAL)


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def called(call_id: str, **arguments: int) -> events.ClientToolCall:
    return events.ClientToolCall("execution:1", call_id, "add", dict(arguments))


def session_of(client: ScriptedClient, options: SessionOptions | None = None) -> Session:
    keys = iter(f"key-{number}" for number in range(100))
    chosen = options or SessionOptions("agent:1")
    return Session(client, chosen, ToolRunner([add]), clock=lambda: 0.0, new_key=lambda: next(keys))


async def until(session: Session, condition: Callable[[ChatEvent], bool]) -> ChatEvent:
    """The next event for which the condition holds."""
    found: asyncio.Future[ChatEvent] = asyncio.get_running_loop().create_future()

    def listen(event: ChatEvent, _change: object) -> None:
        if condition(event) and not found.done():
            found.set_result(event)

    stop = session.subscribe(listen)
    try:
        async with asyncio.timeout(10):
            return await found
    finally:
        stop()
