"""The transport against scripted bytes: answers, errors, streams, records."""

from __future__ import annotations

import asyncio
import math
import traceback
from collections.abc import Mapping
from typing import Literal

import pytest

from athena_tui.client.errors import (
    ClientError,
    ConnectionFailed,
    InvalidRequest,
    NotSignedIn,
    UnreadableAnswer,
)
from athena_tui.client.models import JsonValue
from athena_tui.client.observer import Connecting, Live, Offline, SignedOut, WireEvent
from athena_tui.client.refusals import error_of
from athena_tui.client.request import Idempotency, Request, Upload, path_segment
from athena_tui.client.transport import Transport
from tests.client.raw_server import RawServer, Reply, body_reply, events, head, json_reply, sse_reply
from tests.client.recording import RecordingObserver
from tests.client.wiring import GET, KEY, KEYED, FixedHeaders, transport_to

GET_STREAM = Request("GET", "/s", stream=True)


class SignalWhenAwaited(asyncio.Event):
    """Says when somebody begins to wait for another event."""

    def __init__(self, signal: asyncio.Event, awaited: asyncio.Event) -> None:
        super().__init__()
        self._signal, self._awaited = signal, awaited

    async def wait(self) -> Literal[True]:
        """Wait for the other event."""
        self._signal.set()
        return await self._awaited.wait()


async def test_reads_json_and_what_the_headers_say(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({"data": "a\x1b[2Jb"}, headers={"X-Credits-Remaining": "87.4"}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        answer = await transport.send(Request("GET", "/thing", params={"cursor": None, "limit": "20"}))
    assert answer.json() == {"data": "ab"}
    assert raw_server.targets == ["GET /thing?limit=20"]
    assert observer.balances == [87.4]
    assert observer.states == [Connecting(), Live()]


@pytest.mark.parametrize("header", ["", "many", "nan", "inf"])
async def test_a_balance_that_is_no_number_is_not_reported(raw_server: RawServer, header: str) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({}, headers={"X-Credits-Remaining": header}))
    async with transport_to(raw_server.url, observer=observer) as transport:
        await transport.send(GET)
    assert observer.balances == []


async def test_a_status_may_be_an_answer(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"id": "run_1"}, 409))
    async with transport_to(raw_server.url) as transport:
        answer = await transport.send(Request("POST", "/runs", passed_statuses=frozenset({409})))
    assert (answer.status, answer.json()) == (409, {"id": "run_1"})


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


async def test_closing_is_an_error_of_what_is_under_way_and_of_what_comes_after(raw_server: RawServer) -> None:
    arrived, never = asyncio.Event(), asyncio.Event()
    raw_server.script(Reply((SignalWhenAwaited(arrived, never),), ending="keep"))
    async with transport_to(raw_server.url) as transport:
        under_way = asyncio.create_task(transport.send(GET))
        await arrived.wait()
        await transport.aclose()
        with pytest.raises(ClientError, match="closed here"):
            await under_way
        with pytest.raises(ClientError, match="closed here"):
            await transport.send(GET)


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


async def test_a_password_in_the_base_url_stays_out_of_the_records(raw_server: RawServer) -> None:
    observer = RecordingObserver()
    raw_server.script(json_reply({}))
    async with transport_to(raw_server.url.replace("//", "//me:hunter22@"), observer=observer) as transport:
        await transport.send(GET)
    assert "authorization" in raw_server.requests[0].headers
    assert "hunter22" not in repr(observer.records)
    assert raw_server.url + "/thing" in repr(observer.records)


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


async def test_tells_how_much_of_a_file_is_sent(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"storage_key": "k"}, 201))
    told: list[float] = []
    content = bytes(range(256)) * 1024
    async with transport_to(raw_server.url) as transport:
        upload = Upload("file", "a.bin", "image/png", content, told.append)
        await transport.send(Request("POST", "/up", upload=upload))
    assert told[0] == 0
    assert told[-1] == 1
    assert told == sorted(set(told))
    assert len(told) == 6
    sent = raw_server.requests[0]
    assert content in sent.body
    assert int(sent.headers["content-length"]) == len(sent.body)


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


@pytest.mark.parametrize("key", ["tf_very_secret\n", " tf_very_secret", "tf_very_secret\r\nX: y"])
async def test_a_key_that_no_header_can_carry_is_not_told(raw_server: RawServer, key: str) -> None:
    async with transport_to(raw_server.url, authenticator=FixedHeaders({"X-API-Key": key})) as transport:
        with pytest.raises(InvalidRequest) as caught:
            await transport.send(GET)
    assert "very_secret" not in "".join(traceback.format_exception(caught.value))
    assert not caught.value.retryable
    assert "key" in (caught.value.remedy or "")


async def test_what_is_no_json_is_not_sent(raw_server: RawServer) -> None:
    nested: JsonValue = []
    for _ in range(10_000):
        nested = [nested]
    async with transport_to(raw_server.url) as transport:
        for value in (math.nan, nested):
            with pytest.raises(InvalidRequest, match="JSON"):
                await transport.send(Request("POST", "/runs", json={"size": value}))
    assert raw_server.requests == []


@pytest.mark.parametrize(
    ("identifier", "segment"), [("agent:0bve", "agent:0bve"), ("a/../b", "a%2F..%2Fb"), ("a?b#c", "a%3Fb%23c")]
)
def test_ids_in_paths(identifier: str, segment: str) -> None:
    assert path_segment(identifier) == segment


@pytest.mark.parametrize("identifier", ["", ".", "..", "agent:\udc80"])
def test_what_is_no_id(identifier: str) -> None:
    with pytest.raises(InvalidRequest):
        path_segment(identifier)


def untyped(body: str, *more: str) -> Reply:
    """An answer that does not say what it is, in pieces."""
    return Reply((head(200, {"Connection": "close"}), *(piece.encode() for piece in (body, *more))))


async def test_an_event_stream_without_a_type_is_one_by_how_it_begins(raw_server: RawServer) -> None:
    raw_server.script(untyped("\n", ": hello\n\n", "data: 1\n\ndata: 2\n\n"))
    async with transport_to(raw_server.url) as transport, transport.open(GET_STREAM) as answer:
        assert answer.is_stream
        assert [event.data async for event in answer.events()] == ["1", "2"]


@pytest.mark.parametrize("pieces", [('{"a": ', "1}"), ("\n ", '{"a": 1}')])
async def test_json_without_a_type_is_no_event_stream(raw_server: RawServer, pieces: tuple[str, ...]) -> None:
    raw_server.script(untyped(*pieces))
    async with transport_to(raw_server.url) as transport, transport.open(GET_STREAM) as answer:
        assert not answer.is_stream
        assert answer.json() == {"a": 1}
