"""Bytes as TenFive sends them, and a client whose time is the test's."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from athena_tui.client.events import RunEvent, TextDelta, TextReset
from athena_tui.client.models import ConnectionSettings, Platform, RunRequest
from athena_tui.client.tenfive.client import TenFiveClient
from tests.client.raw_server import RawServer, Reply, json_reply
from tests.client.recording import FakeTime, RecordingObserver

RUN = "run_1"


class Connection:
    """A client, what it reported, and its time."""

    def __init__(self, url: str, **settings: Any) -> None:
        self.observer = RecordingObserver()
        self.time = FakeTime()
        connection = ConnectionSettings(Platform.TENFIVE, url, **{"api_key": "key_1:very-secret", **settings})
        self.client = TenFiveClient(connection, self.observer, self.time.timing)


@asynccontextmanager
async def connected(server: RawServer | str, **settings: Any) -> AsyncIterator[Connection]:
    """A client connected to a server."""
    testing = Connection(server if isinstance(server, str) else server.url, **settings)
    try:
        yield testing
    finally:
        await testing.client.aclose()


def request(message: str = "hello", **fields: Any) -> RunRequest:
    """A turn."""
    return RunRequest(**{"agent_id": "", "idempotency_key": "intent-1", **fields, "message": message})


async def collect(stream: AsyncIterator[RunEvent]) -> list[RunEvent]:
    """Every event."""
    return [event async for event in stream]


def text_of(events: list[RunEvent]) -> str:
    """What is left of the text at the end."""
    said = ""
    for event in events:
        if isinstance(event, TextDelta):
            said += event.text
        elif isinstance(event, TextReset):
            said = ""
    return said


def envelope(seq: int, event_type: str, **value: Any) -> dict[str, Any]:
    """A public event."""
    payload = {"redacted": False, "value": value}
    return {"seq": seq, "type": event_type, "timestamp": "2026-03-25T14:30:00.000Z", "payload": payload}


def delta(seq: int, text: str) -> dict[str, Any]:
    """More text."""
    return envelope(seq, "step.progress", kind="content_delta", content_delta=text)


def done(seq: int, outcome: str = "succeeded", **value: Any) -> dict[str, Any]:
    """The end of a step."""
    return envelope(seq, "step.done", outcome=outcome, **value)


def moved(seq: int, kind: str, status: str, reason: str | None = None) -> dict[str, Any]:
    """A change of the run's status."""
    return envelope(seq, kind, request_id="req-1", from_status="running", to_status=status, reason_code=reason)


def succeeded(seq: int) -> dict[str, Any]:
    """The end of a good run."""
    return moved(seq, "run.worker.succeeded", "succeeded", "RUN_COMPLETED")


def gate(seq: int, kind: str = "approval", **value: Any) -> dict[str, Any]:
    """A human gate."""
    reason = "AWAITING_APPROVAL" if kind == "approval" else "AWAITING_INPUT"
    return envelope(seq, "run.awaiting_input", **{"reason_code": reason, "input_kind": kind, **value})


def sse(*envelopes: dict[str, Any]) -> str:
    """Events of a stream."""
    return "".join(f"event: run_event\nid: {e['seq']}\ndata: {json.dumps(e)}\n\n" for e in envelopes)


def record(status: str = "succeeded", http: int = 200, **fields: Any) -> Reply:
    """The record of a run."""
    return json_reply({"id": RUN, "status": status, "request_id": "req-2", **fields}, http)


CREATED = record("queued", 202)
"""The answer to POST /v1/runs."""


def page(*envelopes: dict[str, Any], has_more: bool | None = False) -> Reply:
    """A page of the list of events."""
    cursor = str(envelopes[-1]["seq"]) if envelopes else None
    return json_reply({"events": list(envelopes), "next_cursor": cursor, "has_more": has_more})


def refusal(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    """An error as the documentation shows it."""
    return json_reply({"error": "What is wrong", "reason_code": code, "request_id": "req-9"}, status, headers)
