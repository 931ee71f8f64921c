"""A plain HTTP connection to the TenFive part of a sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from athena_tui.sandbox.server import RunningSandbox, SandboxOptions


@dataclass(slots=True)
class Connection:
    """What the tests do with the API, without the client of the product."""

    http: httpx.AsyncClient
    sandbox: RunningSandbox

    async def create(self, prompt: str, key: str = "key-1", **fields: Any) -> dict[str, Any]:
        """Start a run."""
        body = {"input": {"prompt": prompt}, **fields}
        response = await self.http.post("/v1/runs", json=body, headers={"idempotency-key": key})
        assert response.is_success, response.text
        record: dict[str, Any] = response.json()
        return record

    async def get(self, run_id: str) -> dict[str, Any]:
        """The record of a run."""
        record: dict[str, Any] = (await self.http.get(f"/v1/runs/{run_id}")).json()
        return record

    async def signal(self, run_id: str, action: str, **fields: Any) -> httpx.Response:
        """Signal a run."""
        return await self.http.post(f"/v1/runs/{run_id}/signal", json={"action": action, **fields})

    async def stream(self, run_id: str, until: str | None = None, **headers: str) -> list[dict[str, Any]]:
        """The envelopes of a run's stream, up to its end or the first of a type."""
        seen: list[dict[str, Any]] = []
        async with self.http.stream("GET", f"/v1/runs/{run_id}/events/stream", headers=headers) as response:
            assert response.status_code == 200
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: ")))
                    if seen[-1]["type"] == until:
                        break
        return seen


@asynccontextmanager
async def connected(**options: Any) -> AsyncIterator[Connection]:
    """A sandbox that answers at once, and a connection that is signed in."""
    async with RunningSandbox(SandboxOptions(**{"seed": 7, "pace": 0.0, **options})) as sandbox:
        described = sandbox.description["tenfive"]
        headers = {"Authorization": f"Bearer {described['api_key']}"}
        async with httpx.AsyncClient(base_url=described["base_url"], headers=headers, timeout=10) as http:
            yield Connection(http, sandbox)


def texts(events: list[dict[str, Any]]) -> str:
    """The text of the content deltas."""
    return "".join(event["payload"]["value"].get("content_delta", "") for event in events)


def types(events: list[dict[str, Any]]) -> list[str]:
    """The types, without the progress."""
    return [event["type"] for event in events if event["type"] != "step.progress"]
