"""A client that talks to the scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.events import RunEvent
from athena_tui.client.models import ConnectionSettings, Platform, RunRequest
from athena_tui.client.protocol import AgentClient
from tests.client.raw_server import RawServer
from tests.client.recording import FakeTime, RecordingObserver

KEY = "atk_0123456789abcdef"

EXECUTE = "POST /api/v1/runtime/session_abc123/execute/"

MakeClient = Callable[..., AttheneClient]


def request(message: str = "Hello", **more: Any) -> RunRequest:
    """A first message."""
    return RunRequest("support_agent", message, "key-1", **more)


def follow_up(message: str = "Hello", **more: Any) -> RunRequest:
    """A message of a session that is open."""
    return request(message, conversation_id="session_abc123", **more)


async def collect(client: AgentClient, request: RunRequest) -> list[RunEvent]:
    """Every event of a run."""
    return [event async for event in client.run(request)]


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def observer() -> RecordingObserver:
    return RecordingObserver()


@pytest.fixture
async def make_client(
    raw_server: RawServer, fake_time: FakeTime, observer: RecordingObserver
) -> AsyncIterator[MakeClient]:
    async with AsyncExitStack() as stack:

        def make(api_key: str | None = KEY, agent_config: Path | None = None) -> AttheneClient:
            settings = ConnectionSettings(
                Platform.ATTHENE, f"{raw_server.url}/api/v1", api_key, agent_config=agent_config
            )
            client = AttheneClient(settings, observer, timing=fake_time.timing)
            stack.push_async_callback(client.aclose)
            return client

        yield make


@pytest.fixture
def client(make_client: MakeClient) -> AttheneClient:
    return make_client()
