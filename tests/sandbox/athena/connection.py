"""Raw HTTP against the sandbox's Athena half. Nothing of the product's own client is used here."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from athena_tui.sandbox.state import SandboxState

Json = dict[str, Any]

ECHO = "agent:echo0000000000000000"
CONCIERGE = "agent:concierge00000000000"
LEDGER = "agent:ledgeranalyst0000000"
RESEARCHER = "agent:researcher0000000000"
GATEKEEPER = "agent:gatekeeper0000000000"
ILLUSTRATOR = "agent:illustrator000000000"
POSTCARD = "agent:postcardwriter000000"
SORTER = "agent:sorter00000000000000"
METRONOME = "agent:metronome00000000000"
BRITTLE = "agent:brittle0000000000000"

QUERY = {
    "name": "query_transactions",
    "description": "Transactions between two dates",
    "parameters": {"type": "object", "properties": {"start_date": {"type": "string"}, "end_date": {"type": "string"}}},
}
CLOCK = {"name": "get_current_time", "description": "The time", "parameters": {"type": "object", "properties": {}}}


class Athena:
    """Requests with the demo key."""

    def __init__(self, sandbox: RunningSandbox, http: httpx.AsyncClient) -> None:
        self.sandbox = sandbox
        self.http = http
        self.description: Json = sandbox.description["athena"]

    @property
    def state(self) -> SandboxState:
        """The server's insides: its clock and its options."""
        return self.sandbox.state

    async def stream(self, agent: str, message: str = "hello", **body: object) -> list[Json]:
        """The events of a streamed run that must start."""
        answer = await self.http.post(f"/agents/{agent}/execute/stream", json={"message": message, **body})
        return events(answer)

    async def execute(self, agent: str, message: str = "hello", **body: object) -> Json:
        """The data of a synchronous run that must work."""
        answer = await self.http.post(f"/agents/{agent}/execute", json={"message": message, **body})
        assert answer.status_code == 200, answer.text
        return data(answer)

    async def post(self, path: str, body: object = None, **headers: str) -> httpx.Response:
        """A POST with headers written as `idempotency_key="..."`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.http.post(path, json={} if body is None else body, headers=named)

    async def active(self) -> float:
        """The spendable balance."""
        return float(data(await self.http.get("/my/credits"))["active_credits"])

    async def conversation(self, agent: str) -> str:
        """A fresh conversation's id."""
        opened = data(await self.post("/my/conversations", {"agent_id": agent}))
        if opened["message_count"]:
            await self.post(f"/my/conversations/{opened['id']}/archive")
            opened = data(await self.post("/my/conversations", {"agent_id": agent}))
        return str(opened["id"])

    async def messages(self, conversation_id: str) -> list[Json]:
        """The messages, oldest first."""
        answer = await self.http.get(f"/my/conversations/{conversation_id}/messages", params={"limit": 100})
        assert answer.status_code == 200, answer.text
        return list(reversed(answer.json()["data"]))


@asynccontextmanager
async def running(**options: Any) -> AsyncIterator[Athena]:
    """A sandbox that answers at once, and a client with its demo key."""
    chosen: dict[str, Any] = {"pace": 0.0, "requests_per_minute": None, **options}
    async with RunningSandbox(SandboxOptions(**chosen)) as sandbox:
        description = sandbox.description["athena"]
        headers = {"X-API-Key": description["api_key"], "X-Workspace-Id": description["workspace_id"]}
        async with httpx.AsyncClient(base_url=description["base_url"], headers=headers, timeout=20) as http:
            yield Athena(sandbox, http)


def data(answer: httpx.Response) -> Json:
    """The envelope's content."""
    assert answer.status_code in (200, 201), answer.text
    content: Json = answer.json()["data"]
    return content


def error(answer: httpx.Response) -> Json:
    """The error envelope's content."""
    content: Json = answer.json()["error"]
    return content


def events(answer: httpx.Response) -> list[Json]:
    """The events of a finished stream: each one `data:` line and an empty one."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.endswith("\n\n")
    frames = answer.text.removesuffix("\n\n").split("\n\n")
    assert all(frame.startswith("data: ") and "\n" not in frame for frame in frames)
    return [json.loads(frame.removeprefix("data: ")) for frame in frames]


def kinds(received: list[Json]) -> list[str]:
    """The events' types, with runs of the same one counted once."""
    types = [str(event["type"]) for event in received]
    return [kind for index, kind in enumerate(types) if index == 0 or types[index - 1] != kind]


def text(received: list[Json]) -> str:
    """The answer."""
    return "".join(event["text"] for event in received if event["type"] == "text")


def one(received: list[Json], kind: str) -> Json:
    """The only event of a type."""
    (event,) = (event for event in received if event["type"] == kind)
    return event
