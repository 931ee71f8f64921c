"""The adapter against the sandbox: both halves were written from the same pages, and must meet."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.atthene.configuration import InvalidConfiguration
from athena_tui.client.errors import NotAllowed, NotFound, NotSignedIn
from athena_tui.client.events import NodeStarted, RunFailed, RunFinished, ServerToolCall, TextDelta
from athena_tui.client.models import ConnectionSettings, JsonObject, Platform, Role, RunRequest
from athena_tui.client.observer import SilentObserver
from athena_tui.client.protocol import AgentClient
from athena_tui.client.registry import connect
from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from tests.client.atthene.conftest import collect
from tests.client.atthene.test_configuration import GOOD

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with RunningSandbox(SandboxOptions(pace=0)) as running:
        yield running


def settings(sandbox: RunningSandbox, key: str = "api_key", config: Path | None = None) -> ConnectionSettings:
    description = sandbox.description["atthene"]
    return ConnectionSettings(Platform.ATTHENE, description["base_url"], description[key], agent_config=config)


@pytest.fixture
async def client(sandbox: RunningSandbox) -> AsyncIterator[AgentClient]:
    client = connect(settings(sandbox), SilentObserver())
    yield client
    await client.aclose()


async def ask(
    client: AgentClient, agent: str, text: str, session: str | None = None, variables: JsonObject | None = None
) -> RunFinished:
    end = (await collect(client, RunRequest(agent, text, "key-1", session, variables=variables or {})))[-1]
    assert isinstance(end, RunFinished), end
    return end


async def test_every_agent_can_be_talked_to(client: AgentClient) -> None:
    agents = {agent.id: agent for agent in (await client.agents()).items}
    assert all(agent.description for agent in agents.values())
    for key in agents.keys() - {"failing", "onboarding"}:
        assert (await ask(client, key, "tides")).text, key


async def test_a_conversation_and_its_history(client: AgentClient) -> None:
    first = await ask(client, "support_concierge", "My name is Ada")
    assert first.usage is not None
    second = await ask(client, "support_concierge", "hello", first.conversation_id)
    assert second.conversation_id == first.conversation_id
    assert "Ada" in (second.text or "")
    page = await client.messages(first.conversation_id or "", limit=3)
    assert [message.role for message in page.items] == [Role.ASSISTANT, Role.USER, Role.ASSISTANT]
    assert all(message.created_at for message in page.items)
    older = await client.messages(first.conversation_id or "", page.next_cursor, limit=3)
    assert [message.text for message in older.items] == ["My name is Ada"]
    assert older.next_cursor is None


async def test_several_agents(client: AgentClient) -> None:
    events = await collect(client, RunRequest("newsroom", "tides", "key-1"))
    assert [event.label for event in events if isinstance(event, NodeStarted)] == ["reporter", "writer", "editor"]
    assert [event.name for event in events if isinstance(event, ServerToolCall)] == ["wikipedia_search"]
    assert sum(isinstance(event, TextDelta) for event in events) == 3


async def test_variables(client: AgentClient) -> None:
    onboarding = next(agent for agent in (await client.agents()).items if agent.id == "onboarding")
    assert onboarding.variables is not None
    assert onboarding.variables["required"] == ["user_id", "seats", "current_query"]
    refused = (await collect(client, RunRequest("onboarding", "hi", "key-1")))[-1]
    assert isinstance(refused, RunFailed)
    assert "user_id, seats, current_query" in refused.message
    given: JsonObject = {"user_id": "u1", "seats": 3, "current_query": "dates"}
    first = await ask(client, "onboarding", "hi", variables=given)
    second = await ask(client, "onboarding", "hi", first.conversation_id, variables={"current_query": "costs"})
    assert "3 seats" in (second.text or "")
    assert "costs" in (second.text or "")


async def test_an_uploaded_picture(client: AgentClient, tmp_path: Path) -> None:
    path = tmp_path / "a b.png"
    path.write_bytes(PNG)
    attachment = await client.upload(path)
    assert (attachment.content_type, attachment.size) == ("image/png", len(PNG))
    request = RunRequest("echo", "look", "key-1", attachments=(attachment,))
    end = (await collect(client, request))[-1]
    assert isinstance(end, RunFinished)
    assert attachment.reference in (end.text or "")
    [asked, _] = (await client.messages(end.conversation_id or "")).items
    assert [item.reference for item in asked.attachments] == [attachment.reference]


@pytest.mark.parametrize(("text", "code"), [("go", "error"), ("timeout", "timeout"), ("policy", "validation_error")])
async def test_failures(client: AgentClient, text: str, code: str) -> None:
    end = (await collect(client, RunRequest("failing", text, "key-1")))[-1]
    assert isinstance(end, RunFailed)
    assert end.code == code


async def test_keys(sandbox: RunningSandbox) -> None:
    for key, kind in {"expired_key": NotSignedIn, "read_only_key": NotAllowed}.items():
        client = AttheneClient(settings(sandbox, key), SilentObserver())
        with pytest.raises(kind):
            await ask(client, "echo", "hi")
        await client.aclose()


async def test_unknown_agents_and_sessions(client: AgentClient) -> None:
    with pytest.raises(NotFound) as caught:
        await ask(client, "nobody", "hi")
    assert "nobody" in (caught.value.remedy or "")
    end = (await collect(client, RunRequest("echo", "hi", "key-1", "gone")))[-1]
    assert isinstance(end, RunFailed)
    assert end.status == 404


async def test_an_agent_from_a_file(sandbox: RunningSandbox, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(GOOD)
    client = AttheneClient(settings(sandbox, config=path), SilentObserver())
    end = await ask(client, "Support", "hello", variables={"user_id": "u1"})
    assert "Help u1." in (end.text or "")
    path.write_text(GOOD.replace("tavily_search", "abacus"))
    with pytest.raises(InvalidConfiguration, match=r"agent\.yaml:17: agents\[1\]\.tools\[0\]: Unknown tool"):
        await ask(client, "Support", "hello")
    await client.aclose()


async def test_sends_into_one_session_queue_up(client: AgentClient) -> None:
    conversation, _ = await client.open_conversation("echo")
    ends = await asyncio.gather(*(ask(client, "echo", str(n), conversation.id) for n in range(5)))
    assert [end.text for end in ends] == ["0", "1", "2", "3", "4"]
    history = (await client.messages(conversation.id)).items
    assert [message.text for message in history if message.role is Role.USER] == ["0", "1", "2", "3", "4"]
