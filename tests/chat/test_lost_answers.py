"""An answer that was lost on its way is looked for where the platform keeps it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from athena_tui.chat.parts import ErrorPart, TextPart, TurnState
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client.events import RunFailed, RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Message, Page, Role
from tests.chat.scripted_client import ScriptedClient

LOST = RunFailed("stream_interrupted", "The stream ended.", "run:1")
ASKED = Message("m1", Role.USER, "Hello", run_id="run:1")
ANSWER = Message("m2", Role.ASSISTANT, "The whole answer.", run_id="run:1")
EARLIER = Message("m0", Role.ASSISTANT, "An earlier answer.", run_id="run:0")


async def lost(client: ScriptedClient) -> Session:
    """A session whose answer was cut off."""
    session = Session(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("Hello")
    assert session.lost_answer
    return session


def said(session: Session) -> list[str]:
    return [str(part.text) for part in session.transcript.parts if isinstance(part, TextPart)]


async def test_it_takes_the_place_of_what_arrived() -> None:
    client = ScriptedClient([RunStarted("run:1"), TextDelta("The wh"), LOST])
    client.pages = [Page((EARLIER, ASKED)), Page((EARLIER, ASKED, ANSWER))]
    session = await lost(client)
    assert not await session.look_again()
    assert said(session) == ["The wh"]
    assert await session.look_again()
    assert said(session) == ["The whole answer."]
    assert not any(isinstance(part, ErrorPart) for part in session.transcript.parts)
    turn = session.transcript.turn
    assert turn is not None
    assert (turn.state, turn.message_id, turn.run_id) == (TurnState.COMPLETED, "m2", "run:1")
    assert not session.lost_answer
    assert not await session.look_again()
    assert len(client.requests) == 1


@pytest.mark.parametrize(("asked", "found"), [("Hello", True), ("Something else", False)])
async def test_a_run_that_was_never_named_is_known_by_what_was_asked(asked: str, found: bool) -> None:
    client = ScriptedClient([RunFailed("answer_lost", "No answer came.")])
    client.pages = [Page((EARLIER, Message("m1", Role.USER, asked), Message("m2", Role.ASSISTANT, "Hi.")))]
    session = await lost(client)
    assert await session.look_again() is found
    assert said(session) == (["Hi."] if found else [])


async def test_history_does_not_repeat_one_that_was_found() -> None:
    client = ScriptedClient([RunFailed("answer_lost", "No answer came.")])
    client.pages = [Page((EARLIER, replace(ASKED, run_id=None), ANSWER)), Page((EARLIER, ASKED, ANSWER))]
    session = await lost(client)
    assert await session.look_again()
    await session.load_older()
    assert said(session) == ["An earlier answer.", "The whole answer."]


@pytest.mark.parametrize("end", [RunFinished("run:1"), RunFailed("provider_error", "No.", "run:1", retryable=True)])
async def test_nothing_is_looked_for_where_nothing_was_lost(end: RunFinished | RunFailed) -> None:
    client = ScriptedClient([RunStarted("run:1"), TextDelta("Hi"), end])
    session = Session(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("Hello")
    assert not session.lost_answer
    assert not await session.look_again()
