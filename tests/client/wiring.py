"""A transport for tests, and what they send through it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from athena_tui.client.refusals import error_of
from athena_tui.client.request import Authenticator, Idempotency, Request
from athena_tui.client.transport import Transport
from tests.client.raw_server import RawServer
from tests.client.recording import FakeTime, RecordingObserver

KEY = "0b8a"
GET = Request("GET", "/thing")
KEYED = Request("POST", "/runs", json={"message": "hi"}, idempotency=Idempotency(KEY, renewed_after_server_error=True))
PLAIN_POST = Request("POST", "/runs", json={})


@dataclass(frozen=True, slots=True)
class FixedHeaders:
    """Credentials that do not change."""

    values: Mapping[str, str]

    async def headers(self) -> Mapping[str, str]:
        """Always the same."""
        return self.values

    async def renew(self) -> bool:
        """There are no others."""
        return False


@asynccontextmanager
async def transport_to(
    url: str,
    *,
    observer: RecordingObserver | None = None,
    time: FakeTime | None = None,
    authenticator: Authenticator | None = None,
) -> AsyncIterator[Transport]:
    transport = Transport(
        url,
        observer=observer or RecordingObserver(),
        error_reader=lambda refusal: error_of(refusal, {}),
        authenticator=authenticator or FixedHeaders({"X-API-Key": "wak_secret"}),
        timing=(time or FakeTime()).timing,
    )
    try:
        yield transport
    finally:
        await transport.aclose()


def keys_of(server: RawServer) -> list[str]:
    return [request.headers["idempotency-key"] for request in server.requests]
