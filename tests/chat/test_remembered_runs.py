"""What a run told beside its answer is there again when its conversation is opened anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from athena_tui.chat.journal import StoredJournal
from athena_tui.chat.local_conversations import LocalConversations
from athena_tui.chat.parts import Part, ReasoningPart, TextPart, UsagePart
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client.events import ReasoningDelta, RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Message, Page, Role, Usage
from athena_tui.client.protocol import AgentClient
from athena_tui.store.store import Store
from tests.chat.scripted_client import ScriptedClient, Step

USAGE = Usage(10, 20, 30)
END = RunFinished("run:1", usage=USAGE, cost_microdollars=1200, latency_ms=2500.0)
SCRIPT: list[Step] = [RunStarted("run:1"), ReasoningDelta("Hm."), TextDelta("Hi."), END]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "store.db") as opened:
        yield opened


def session_with(client: AgentClient, store: Store, conversation_id: str) -> Session:
    options = SessionOptions("agent:1", conversation_id=conversation_id)
    return Session(client, options, journal=StoredJournal(store.runs, "work"))


def seen(parts: list[Part]) -> list[object]:
    """What parts of an agent's turn say, in order."""
    found: list[object] = []
    for part in parts:
        match part:
            case ReasoningPart():
                found.append((str(part.text), part.duration is not None, part.settled))
            case TextPart():
                found.append(str(part.text))
            case UsagePart():
                found.append((part.usage, part.cost_microdollars, part.latency_ms))
    return found


EXPECTED = [("Hm.", True, True), "Hi.", (USAGE, 1200, 2500.0)]


async def test_where_the_platform_keeps_the_conversation(store: Store) -> None:
    client = ScriptedClient(SCRIPT)
    client.pages = [Page(())]
    await session_with(client, store, "c").send("Hello")
    said = (Message("1", Role.USER, "Hello"), Message("2", Role.ASSISTANT, "Hi.", run_id="run:1"))
    earlier = (Message("0", Role.ASSISTANT, "Earlier.", run_id="run:1"),)
    client.pages = [Page(said, "more"), Page(earlier)]
    again = session_with(client, store, "c")
    await again.load_older()
    assert seen(again.transcript.parts) == EXPECTED
    await again.load_older()
    assert seen(again.transcript.parts) == ["Earlier.", *EXPECTED]


async def test_where_the_conversation_is_kept_here(store: Store) -> None:
    client = LocalConversations(ScriptedClient(SCRIPT), store, "work")
    conversation, _ = await client.open_conversation("agent:1", fresh=True)
    await session_with(client, store, conversation.id).send("Hello")
    again = session_with(client, store, conversation.id)
    await again.load_older()
    assert seen(again.transcript.parts) == EXPECTED
    other = Session(client, SessionOptions("agent:1", conversation_id=conversation.id))
    await other.load_older()
    assert seen(other.transcript.parts) == ["Hi."]


async def test_runs_are_those_of_their_profile(store: Store) -> None:
    client = ScriptedClient(SCRIPT)
    await session_with(client, store, "c").send("Hello")
    assert set(await store.runs.ended.get("work", ["run:1", "run:2"])) == {"run:1"}
    assert not await store.runs.ended.get("home", ["run:1"])
    assert not await store.runs.ended.get("work", [])
