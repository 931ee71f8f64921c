"""Conversations kept on this machine look the same as a platform's own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from athena_tui.chat.local_conversations import LocalConversations, with_conversations
from athena_tui.chat.parts import NoticePart, TextPart, UsagePart, UserPart
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client import events
from athena_tui.client.errors import ClientError, ConnectionFailed, NotFound
from athena_tui.client.models import Decision, Role
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.store.store import Store
from tests.chat.scripted_client import ScriptedClient, Step

NONE_THERE = Capabilities({Feature.CONVERSATIONS: "It keeps none."})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "store.db") as opened:
        yield opened


def answering(text: str, platform_id: str | None = None) -> list[Step]:
    return [events.RunStarted("run:1", platform_id), events.TextDelta(text), events.RunFinished("run:1")]


async def test_both_sides_are_kept_and_sent_along_with_the_next_turn(store: Store) -> None:
    platform = ScriptedClient(answering("Hi."), answering("Still here."), capabilities=NONE_THERE)
    client = LocalConversations(platform, store, "work")
    session = Session(client, SessionOptions("agent:1", kept=True))
    await session.send("Hello there")
    await session.send("And now?")
    assert platform.requests[0].history == ()
    assert [(message.role, message.text) for message in platform.requests[1].history] == [
        (Role.USER, "Hello there"),
        (Role.ASSISTANT, "Hi."),
    ]
    (conversation,) = (await client.conversations()).items
    assert (conversation.id, conversation.title) == (session.conversation_id, "Hello there")
    kept = (await client.messages(conversation.id)).items
    assert [message.text for message in kept] == ["Hello there", "Hi.", "And now?", "Still here."]


async def test_a_platform_that_remembers_is_given_its_own_id_instead(store: Store) -> None:
    platform = ScriptedClient(answering("Hi.", "session_1"), answering("Again.", "session_1"), capabilities=NONE_THERE)
    session = Session(LocalConversations(platform, store, "work"), SessionOptions("agent:1", kept=True))
    await session.send("one")
    await session.send("two")
    assert [(request.conversation_id, request.history) for request in platform.requests] == [
        (None, ()),
        ("session_1", ()),
    ]
    assert session.conversation_id is not None
    assert session.conversation_id.startswith("local:")


async def test_what_was_taken_back_is_not_kept(store: Store) -> None:
    platform = ScriptedClient(
        [
            events.RunStarted("run:1"),
            events.TextDelta("draft"),
            events.TextReset("flaky"),
            events.TextDelta("good"),
            events.RunFinished("run:1"),
        ],
        capabilities=NONE_THERE,
    )
    client = LocalConversations(platform, store, "work")
    session = Session(client, SessionOptions("agent:1", kept=True))
    await session.send("?")
    assert session.conversation_id is not None
    assert [message.text for message in (await client.messages(session.conversation_id)).items] == ["?", "good"]


async def test_what_is_said_after_a_gate_belongs_to_the_same_answer(store: Store) -> None:
    platform = ScriptedClient(
        [
            events.RunStarted("run:1"),
            events.TextDelta("May I?"),
            events.ApprovalRequested("run:1"),
            events.RunSuspended("run:1", events.RunStatus.AWAITING_APPROVAL),
        ],
        [events.TextDelta("Done."), events.RunFinished("run:1")],
        capabilities=NONE_THERE,
    )
    client = LocalConversations(platform, store, "work")
    session = Session(client, SessionOptions("agent:1", kept=True, gate=Decision(approved=True)))
    await session.send("go")
    assert session.conversation_id is not None
    texts = [message.text for message in (await client.messages(session.conversation_id)).items]
    assert texts == ["go", "May I?\n\nDone."]


@pytest.mark.parametrize("context_messages", [0, 1, 20])
async def test_a_message_that_is_sent_again_is_kept_once(store: Store, context_messages: int) -> None:
    scripts: list[list[Step]] = [answering("Hi."), [ConnectionFailed("No route.")], answering("Again.")]
    platform = ScriptedClient(*scripts, capabilities=NONE_THERE)
    client = LocalConversations(platform, store, "work", context_messages)
    session = Session(client, SessionOptions("agent:1", kept=True))
    await session.send("one")
    await session.send("two")
    await session.retry()
    assert session.conversation_id is not None
    kept = (await client.messages(session.conversation_id)).items
    assert [message.text for message in kept] == ["one", "Hi.", "two", "Again."]
    context = ["one", "Hi."][2 - min(2, context_messages) :]
    assert [[said.text for said in request.history] for request in platform.requests[1:]] == [context] * 2


async def test_a_store_that_cannot_be_used_is_told_as_clients_do(store: Store) -> None:
    client = LocalConversations(ScriptedClient(capabilities=NONE_THERE), store, "work")
    await store.aclose()
    for asked in (
        client.conversations(),
        client.messages("local:1"),
        client.open_conversation("agent:1"),
        client.archive_conversation("local:1"),
    ):
        with pytest.raises(ClientError, match="is closed"):
            await asked
    end = await Session(client, SessionOptions("agent:1", kept=True)).send("hello")
    assert isinstance(end, events.RunFailed)
    assert end.code == "store_error"


async def test_an_answer_that_cannot_be_kept_is_shown_all_the_same(store: Store) -> None:
    class Closing(ScriptedClient):
        async def _play(self) -> AsyncGenerator[events.RunEvent, None]:
            await store.aclose()
            async for event in super()._play():
                yield event

    platform = Closing(answering("Paid for.", "session_1"), capabilities=NONE_THERE)
    session = Session(LocalConversations(platform, store, "work"), SessionOptions("agent:1", kept=True))
    end = await session.send("hello")
    assert isinstance(end, events.RunFinished)
    assert end.conversation_id == session.conversation_id
    assert [type(part) for part in session.transcript.parts] == [UserPart, NoticePart, TextPart, NoticePart, UsagePart]


async def test_the_context_can_be_left_out(store: Store) -> None:
    platform = ScriptedClient(answering("a"), answering("b"), capabilities=NONE_THERE)
    client = LocalConversations(platform, store, "work", context_messages=0)
    session = Session(client, SessionOptions("agent:1", kept=True))
    await session.send("one")
    await session.send("two")
    assert platform.requests[1].history == ()


async def test_an_agents_newest_conversation_goes_on_until_a_fresh_one_is_asked_for(store: Store) -> None:
    client = LocalConversations(ScriptedClient(capabilities=NONE_THERE), store, "work")
    first, created = await client.open_conversation("agent:1")
    assert created
    assert [(await client.open_conversation("agent:1"))[0].id for _ in range(2)] == [first.id, first.id]
    other, _ = await client.open_conversation("agent:2")
    fresh, created = await client.open_conversation("agent:1", fresh=True)
    assert created
    assert len({first.id, other.id, fresh.id}) == 3
    assert (await client.open_conversation("agent:1"))[0].id == fresh.id
    assert not any(conversation.archived for conversation in (await client.conversations()).items)
    await client.archive_conversation(fresh.id)
    assert (await client.open_conversation("agent:1"))[0].id == first.id


LOST = NotFound("There is no such session.", status=404)


@pytest.mark.parametrize("refusal", [[LOST], [events.RunStarted("run:1", "session_1"), LOST.as_event("run:1")]])
async def test_a_conversation_that_the_platform_lost_goes_on_with_what_is_kept_here(
    store: Store, refusal: list[Step]
) -> None:
    scripts = answering("Hi.", "session_1"), refusal, answering("Again.", "session_2"), answering("Yes.", "session_2")
    platform = ScriptedClient(*scripts, capabilities=NONE_THERE)
    client = LocalConversations(platform, store, "work")
    session = Session(client, SessionOptions("agent:1", kept=True))
    ends = [await session.send(text) for text in ("one", "two", "three")]
    assert [type(end) for end in ends] == [events.RunFinished] * 3
    asked = [(request.conversation_id, [said.text for said in request.history]) for request in platform.requests]
    assert asked == [(None, []), ("session_1", []), (None, ["one", "Hi."]), ("session_2", [])]
    assert session.conversation_id is not None
    kept = (await client.messages(session.conversation_id)).items
    assert [message.text for message in kept] == ["one", "Hi.", "two", "Again.", "three", "Yes."]


async def test_a_platform_that_forgot_is_given_every_variable_again(store: Store) -> None:
    scripts = answering("Hi.", "session_1"), [LOST], answering("Again.", "session_2"), answering("Yes.", "session_2")
    platform = ScriptedClient(*scripts, capabilities=NONE_THERE)
    session = Session(LocalConversations(platform, store, "work"), SessionOptions("agent:1", kept=True))
    session.variables.schema = {"type": "object", "properties": {"user": {"type": "string"}}}
    session.variables.values = {"user": "u1"}
    for text in ("one", "two", "three"):
        await session.send(text)
    assert [request.variables for request in platform.requests] == [{"user": "u1"}, {}, {"user": "u1"}, {}]


async def test_what_is_not_there_is_asked_for_once_only(store: Store) -> None:
    platform = ScriptedClient(answering("Hi.", "session_1"), [LOST], [LOST], capabilities=NONE_THERE)
    session = Session(LocalConversations(platform, store, "work"), SessionOptions("agent:1", kept=True))
    await session.send("one")
    end = await session.send("two")
    assert isinstance(end, events.RunFailed)
    assert (end.status, len(platform.requests)) == (404, 3)


async def test_a_conversation_that_is_not_here_is_not_made_up(store: Store) -> None:
    platform = ScriptedClient(capabilities=NONE_THERE)
    client = LocalConversations(platform, store, "work")
    end = await Session(client, SessionOptions("agent:1", "local:nowhere")).send("hello")
    assert isinstance(end, events.RunFailed)
    assert end.code == "not_found"
    assert (await client.conversations()).items == ()
    assert platform.requests == []


async def test_a_platform_with_conversations_is_left_alone(store: Store) -> None:
    platform = ScriptedClient()
    assert with_conversations(platform, store, "work") is platform
