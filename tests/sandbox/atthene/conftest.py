"""A client of the sandbox's Atthene half, without a socket in between."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import httpx
import pytest

from athena_tui.sandbox.app import create_app
from athena_tui.sandbox.atthene import describe
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.options import SandboxOptions
from athena_tui.sandbox.state import SandboxState

MakeApi = Callable[..., "Api"]


class Api:
    """Requests with the right key, and the answers most tests want."""

    def __init__(self, state: SandboxState) -> None:
        self.state = state
        transport = httpx.ASGITransport(app=create_app(state))
        self.description: JsonObject = describe(state, "http://sandbox/atthene")
        self.http = httpx.AsyncClient(
            transport=transport,
            base_url=self.description["base_url"],
            headers={"x-api-key": self.description["api_key"]},
        )

    async def session(self, agent_key: str) -> str:
        """The id of a new session of a saved agent."""
        answer = await self.http.get("/sessions/from-agent/", params={"agent_key": agent_key})
        assert answer.status_code == 200
        return str(answer.json()["session_id"])

    async def execute(self, session_id: str, content: object, **more: object) -> httpx.Response:
        """Run a message."""
        return await self.http.post(f"/runtime/{session_id}/execute/", json={"content": content, **more})

    async def ask(self, session_id: str, content: object, **more: object) -> JsonObject:
        """Run a message that must work."""
        answer = await self.execute(session_id, content, **more)
        assert answer.status_code == 200, answer.text
        value: JsonObject = answer.json()
        return value

    async def processing(self, session_id: str) -> None:
        """Wait until a run of the session is under way."""
        for _ in range(100):
            if (await self.http.get(f"/runtime/{session_id}/status/")).json()["status"] == "processing":
                return
            await asyncio.sleep(0)
        raise AssertionError("no run began")

    async def text(self, session_id: str, content: object, **more: object) -> str:
        """What the only message says."""
        messages = (await self.ask(session_id, content, **more))["messages"]
        assert len(messages) == 1
        return str(messages[0]["content"])


@pytest.fixture
async def make_api() -> AsyncIterator[MakeApi]:
    async with AsyncExitStack() as stack:

        def make(options: SandboxOptions | None = None) -> Api:
            state = SandboxState.open(options or SandboxOptions(seed=7, pace=0))
            stack.callback(state.close)
            api = Api(state)
            stack.push_async_callback(api.http.aclose)
            return api

        yield make


@pytest.fixture
def api(make_api: MakeApi) -> Api:
    return make_api()
