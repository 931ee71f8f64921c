"""Signing in: with a key, with a token, and again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import pytest

from athena_tui.client import events
from athena_tui.client.athena.client import AthenaClient
from athena_tui.client.errors import (
    NotSignedIn,
)
from athena_tui.client.observer import SignedOut
from tests.client.athena.wiring import DENIED, FINAL, REQUEST, collect, settings_for
from tests.client.raw_server import RawServer, json_reply, sse_reply
from tests.client.raw_server import events as sse
from tests.client.recording import FakeTime, RecordingObserver


def issued(key: str, expires_at: float) -> Any:
    expiry = datetime.fromtimestamp(expires_at, UTC).isoformat()
    return {"data": {"key": key, "expires_at": expiry, "customer": {"id": "external_customer:a", "active_credits": 9}}}


class SignedInByToken:
    """A client that has an identity token and no key, and a server that answers."""

    def __init__(self, server: RawServer) -> None:
        self.time = FakeTime()
        self.observer = RecordingObserver()
        settings = settings_for(server.url, api_key=None, workspace_id="workspace:w", identity_token="firebase-token")
        self.client = AthenaClient(settings, self.observer, timing=self.time.timing)


@pytest.fixture
async def by_token(raw_server: RawServer) -> AsyncIterator[SignedInByToken]:
    signed_in = SignedInByToken(raw_server)
    yield signed_in
    await signed_in.client.aclose()


async def test_exchanges_the_token_for_a_key_once(raw_server: RawServer, by_token: SignedInByToken) -> None:
    balance = json_reply({"data": {"active_credits": 8}})
    raw_server.script(json_reply(issued("eak_1", by_token.time.now + 86400)), balance, balance)
    await by_token.client.credits()
    await by_token.client.credits()
    exchange, *rest = raw_server.requests
    assert exchange.target == "/auth/external/workspace:w"
    assert exchange.json() == {"provider": "firebase", "token": "firebase-token"}
    assert "x-api-key" not in exchange.headers
    assert [request.headers["x-api-key"] for request in rest] == ["eak_1", "eak_1"]
    assert by_token.observer.balances == [9.0, 8.0, 8.0]
    assert "eak_1" not in repr(by_token.observer.records)
    assert "firebase-token" not in repr(by_token.observer.records)


@pytest.mark.parametrize("ahead", [0, 86_400, -86_400])
async def test_replaces_a_key_before_it_expires_however_the_clock_is_set_here(
    raw_server: RawServer, by_token: SignedInByToken, ahead: float
) -> None:
    there = by_token.time.now - ahead
    balance = json_reply({"data": {"active_credits": 8}})
    raw_server.script(
        json_reply(issued("eak_1", there + 1000), headers={"Date": formatdate(there, usegmt=True)}),
        balance,
        balance,
        json_reply(issued("eak_2", there + 9000)),
        balance,
    )
    await by_token.client.credits()
    await by_token.client.credits()
    assert raw_server.requests[-1].headers["x-api-key"] == "eak_1"
    by_token.time.now += 900
    await by_token.client.credits()
    assert raw_server.requests[-1].headers["x-api-key"] == "eak_2"


@pytest.mark.parametrize("date", ["Mon, 12 Jan 1970 13:46:40 GMT", "Mon, 12 Jan 1970 13:46:40", "soon", None])
async def test_a_key_whose_life_is_not_known_is_used_until_it_is_refused(
    raw_server: RawServer, by_token: SignedInByToken, date: str | None
) -> None:
    balance = json_reply({"data": {"active_credits": 8}})
    raw_server.script(json_reply(issued("eak_1", 1.0), headers={"Date": date} if date else None), balance, balance)
    await by_token.client.credits()
    await by_token.client.credits()
    assert [request.headers.get("x-api-key") for request in raw_server.requests] == [None, "eak_1", "eak_1"]


async def test_exchanges_again_once_after_401(raw_server: RawServer, by_token: SignedInByToken) -> None:
    now = by_token.time.now
    raw_server.script(json_reply(issued("eak_1", now + 9000)), DENIED)
    raw_server.script(json_reply(issued("eak_2", now + 9000)), sse_reply(sse(FINAL)))
    assert isinstance((await collect(by_token.client.run(REQUEST)))[-1], events.RunFinished)
    runs = [request for request in raw_server.requests if request.target.endswith("/stream")]
    assert [request.headers["x-api-key"] for request in runs] == ["eak_1", "eak_2"]
    assert [request.headers["idempotency-key"] for request in runs] == ["key-1", "key-1"]


async def test_a_refused_token_signs_out(raw_server: RawServer, by_token: SignedInByToken) -> None:
    raw_server.script(DENIED)
    with pytest.raises(NotSignedIn):
        await by_token.client.credits()
    assert isinstance(by_token.observer.states[-1], SignedOut)
    assert len(raw_server.requests) == 1


async def test_a_refused_key_without_a_token_signs_out(
    raw_server: RawServer, client: AthenaClient, observer: RecordingObserver
) -> None:
    raw_server.script(DENIED)
    with pytest.raises(NotSignedIn) as caught:
        await client.credits()
    assert isinstance(observer.states[-1], SignedOut)
    assert caught.value.remedy


@pytest.mark.parametrize("token", [None, "firebase-token"])
async def test_nothing_is_sent_without_anything_to_sign_with(raw_server: RawServer, token: str | None) -> None:
    observer = RecordingObserver()
    client = AthenaClient(settings_for(raw_server.url, api_key=None, identity_token=token), observer)
    with pytest.raises(NotSignedIn):
        await client.credits()
    await client.aclose()
    assert raw_server.requests == []
    assert isinstance(observer.states[-1], SignedOut)
