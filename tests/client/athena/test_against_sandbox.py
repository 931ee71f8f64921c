"""The client and the sandbox know nothing of each other; here they meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from athena_tui.client import events
from athena_tui.client.athena.client import AthenaClient
from athena_tui.client.errors import OutOfCredits
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.models import (
    ConnectionSettings,
    Decision,
    JsonObject,
    Platform,
    Role,
    RunRequest,
    ToolAnswer,
    ToolDefinition,
    ToolOutcome,
)
from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from tests.client.recording import FakeTime, RecordingObserver

TOOL = ToolDefinition("query_transactions", "Reads the ledger.", {"type": "object", "properties": {}})


class Meeting:
    """A client that is connected to a sandbox, and what it noticed."""

    def __init__(self, description: dict[str, Any], *, by_token: bool) -> None:
        self.observer = RecordingObserver()
        settings = ConnectionSettings(
            Platform.ATHENA,
            description["base_url"],
            api_key=None if by_token else description["api_key"],
            workspace_id=description["workspace_id"],
            identity_token=description["firebase_token"] if by_token else None,
        )
        self.client = AthenaClient(settings, self.observer, timing=FakeTime().timing)

    async def agent(self, name: str) -> str:
        """The id of the agent with this name."""
        return next(agent.id for agent in (await self.client.agents()).items if agent.name == name)

    async def run(self, agent_name: str, message: str, key: str = "key", **fields: Any) -> list[RunEvent]:
        """One turn."""
        request = RunRequest(await self.agent(agent_name), message, key, **fields)
        return [event async for event in self.client.run(request)]


@asynccontextmanager
async def meeting(*, by_token: bool = False, **options: Any) -> AsyncIterator[Meeting]:
    """A sandbox that answers at once, and a client."""
    async with RunningSandbox(SandboxOptions(**{"seed": 11, "pace": 0.0, **options})) as sandbox:
        met = Meeting(sandbox.description["athena"], by_token=by_token)
        try:
            yield met
        finally:
            await met.client.aclose()


def text_of(found: list[RunEvent]) -> str:
    return "".join(event.text for event in found if isinstance(event, events.TextDelta))


async def test_every_agent_is_understood() -> None:
    async with meeting() as met:
        agents = (await met.client.agents()).items
        for agent in agents:
            found = await met.run(agent.name, "20 tokens about Zürich", key=agent.id)
            assert isinstance(found[-1], (events.RunFinished, events.RunSuspended, events.RunFailed)), agent.name
            assert sum(isinstance(event, events.RunStarted) for event in found) == 1, agent.name
            assert not any(isinstance(event, events.UnknownEvent) for event in found), agent.name
    assert len(agents) >= 8


@pytest.mark.parametrize("stream", [True, False])
async def test_a_tool_on_this_machine(*, stream: bool) -> None:
    async with meeting() as met:
        asked = await met.run("Ledger analyst", "What did I spend?", client_tools=(TOOL,), stream=stream)
        (call,) = (event for event in asked if isinstance(event, events.ClientToolCall))
        row: JsonObject = {"date": "2026-11-20", "amount": -3.5, "category": "food", "description": "bread"}
        answer = ToolAnswer(call.call_id, ToolOutcome.SUCCESS, {"transactions": [row], "total": -3.5})
        continued = [event async for event in met.client.answer_tool(call.run_id, answer)]
    assert isinstance(asked[-1], events.RunSuspended)
    assert asked[-1].status is RunStatus.AWAITING_CLIENT_TOOL
    assert "3.50" in text_of(continued)
    assert isinstance(continued[-1], events.RunFinished)


@pytest.mark.parametrize("approved", [True, False])
async def test_a_gate(*, approved: bool) -> None:
    async with meeting() as met:
        asked = await met.run("Gatekeeper", "the budget")
        (gate,) = (event for event in asked if isinstance(event, events.ApprovalRequested))
        continued = [event async for event in met.client.decide(gate.run_id, Decision(approved))]
    assert isinstance(continued[-1], (events.RunFinished, events.RunFailed))
    assert any(isinstance(event, events.ServerToolCall) for event in continued) == approved


async def test_a_conversation_remembers() -> None:
    async with meeting() as met:
        agent_id = await met.agent("Echo")
        conversation, created = await met.client.open_conversation(agent_id)
        await met.run("Echo", "first", key="1", conversation_id=conversation.id)
        await met.run("Echo", "second", key="2", conversation_id=conversation.id)
        page = await met.client.messages(conversation.id)
        await met.client.rate(conversation.id, page.items[-1].id, 1)
        rated = (await met.client.messages(conversation.id)).items[-1]
        await met.client.archive_conversation(conversation.id)
        _, anew = await met.client.open_conversation(agent_id)
    assert created
    assert anew
    assert [message.text for message in page.items] == ["first", "first", "second", "second"]
    assert [message.role for message in page.items] == [Role.USER, Role.ASSISTANT] * 2
    assert rated.feedback == 1


async def test_signs_in_with_a_token_and_again_when_the_key_expires() -> None:
    async with meeting(by_token=True, faults="credits=expire") as met:
        assert (await met.client.credits()).active > 0
        keys = [record for record in met.observer.records if "/auth/external/" in getattr(record, "url", "")]
    assert len(keys) == 2


async def test_a_broken_stream_is_told_and_not_repeated() -> None:
    async with meeting(faults="execute=drop@5") as met:
        last = (await met.run("Concierge", "hello"))[-1]
        posts = [record for record in met.observer.records if getattr(record, "method", "") == "POST"]
    assert isinstance(last, events.RunFailed)
    assert last.code == "stream_interrupted"
    assert len(posts) == 1


async def test_credits_that_are_used_up() -> None:
    async with meeting(credits=0.0) as met:
        with pytest.raises(OutOfCredits) as caught:
            await met.run("Concierge", "hello")
    assert caught.value.remedy
