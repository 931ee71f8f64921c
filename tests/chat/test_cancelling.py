"""A run is stopped here at once, and told to the platform where it can be told."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator

import pytest

from athena_tui.chat import session as session_module
from athena_tui.chat.journal import NoJournal
from athena_tui.chat.parts import (
    NoticePart,
    TextPart,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.chat.workspace import Workspace
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


class SlowToHear(ScriptedClient):
    """A platform that takes its time to confirm a cancellation; streams that never end."""

    def __init__(self) -> None:
        super().__init__([STARTED, asyncio.Event()], [STARTED, asyncio.Event()])
        self.asked, self.may_confirm = asyncio.Event(), asyncio.Event()

    async def cancel(self, run_id: str) -> None:
        self.asked.set()
        await self.may_confirm.wait()
        await super().cancel(run_id)

    async def aclose(self) -> None:
        assert self.cancelled, "closed before the platform was told"
        await super().aclose()


async def test_closing_waits_until_the_platform_was_told_and_sends_nothing_more() -> None:
    client = SlowToHear()
    session = session_of(client)
    first = asyncio.create_task(session.send("one"))
    second = asyncio.create_task(session.send("two"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    closing = asyncio.create_task(session.aclose())
    await client.asked.wait()
    assert not closing.done()
    client.may_confirm.set()
    await closing
    assert client.cancelled == ["execution:1"]
    ends = await asyncio.gather(first, second)
    assert [isinstance(end, events.RunFinished) and end.status for end in ends] == [events.RunStatus.CANCELLED] * 2
    assert [request.message for request in client.requests] == ["one"]
    await session.aclose()


async def test_closing_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_module, "_CANCEL_TIMEOUT", 0.01)
    session = session_of(SlowToHear())
    turn = asyncio.create_task(session.send("one"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    async with asyncio.timeout(10):
        await session.aclose()
        await turn


async def test_a_workspace_closes_its_connection_when_every_run_was_cancelled() -> None:
    client = SlowToHear()
    workspace = Workspace(lambda _: client, "agent:1")
    session = workspace.choose_agent("agent:1")
    turn = asyncio.create_task(session.send("one"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    workspace.new_conversation()
    closing = asyncio.create_task(workspace.aclose())
    await client.asked.wait()
    assert not client.closed
    client.may_confirm.set()
    await asyncio.gather(closing, turn)
    assert client.closed


async def test_closing_does_not_wait_for_what_does_not_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stubborn(ScriptedClient):
        async def _play(self) -> AsyncGenerator[events.RunEvent, None]:
            yield STARTED
            while not lets_go.is_set():
                with contextlib.suppress(asyncio.CancelledError):
                    await lets_go.wait()

    monkeypatch.setattr(session_module, "_CANCEL_TIMEOUT", 0.01)
    lets_go = asyncio.Event()
    session = session_of(Stubborn())
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    async with asyncio.timeout(10):
        await session.aclose()
    lets_go.set()
    await turn
