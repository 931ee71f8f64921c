"""A conversation's history comes in pages, in front of what was watched."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from athena_tui.chat.parts import (
    NoticePart,
    TextPart,
    ToolPart,
    UserPart,
)
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client import events
from athena_tui.client.models import Conversation, Message, Page, Role
from tests.chat.scripted_client import ScriptedClient
from tests.chat.sessions import FINISHED, STARTED, session_of


def said(session: Session) -> list[str]:
    """What the two sides said."""
    return [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart | TextPart)]


async def test_history_comes_in_pages_and_in_front() -> None:
    client = ScriptedClient([events.TextDelta("new"), FINISHED])
    client.pages = [
        Page((Message("m3", Role.USER, "third"), Message("m4", Role.ASSISTANT, "fourth")), "more"),
        Page(
            (
                Message("m1", Role.USER, "first"),
                Message("m2", Role.ASSISTANT, "", tool_calls=({"id": "tc_1", "name": "add", "arguments": {"a": 1}},)),
                Message("m2b", Role.TOOL, "3", tool_call_id="tc_1"),
                Message("m2c", Role.SYSTEM, "The run failed."),
            )
        ),
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("now")
    loaded = [((await session.load_older()).prepended, session.has_older) for _ in range(3)]
    assert loaded == [(2, True), (3, False), (0, False)]
    kinds = [type(part) for part in session.transcript.parts[:5]]
    assert kinds == [UserPart, ToolPart, NoticePart, UserPart, TextPart]
    call = session.transcript.parts[1]
    assert isinstance(call, ToolPart)
    assert (call.arguments, call.result) == ({"a": 1}, 3)
    numbers = [turn.id for turn in session.transcript.turns]
    assert len(set(numbers)) == len(numbers)


async def test_a_page_asked_for_twice_at_once_comes_once() -> None:
    client = ScriptedClient()
    client.pages = [
        Page((Message("m2", Role.USER, "second"),), "more"),
        Page((Message("m1", Role.USER, "first"),)),
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await asyncio.gather(*(session.load_older() for _ in range(3)))
    assert [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart)] == ["first", "second"]


async def test_a_cursor_that_leads_nowhere_ends_the_history() -> None:
    client = ScriptedClient()
    client.pages = [Page((Message("m1", Role.USER, "first"),), "more"), Page((), "more")]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    assert (await session.load_older()).prepended == 1
    assert (await session.load_older()).prepended == 0
    assert not session.has_older


async def test_history_does_not_repeat_a_run_that_was_watched() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("new"), FINISHED])
    watched = (
        Message("m3", Role.USER, "now", run_id=STARTED.run_id),
        Message("m4", Role.ASSISTANT, "new", run_id=STARTED.run_id),
    )
    client.pages = [Page(watched, "more"), Page((Message("m1", Role.USER, "before", run_id="run_0"),))]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("now")
    assert (await session.load_older()).prepended == 1
    assert said(session) == ["before", "now", "new"]


async def test_a_conversation_that_is_joined_has_its_history() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("new"), FINISHED])
    client.active = Conversation("conversation:1", "agent:1")
    client.pages = [Page((Message("m1", Role.USER, "before"), Message("m2", Role.ASSISTANT, "said")))]
    session = session_of(client, SessionOptions("agent:1", kept=True))
    await session.send("now")
    assert session.has_older
    await session.load_older()
    assert said(session) == ["before", "said", "now", "new"]


async def test_a_conversation_that_was_just_made_has_none() -> None:
    session = session_of(ScriptedClient([STARTED, FINISHED]), SessionOptions("agent:1", kept=True))
    await session.send("now")
    assert not session.has_older


@pytest.mark.parametrize("stored", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("named", ["", "m4 m6", "m3 m4 m5 m6"])
async def test_history_does_not_repeat_what_names_no_run(stored: int, named: str) -> None:
    """The platform has kept the first few of what was said here, and names the runs of some messages."""
    before = [Message("m1", Role.USER, "before"), Message("m2", Role.ASSISTANT, "said")]
    here = [
        Message("m3", Role.USER, "one", run_id="execution:1"),
        Message("m4", Role.ASSISTANT, "first", run_id="execution:1"),
        Message("m5", Role.USER, "t\x1b[2Jwo", run_id="execution:2"),
        Message("m6", Role.ASSISTANT, "second", run_id="execution:2"),
    ]
    kept = [message if message.id in named else replace(message, run_id=None) for message in here[:stored]]
    client = ScriptedClient(
        [STARTED, events.TextDelta("first"), FINISHED],
        [events.RunStarted("execution:2"), events.TextDelta("second"), events.RunFinished("execution:2")],
    )
    client.pages = [Page((*before, *kept))]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("one")
    await session.send("t\x1b[2Jwo")
    await session.load_older()
    assert said(session) == ["before", "said", "one", "first", "two", "second"]


async def test_history_does_not_repeat_a_turn_that_was_tried_again() -> None:
    client = ScriptedClient(
        [STARTED, events.RunFailed("provider_error", "No.", STARTED.run_id)],
        [events.RunStarted("execution:2"), events.TextDelta("new"), events.RunFinished("execution:2")],
    )
    client.pages = [
        Page(
            (
                Message("m1", Role.USER, "before"),
                Message("m2", Role.USER, "now", run_id=STARTED.run_id),
                Message("m3", Role.USER, "now", run_id="execution:2"),
                Message("m4", Role.ASSISTANT, "new", run_id="execution:2"),
            )
        )
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("now")
    await session.retry()
    await session.load_older()
    assert said(session) == ["before", "now", "new"]


async def test_escapes_hidden_in_stored_json_stay_harmless() -> None:
    client = ScriptedClient()
    client.pages = [
        Page(
            (
                Message(
                    "m1", Role.ASSISTANT, "", tool_calls=({"id": "tc_1", "name": "add", "arguments": '"\\u001b[2J"'},)
                ),
                Message("m2", Role.TOOL, '"\\u001b]0;title\\u0007ok"', tool_call_id="tc_1"),
            )
        )
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.load_older()
    (call,) = session.transcript.parts
    assert isinstance(call, ToolPart)
    assert (call.arguments, call.result) == ("", "ok")
