"""The transport against scripted bytes: retries, keys, errors, streams."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from email.utils import formatdate

import pytest

from athena_tui.client.errors import (
    AlreadyAccepted,
    AnswerLost,
    ClientError,
    Conflict,
    ConnectionFailed,
    InvalidRequest,
    NotSignedIn,
    RateLimited,
    ServerTrouble,
    UnreadableAnswer,
)
from athena_tui.client.observer import Connecting, Live, Offline, Retrying, SignedOut, WireEvent
from athena_tui.client.observer import RateLimited as RateLimitedState
from athena_tui.client.refusals import error_of
from athena_tui.client.request import Authenticator, FixedHeaders, Idempotency, Request, Upload, path_segment
from athena_tui.client.retry import RetryPolicy, retry_after_seconds
from athena_tui.client.transport import Transport
from tests.client.raw_server import DROP, RawServer, Reply, body_reply, events, head, json_reply, sse_reply
from tests.client.recording import FakeTime, RecordingObserver

KEY = "0b8a"
GET = Request("GET", "/thing")
KEYED = Request("POST", "/runs", json={"message": "hi"}, idempotency=Idempotency(KEY, renewed_after_server_error=True))
PLAIN_POST = Request("POST", "/runs", json={})


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


async def test_reads_json_and_what_the_headers_say(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({"data": "a\x1b[2Jb"}, headers={"X-Credits-Remaining": "87.4", "X-App-Version": "v7"}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        answer = await transport.send(Request("GET", "/thing", params={"cursor": None, "limit": "20"}))
    assert answer.json() == {"data": "ab"}
    assert raw_server.targets == ["GET /thing?limit=20"]
    assert observer.balances == [87.4]
    assert observer.app_versions == ["v7"]
    assert observer.states == [Connecting(), Live()]


@pytest.mark.parametrize("header", ["", "many", "nan", "inf"])
async def test_a_balance_that_is_no_number_is_not_reported(raw_server: RawServer, header: str) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({}, headers={"X-Credits-Remaining": header}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        await transport.send(GET)
    assert observer.balances == []


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


async def test_429_without_a_time_backs_off(raw_server: RawServer) -> None:
    time = FakeTime()
    raw_server.script(*[json_reply({}, 429)] * 4)
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


async def test_half_a_body_counts_as_lost(raw_server: RawServer) -> None:
    cut = Reply((head(200, {"Content-Type": "application/json", "Content-Length": "100"}), b'{"da'), ending="drop")
    raw_server.script(cut, json_reply({"data": 1}))
    async with transport_to(raw_server.url) as transport:
        assert (await transport.send(KEYED)).json() == {"data": 1}
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


async def test_a_status_may_be_an_answer(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"id": "run_1"}, 409))
    async with transport_to(raw_server.url) as transport:
        answer = await transport.send(Request("POST", "/runs", passed_statuses=frozenset({409})))
    assert (answer.status, answer.json()) == (409, {"id": "run_1"})


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


class RenewingOnce:
    """Credentials that get better once."""

    def __init__(self) -> None:
        self.key = "old"
        self.renewals = 0

    async def headers(self) -> Mapping[str, str]:
        return {"X-API-Key": self.key}

    async def renew(self) -> bool:
        self.renewals += 1
        self.key = "new"
        return True


async def test_401_renews_the_credentials_once(raw_server: RawServer) -> None:
    observer, credentials = RecordingObserver(), RenewingOnce()
    raw_server.script(json_reply({}, 401), json_reply({}), json_reply({}, 401), json_reply({}, 401))
    async with transport_to(raw_server.url, observer=observer, authenticator=credentials) as transport:
        await transport.send(KEYED)
        with pytest.raises(NotSignedIn):
            await transport.send(GET)
    assert [request.headers["x-api-key"] for request in raw_server.requests[:2]] == ["old", "new"]
    assert keys_of_first_two(raw_server) == [KEY, KEY]
    assert credentials.renewals == 2
    assert isinstance(observer.states[-1], SignedOut)


def keys_of_first_two(server: RawServer) -> list[str]:
    return [request.headers["idempotency-key"] for request in server.requests[:2]]


async def test_a_stream_that_breaks_is_not_asked_for_again(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(sse_reply(events({"n": 1}), ending="drop"))
    seen: list[str] = []
    async with transport_to(raw_server.url, observer=observer) as transport:
        request = Request("POST", "/stream", stream=True, idempotency=Idempotency(KEY))
        async with transport.open(request) as answer:
            assert answer.is_stream
            arriving = answer.events()
            seen.append((await anext(arriving)).data)
            with pytest.raises(ConnectionFailed):
                await anext(arriving)
    assert seen == ['{"n": 1}']
    assert len(raw_server.requests) == 1
    assert isinstance(observer.states[-1], Offline)


async def test_a_stream_that_falls_silent_breaks(raw_server: RawServer) -> None:
    never = asyncio.Event()
    raw_server.script(sse_reply(events({"n": 1}), never))
    request = Request("GET", "/s", stream=True, read_timeout=0.2)
    async with transport_to(raw_server.url) as transport, transport.open(request) as answer:
        arriving = answer.events()
        assert (await anext(arriving)).data == '{"n": 1}'
        with pytest.raises(ConnectionFailed, match="no answer in time"):
            await anext(arriving)


async def test_events_arrive_while_the_stream_is_open(raw_server: RawServer) -> None:
    more = asyncio.Event()
    raw_server.script(sse_reply(events({"n": 1}), more, events({"n": 2})))
    async with transport_to(raw_server.url) as transport, transport.open(Request("GET", "/s", stream=True)) as answer:
        arriving = answer.events()
        assert (await anext(arriving)).data == '{"n": 1}'
        more.set()
        assert [event.data async for event in arriving] == ['{"n": 2}']


async def test_json_where_a_stream_was_asked_for(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"data": {}}))
    async with transport_to(raw_server.url) as transport, transport.open(Request("POST", "/s", stream=True)) as answer:
        assert not answer.is_stream
        assert answer.json() == {"data": {}}
    assert raw_server.requests[0].headers["accept"] == "text/event-stream"


async def test_secrets_stay_out_of_the_records(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(
        json_reply({"data": {"key": "eak_issued"}}, headers={"Set-Cookie": "session=cookie-value"}),
        sse_reply(events({"type": "text", "text": "your key is wak_secret"})),
    )
    credentials = FixedHeaders({"X-API-Key": "wak_secret", "Authorization": "Bearer key_1:pair-secret"})
    async with transport_to(raw_server.url, observer=observer, authenticator=credentials) as transport:
        transport.mask.learn("learned-secret")
        body = {"provider": "firebase", "token": "a-firebase-token-of-some-length", "note": "learned-secret"}
        await transport.send(Request("POST", "/auth/external/w", json={**body, "api_key": "short"}))
        async with transport.open(Request("GET", "/s", stream=True)) as answer:
            assert [event.data async for event in answer.events()]
    recorded = repr(observer.records)
    for secret in ["wak_secret", "eak_issued", "cookie-value", "pair-secret", "a-firebase", "learned-secret", "short"]:
        assert secret not in recorded
    assert "firebase" in recorded


async def test_records_name_the_exchange_and_are_clean(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({}), sse_reply("event: a\ndata: \x1b[31mred\x07\n\n"))
    async with transport_to(raw_server.url, observer=observer) as transport:
        await transport.send(GET)
        async with transport.open(Request("GET", "/s", stream=True)) as answer:
            assert len([event async for event in answer.events()]) == 1
    assert [record.exchange_id for record in observer.records] == [1, 1, 2, 2, 2]
    last = observer.records[-1]
    assert isinstance(last, WireEvent)
    assert (last.name, last.data) == ("a", "red")


async def test_a_redirect_inside_the_origin_is_followed_for_get(raw_server: RawServer) -> None:
    raw_server.script(body_reply(b"", "text/html", 301, {"Location": "/thing/"}), json_reply({"ok": 1}))
    async with transport_to(raw_server.url) as transport:
        assert (await transport.send(GET)).json() == {"ok": 1}
    assert raw_server.targets == ["GET /thing", "GET /thing/"]


@pytest.mark.parametrize(
    ("method", "location"), [("GET", "http://localhost:1/elsewhere"), ("POST", "/runs/")], ids=["other origin", "post"]
)
async def test_other_redirects_are_refused(raw_server: RawServer, method: str, location: str) -> None:
    raw_server.script(body_reply(b"", "text/html", 307, {"Location": location}))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(UnreadableAnswer, match=location):
            await transport.send(Request(method, "/runs"))
    assert len(raw_server.requests) == 1


async def test_an_answer_that_is_not_json(raw_server: RawServer) -> None:
    raw_server.script(body_reply(b"<html>", "text/html"))
    async with transport_to(raw_server.url) as transport:
        answer = await transport.send(GET)
        with pytest.raises(UnreadableAnswer, match="text/html"):
            answer.json()


async def test_an_endless_refusal_is_cut(raw_server: RawServer) -> None:
    raw_server.script(body_reply(b"x" * 200_000, "text/plain", 400))
    async with transport_to(raw_server.url) as transport:
        with pytest.raises(InvalidRequest) as caught:
            await transport.send(GET)
    assert len(caught.value.message) <= 500


async def test_uploads_a_file(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"storage_key": "k"}, 201))
    async with transport_to(raw_server.url) as transport:
        upload = Upload("file", "notes.md", "text/markdown", b"# Notes")
        assert (await transport.send(Request("POST", "/up", upload=upload))).status == 201
    sent = raw_server.requests[0]
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="notes.md"' in sent.body
    assert b"text/markdown" in sent.body
    assert b"# Notes" in sent.body


@pytest.mark.parametrize("url", ["", "example.com", "ftp://example.com", "http://", "http://a:b:c"])
def test_a_base_url_that_is_none(url: str) -> None:
    with pytest.raises(ConnectionFailed) as caught:
        Transport(
            url,
            observer=RecordingObserver(),
            error_reader=lambda refusal: error_of(refusal, {}),
            authenticator=FixedHeaders({}),
        )
    assert caught.value.code == "invalid_base_url"


@pytest.mark.parametrize("key", ["wak_é", "wak_\n"])
async def test_a_key_that_no_header_can_carry(raw_server: RawServer, key: str) -> None:
    async with transport_to(raw_server.url, authenticator=FixedHeaders({"X-API-Key": key})) as transport:
        with pytest.raises(ClientError):
            await transport.send(GET)


@pytest.mark.parametrize(
    ("identifier", "segment"), [("agent:0bve", "agent:0bve"), ("a/../b", "a%2F..%2Fb"), ("a?b#c", "a%3Fb%23c")]
)
def test_ids_in_paths(identifier: str, segment: str) -> None:
    assert path_segment(identifier) == segment


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_what_is_no_id(identifier: str) -> None:
    with pytest.raises(InvalidRequest):
        path_segment(identifier)
