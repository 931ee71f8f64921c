"""A session sees turns through: sending, retrying, opening conversations, and errors that become events."""

from __future__ import annotations

import asyncio

from athena_tui.chat.engine_events import ChatEvent, ToolNeedsPerson
from athena_tui.chat.parts import (
    ErrorPart,
    TextPart,
    ToolPart,
    UserPart,
)
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.chat.tool_calls import RunIt
from athena_tui.client import events
from athena_tui.client.errors import ConnectionFailed, OutOfCredits
from athena_tui.client.models import Conversation
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.tools import ToolPolicy, tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient
from tests.chat.sessions import FINISHED, STARTED, WAITS_FOR_TOOL, called, session_of, until


async def test_what_a_person_wrote_is_sent_as_it_is_and_shown_without_what_a_terminal_obeys() -> None:
    client = ScriptedClient([STARTED, called("tc_1"), WAITS_FOR_TOOL], [FINISHED])
    received: list[str] = []

    @tool
    def add(word: str) -> str:
        """Take a word."""
        received.append(word)
        return word

    session = Session(client, SessionOptions("agent:1", policies={"add": ToolPolicy.ASK}), ToolRunner([add]))

    def rule(event: ChatEvent, _change: object) -> None:
        if isinstance(event, ToolNeedsPerson):
            session.rule("tc_1", RunIt({"word": "b\x1b[2Jb"}, edited=True))

    session.subscribe(rule)
    await session.send("a\x1b]0;title\x07a")
    assert (client.requests[0].message, received) == ("a\x1b]0;title\x07a", ["b\x1b[2Jb"])
    said, call = session.transcript.parts[:2]
    assert isinstance(said, UserPart)
    assert isinstance(call, ToolPart)
    assert (said.text, call.arguments, call.result) == ("aa", {"word": "bb"}, "bb")


async def test_tools_are_not_offered_to_a_platform_without_them() -> None:
    client = ScriptedClient([FINISHED], capabilities=Capabilities({Feature.CLIENT_TOOLS: "It has none."}))
    await session_of(client).send("hello")
    assert client.requests[0].client_tools == ()


async def test_an_error_before_the_first_event_becomes_a_failed_run() -> None:
    client = ScriptedClient([OutOfCredits("No credits left.", trace_id="t-1", status=402)])
    session = session_of(client)
    end = await session.send("hello")
    assert isinstance(end, events.RunFailed)
    assert (end.code, end.trace_id, end.status) == ("payment_required", "t-1", 402)
    (part,) = [part for part in session.transcript.parts if isinstance(part, ErrorPart)]
    assert part.remedy


async def test_a_response_that_just_ends_is_reported_as_interrupted() -> None:
    end = await session_of(ScriptedClient([STARTED, events.TextDelta("ha")])).send("hello")
    assert isinstance(end, events.RunFailed)
    assert end.code == "stream_interrupted"


async def test_a_retry_is_a_new_intent_of_the_same_turn() -> None:
    client = ScriptedClient([ConnectionFailed("No route.")], [events.TextDelta("hi"), FINISHED])
    session = session_of(client)
    await session.send("hello")
    assert await session.retry() == FINISHED
    assert [request.idempotency_key for request in client.requests] == ["key-0", "key-1"]
    assert [type(part) for part in session.transcript.parts][:2] == [UserPart, TextPart]


async def test_a_second_message_waits_for_the_first() -> None:
    gate = asyncio.Event()
    client = ScriptedClient([STARTED, events.TextDelta("a"), gate, FINISHED], [events.TextDelta("b"), FINISHED])
    session = session_of(client)
    first = asyncio.create_task(session.send("one"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    second = asyncio.create_task(session.send("two"))
    await asyncio.sleep(0)
    assert len(client.requests) == 1
    gate.set()
    await asyncio.gather(first, second)
    assert [request.message for request in client.requests] == ["one", "two"]


async def test_the_first_turn_opens_the_active_conversation() -> None:
    client = ScriptedClient([FINISHED], [FINISHED])
    session = session_of(client, SessionOptions("agent:1", kept=True))
    await session.send("one")
    await session.send("two")
    assert client.opened == ["agent:1"]
    assert [request.conversation_id for request in client.requests] == ["conversation:1", "conversation:1"]


async def test_a_fresh_conversation_is_asked_for_once() -> None:
    client = ScriptedClient([FINISHED], [FINISHED])
    client.active = Conversation("conversation:old", "agent:1")
    session = session_of(client, SessionOptions("agent:1", kept=True, fresh=True))
    await session.send("one")
    await session.send("two")
    assert client.archived == ["conversation:old"]
    assert [request.conversation_id for request in client.requests] == ["conversation:2", "conversation:2"]
