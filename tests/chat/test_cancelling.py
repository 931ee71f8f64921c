"""A run is stopped here at once, and told to the platform where it can be told."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator

import pytest

from athena_tui.chat.journal import NoJournal
from athena_tui.chat.parts import (
    NoticePart,
    TextPart,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.client import events
from athena_tui.client.errors import ConnectionFailed
from athena_tui.tools import tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient
from tests.chat.sessions import FINISHED, STARTED, WAITS_FOR_TOOL, session_of, until


async def test_cancelling_stops_here_and_there() -> None:
    never = asyncio.Event()
    client = ScriptedClient([STARTED, events.TextDelta("on and"), never])
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    await session.cancel()
    end = await turn
    assert isinstance(end, events.RunFinished)
    assert end.status is events.RunStatus.CANCELLED
    assert client.cancelled == ["execution:1"]
    assert session.state is SessionState.IDLE


@pytest.mark.parametrize("by_the_caller", [False, True])
async def test_a_run_that_had_just_ended_is_not_cancelled(*, by_the_caller: bool) -> None:
    class Slow(NoJournal):
        def __init__(self) -> None:
            self.struck_out = 0

        async def end(self, idempotency_key: str) -> None:
            self.struck_out += 1
            if self.struck_out == 1:
                striking.set()
                await asyncio.Event().wait()

    striking, journal = asyncio.Event(), Slow()
    client = ScriptedClient([STARTED, events.TextDelta("all"), FINISHED])
    session = Session(client, SessionOptions("agent:1"), journal=journal)
    turn = asyncio.create_task(session.send("hello"))
    await striking.wait()
    if by_the_caller:
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
    else:
        await session.cancel()
        assert await turn == FINISHED
    assert client.cancelled == []
    assert journal.struck_out == 2
    assert session.transcript.turns[-1].state is TurnState.COMPLETED
    assert [type(part) for part in session.transcript.parts] == [UserPart, TextPart, UsagePart]


async def test_cancelling_lets_a_slow_handler_go() -> None:
    release, began = threading.Event(), threading.Event()

    @tool
    def slow() -> str:
        """Wait."""
        began.set()
        release.wait(10)
        return "late"

    client = ScriptedClient(
        [STARTED, events.ClientToolCall("execution:1", "tc_1", "slow", {}), WAITS_FOR_TOOL], [FINISHED]
    )
    session = Session(client, SessionOptions("agent:1"), ToolRunner([slow]))
    turn = asyncio.create_task(session.send("?"))
    await asyncio.to_thread(began.wait, 10)
    await session.cancel()
    release.set()
    await turn
    assert client.answers == []


async def test_a_cancellation_the_platform_does_not_confirm_is_said() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("x"), asyncio.Event()])
    client.cancel_error = ConnectionFailed("No route.")
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    await session.cancel()
    await turn
    assert any(isinstance(part, NoticePart) and "No route" in part.text for part in session.transcript.parts)


async def test_cancelling_the_caller_cancels_the_run() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("x"), asyncio.Event()])
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert client.cancelled == ["execution:1"]


async def test_a_cancellation_that_is_swallowed_once_is_insisted_on() -> None:
    class Stubborn(ScriptedClient):
        async def _play(self) -> AsyncGenerator[events.RunEvent, None]:
            yield STARTED
            for _ in range(2):
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()

    session = session_of(Stubborn())
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    assert await session.cancel()
    assert isinstance(await turn, events.RunFailed | events.RunFinished)
    assert not await session.cancel()
