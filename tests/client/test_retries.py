"""When the transport tries again, with which key, and what it says when it gives up."""

from __future__ import annotations

import asyncio
import socket
from email.utils import formatdate

import pytest

from athena_tui.client.errors import (
    AlreadyAccepted,
    AnswerLost,
    Conflict,
    ConnectionFailed,
    RateLimited,
    ServerTrouble,
)
from athena_tui.client.observer import Idle, Offline, Retrying
from athena_tui.client.observer import RateLimited as RateLimitedState
from athena_tui.client.request import Idempotency, Request
from athena_tui.client.retry import RetryPolicy, retry_after_seconds
from tests.client.raw_server import DROP, RawServer, Reply, body_reply, head, json_reply
from tests.client.recording import FakeTime, RecordingObserver
from tests.client.wiring import GET, KEY, KEYED, PLAIN_POST, FixedHeaders, keys_of, transport_to


@pytest.mark.parametrize("request_", [GET, KEYED, PLAIN_POST], ids=["get", "keyed", "plain post"])
async def test_429_waits_as_told_and_keeps_the_key(raw_server: RawServer, request_: Request) -> None:
    observer, time = RecordingObserver(), FakeTime()
    raw_server.script(json_reply({}, 429, {"Retry-After": "12", "X-RateLimit-Limit": "60"}), json_reply({"ok": True}))
    async with transport_to(raw_server.url, observer=observer, time=time) as transport:
        assert (await transport.send(request_)).json() == {"ok": True}
    assert time.slept == [12.0]
    assert RateLimitedState(12.0, attempt=2, attempts=4, limit=60) in observer.states
    if request_.idempotency:
        assert keys_of(raw_server) == [KEY, KEY]


