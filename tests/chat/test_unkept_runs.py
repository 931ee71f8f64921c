"""What a session does where runs in flight cannot be written down."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from athena_tui.chat.engine_events import ChatEvent, Noted
from athena_tui.chat.journal import NoJournal
from athena_tui.chat.parts import NoticePart, TextPart
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.client import events
from athena_tui.client.models import RunRequest
from athena_tui.store.database import StoreError
from tests.chat.scripted_client import ScriptedClient

STARTED = events.RunStarted("execution:1")
FINISHED = events.RunFinished("execution:1")


class FullDisk(NoJournal):
    """Fails at one step."""

    def __init__(self, step: str) -> None:
        self._step = step

    async def begin(self, request: RunRequest) -> None:
        """Fail if this is the step."""
        del request
        self._fail("begin")

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """Fail if this is the step."""
        del idempotency_key, run_id
        self._fail("accepted")

    async def end(self, idempotency_key: str) -> None:
        """Fail always: the disk stays full."""
        raise StoreError(f"{idempotency_key} cannot be struck out: the disk is full")

    def _fail(self, step: str) -> None:
        if step == self._step:
            raise StoreError("it cannot grow: the disk is full")


async def test_a_turn_that_cannot_be_written_down_is_not_sent() -> None:
    client = ScriptedClient([STARTED, FINISHED])
    session = Session(client, SessionOptions("agent:1"), journal=FullDisk("begin"))
    end = await session.send("hello")
    assert isinstance(end, events.RunFailed)
    assert "Nothing was sent." in end.message
    assert "the disk is full" in end.message
    assert client.requests == []
    assert session.state is SessionState.IDLE


async def test_a_run_under_way_goes_on_though_it_cannot_be_written_down() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("paid for"), FINISHED])
    session = Session(client, SessionOptions("agent:1"), journal=FullDisk("accepted"))
    assert await session.send("hello") == FINISHED
    said = [part.text for part in session.transcript.parts if isinstance(part, NoticePart)]
    assert len(said) == 2
    assert "goes on" in said[0]
    assert any(isinstance(part, TextPart) for part in session.transcript.parts)


async def test_what_breaks_while_it_is_kept_is_not_said_to_be_unsent() -> None:
    class Unkept(ScriptedClient):
        async def _play(self) -> AsyncGenerator[events.RunEvent, None]:
            yield events.TextDelta("a")
            raise StoreError("it cannot grow: the disk is full")

    end = await Session(Unkept(), SessionOptions("agent:1")).send("hello")
    assert isinstance(end, events.RunFailed)
    assert "may go on there" in end.message


async def test_a_run_that_cannot_be_struck_out_is_over_all_the_same() -> None:
    session = Session(ScriptedClient([STARTED, FINISHED]), SessionOptions("agent:1"), journal=FullDisk("end"))
    heard: list[ChatEvent] = []
    session.subscribe(lambda event, _change: heard.append(event))
    assert await session.send("hello") == FINISHED
    assert isinstance(heard[-1], Noted)
