"""A conversation's history comes in pages, in front of what was watched."""

from __future__ import annotations

import asyncio

from athena_tui.chat.parts import (
    NoticePart,
    TextPart,
    ToolPart,
    UserPart,
)
from athena_tui.chat.session import SessionOptions
from athena_tui.client import events
from athena_tui.client.models import Message, Page, Role
from tests.chat.scripted_client import ScriptedClient
from tests.chat.sessions import FINISHED, STARTED, session_of


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
    texts = [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart | TextPart)]
    assert texts == ["before", "now", "new"]


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