async def test_a_limit_that_is_no_number_is_left_out(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    headers = {"Retry-After": "1", "X-RateLimit-Limit": "9" * 5000}
    raw_server.script(json_reply({}, 429, headers), json_reply({}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        await transport.send(GET)
    assert RateLimitedState(1.0, attempt=2, attempts=4) in observer.states


async def test_giving_up_during_a_wait_ends_the_countdown(raw_server: RawServer) -> None:
    class Standstill(FakeTime):
        async def sleep(self, delay: float) -> None:
            await super().sleep(delay)
            waits.set()
            await asyncio.Event().wait()

    observer, waits = RecordingObserver(), asyncio.Event()
    raw_server.script(json_reply({}, 429, {"Retry-After": "12"}))
    async with transport_to(raw_server.url, observer=observer, time=Standstill()) as transport:
        sending = asyncio.create_task(transport.send(GET))
        await waits.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
    assert [type(state) for state in observer.states[-2:]] == [RateLimitedState, Idle]


async def test_429_without_a_time_backs_off(raw_server: RawServer) -> None:
    time = FakeTime()
    raw_server.script(*[json_reply({}, 429)] * 4)
    async with transport_to(raw_server.url, time=time) as transport:
        with pytest.raises(RateLimited):
            await transport.send(GET)
    assert time.slept == [0.5, 1.0, 2.0]


async def test_a_wait_of_nothing_does_not_spend_all_attempts_at_once(raw_server: RawServer) -> None:
    time = FakeTime()
    raw_server.script(*[json_reply({}, 429, {"Retry-After": "0"})] * 4)
    async with transport_to(raw_server.url, time=time) as transport:
        with pytest.raises(RateLimited):
            await transport.send(GET)
    assert time.slept == [0.5, 1.0, 2.0]


async def test_a_wait_beyond_patience_is_told_instead(raw_server: RawServer) -> None:
    time = FakeTime()
    raw_server.script(json_reply({}, 429, {"Retry-After": "3600"}))
    async with transport_to(raw_server.url, time=time) as transport:
        with pytest.raises(RateLimited) as caught:
            await transport.send(GET)
    assert caught.value.retry_after == 3600.0
    assert time.slept == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("12", 12.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        (formatdate(1030, usegmt=True), 30.0),
        (formatdate(900, usegmt=True), 0.0),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, now=1000.0) == seconds


def test_backoff_is_exponential_jittered_and_bounded() -> None:
    policy = RetryPolicy()
    assert [policy.backoff(attempt, 1.0) for attempt in range(1, 7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert policy.backoff(3, 0.0) == 0.0


async def test_5xx_takes_a_new_key_where_the_platform_asks_for_one(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({}, 503), json_reply({}, 500), json_reply({}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        await transport.send(KEYED)
    keys = keys_of(raw_server)
    assert keys[0] == KEY
    assert len(set(keys)) == 3
    assert [state.attempt for state in observer.states if isinstance(state, Retrying)] == [2, 3]


async def test_408_is_no_5xx_and_keeps_the_key(raw_server: RawServer) -> None:
    raw_server.script(json_reply({}, 408), json_reply({}))
    async with transport_to(raw_server.url) as transport:
        await transport.send(KEYED)
    assert keys_of(raw_server) == [KEY, KEY]


async def test_5xx_keeps_the_key_elsewhere(raw_server: RawServer) -> None:
    raw_server.script(json_reply({}, 503), json_reply({}))
    async with transport_to(raw_server.url) as transport:
        await transport.send(Request("POST", "/runs", idempotency=Idempotency(KEY)))
    assert keys_of(raw_server) == [KEY, KEY]


@pytest.mark.parametrize("reply", [DROP, json_reply({}, 503)], ids=["lost", "5xx"])
async def test_a_post_without_a_key_is_not_repeated(raw_server: RawServer, reply: Reply) -> None:
    raw_server.script(reply)
    async with transport_to(raw_server.url) as transport:
        with pytest.raises((ConnectionFailed, ServerTrouble)):
            await transport.send(PLAIN_POST)
    assert len(raw_server.requests) == 1


async def test_a_repeatable_post_is_repeated(raw_server: RawServer) -> None:
    raw_server.script(DROP, json_reply({}))
    async with transport_to(raw_server.url) as transport:
        await transport.send(Request("POST", "/archive", repeatable=True))
    assert len(raw_server.requests) == 2


async def test_a_lost_answer_is_asked_for_with_the_same_key(raw_server: RawServer) -> None:
    raw_server.script(DROP, json_reply({"error": {"code": "whatever"}}, 409))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(AlreadyAccepted):
            await transport.send(KEYED)
    assert keys_of(raw_server) == [KEY, KEY]


async def test_after_a_lost_answer_a_5xx_does_not_bring_a_new_key(raw_server: RawServer) -> None:
    raw_server.script(DROP, json_reply({}, 502), json_reply({}, 409))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(AlreadyAccepted):
            await transport.send(KEYED)
    assert keys_of(raw_server) == [KEY, KEY, KEY]


@pytest.mark.parametrize("last", [DROP, json_reply({}, 503), json_reply({}, 429)], ids=["lost", "5xx", "429"])
async def test_what_may_have_been_accepted_is_not_called_harmless(raw_server: RawServer, last: Reply) -> None:
    observer = RecordingObserver()
    raw_server.script(DROP, DROP, DROP, last)
    async with transport_to(raw_server.url, observer=observer) as transport:
        with pytest.raises(AnswerLost) as caught:
            await transport.send(KEYED)
    assert keys_of(raw_server) == [KEY] * 4
    assert not caught.value.retryable
    assert "may have accepted" in caught.value.message


async def test_a_failed_renewal_does_not_hide_what_may_have_been_accepted(raw_server: RawServer) -> None:
    class Unreachable(FixedHeaders):
        async def renew(self) -> bool:
            raise ConnectionFailed("The sign-in cannot be reached.")

    raw_server.script(DROP, json_reply({}, 401))
    async with transport_to(raw_server.url, authenticator=Unreachable({})) as transport:
        with pytest.raises(AnswerLost, match="sign-in cannot be reached"):
            await transport.send(KEYED)


async def test_half_a_body_counts_as_lost(raw_server: RawServer) -> None:
    cut = Reply((head(200, {"Content-Type": "application/json", "Content-Length": "100"}), b'{"da'), ending="drop")
    raw_server.script(cut, json_reply({"data": 1}))
    async with transport_to(raw_server.url) as transport:
        assert (await transport.send(KEYED)).json() == {"data": 1}
    assert keys_of(raw_server) == [KEY, KEY]


async def test_a_body_that_cannot_be_decoded_counts_as_lost(raw_server: RawServer) -> None:
    broken = body_reply(b"no gzip", "application/json", headers={"Content-Encoding": "gzip"})
    raw_server.script(broken, json_reply({}, 409))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(AlreadyAccepted):
            await transport.send(KEYED)
    assert keys_of(raw_server) == [KEY, KEY]


async def test_409_means_accepted_only_where_it_is_about_the_key(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"error": {"code": "busy"}}, 409), json_reply({"error": {"code": "busy"}}, 409))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(Conflict) as caught:
            await transport.send(KEYED)
        assert not isinstance(caught.value, AlreadyAccepted)
        with pytest.raises(AlreadyAccepted) as accepted:
            await transport.send(Request("POST", "/runs", idempotency=Idempotency(KEY, conflict_is_accepted=True)))
    assert accepted.value.code == "busy"


async def test_nobody_listening(unused_port: int) -> None:
    observer, time = RecordingObserver(), FakeTime()
    async with transport_to(f"http://127.0.0.1:{unused_port}", observer=observer, time=time) as transport:
        with pytest.raises(ConnectionFailed) as caught:
            await transport.send(PLAIN_POST)
    assert len(time.slept) == 3
    assert observer.states[-1] == Offline(caught.value.message)
    assert caught.value.remedy


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
