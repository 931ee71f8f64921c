"""Starting a run: what is sent, how it is refused, and what this platform does not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.client.errors import (
    AlreadyAccepted,
    ClientError,
    Conflict,
    InvalidRequest,
    NotSignedIn,
    RateLimited,
    UnreadableAnswer,
    Unsupported,
)
from athena_tui.client.events import (
    RunStarted,
)
from athena_tui.client.models import Message, Platform, Role, ToolAnswer, ToolOutcome
from athena_tui.client.observer import SignedOut, WireRequest
from athena_tui.client.protocol import AgentClient, Feature
from tests.client.raw_server import DROP, RawServer, Reply, body_reply, json_reply, sse_reply
from tests.client.tenfive.wiring import (
    CREATED,
    collect,
    connected,
    delta,
    page,
    record,
    refusal,
    request,
    sse,
    succeeded,
    text_of,
)


async def test_client_satisfies_the_protocol() -> None:
    async with connected("http://127.0.0.1:1") as testing:
        client: AgentClient = testing.client
        assert client.platform is Platform.TENFIVE


async def test_request_has_everything_that_is_known(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(succeeded(1))), record())
    history = (
        Message("1", Role.USER, "I like tea"),
        Message("2", Role.ASSISTANT, "Noted."),
        Message("3", Role.TOOL, "not sent"),
    )
    turn = request(
        "What do I like?", agent_id="echo", external_user_id="user-7", variables={"tone": "dry"}, history=history
    )
    async with connected(raw_server, workspace_id="ws_1") as testing:
        await collect(testing.client.run(turn))
    assert raw_server.requests[0].json() == {
        "input": {
            "tone": "dry",
            "prompt": "What do I like?",
            "messages": [
                {"role": "user", "content": "I like tea"},
                {"role": "assistant", "content": "Noted."},
                {"role": "user", "content": "What do I like?"},
            ],
        },
        "metadata": {"source": "athena-tui"},
        "streaming": True,
        "routing_hint": "echo",
        "workspace_id": "ws_1",
        "subject_id": "user-7",
    }


async def test_request_without_extras_is_small(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(succeeded(1))), record())
    async with connected(raw_server) as testing:
        await collect(testing.client.run(request("hi")))
    assert raw_server.requests[0].json() == {
        "input": {"prompt": "hi"},
        "metadata": {"source": "athena-tui"},
        "streaming": True,
    }


@pytest.mark.parametrize(
    "created",
    [
        json_reply({"run_id": "run_1", "status": "queued"}, 202),
        json_reply({"run": {"id": "run_1"}, "request_id": "r"}, 201),
        json_reply({"data": {"id": "run_1", "status": "queued"}}),
    ],
)
async def test_created_run_is_found_in_any_likely_shape(raw_server: RawServer, created: Reply) -> None:
    raw_server.script(created, sse_reply(sse(succeeded(1))), record())
    async with connected(raw_server) as testing:
        assert (await collect(testing.client.run(request())))[0] == RunStarted("run_1")


@pytest.mark.parametrize(
    "replayed",
    [
        record("running", 200, replayed=True),
        record("running", 409),
        json_reply({"error": "dup", "reason_code": "X", "replayed": True, "run": {"id": "run_1"}}, 409),
        json_reply({"error": "dup", "existing_run": {"id": "run_1"}}, 409),
    ],
)
async def test_known_idempotency_key_gives_the_run_it_made(raw_server: RawServer, replayed: Reply) -> None:
    raw_server.script(replayed, page(delta(1, "a"), succeeded(2)), record())
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[0] == RunStarted("run_1", replayed=True)
    assert text_of(events) == "a"


async def test_lost_answer_to_the_creation_is_asked_for_with_the_same_key(raw_server: RawServer) -> None:
    raw_server.script(DROP, record("running", 200, replayed=True), page(delta(1, "a"), succeeded(2)), record())
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "a"
    keys = [asked.headers.get("idempotency-key") for asked in raw_server.requests[:2]]
    assert keys == ["intent-1", "intent-1"]


@pytest.mark.parametrize(
    ("reply", "expected", "code"),
    [
        (refusal(401, "AUTH_KEY_INVALID"), NotSignedIn, "AUTH_KEY_INVALID"),
        (refusal(401, "AUTH_MISSING_HEADER"), NotSignedIn, "AUTH_MISSING_HEADER"),
        (refusal(400, "VALIDATION_FAILED"), InvalidRequest, "VALIDATION_FAILED"),
        (refusal(409, "IDEMPOTENCY_KEY_CONFLICT"), Conflict, "IDEMPOTENCY_KEY_CONFLICT"),
        (refusal(409, "SOMETHING"), AlreadyAccepted, "SOMETHING"),
        (refusal(429, "RATE_LIMITED", {"Retry-After": "999"}), RateLimited, "RATE_LIMITED"),
    ],
)
async def test_refusal_is_raised_before_the_first_event(
    raw_server: RawServer, reply: Reply, expected: type[ClientError], code: str
) -> None:
    raw_server.script(reply)
    async with connected(raw_server) as testing:
        with pytest.raises(expected) as raised:
            await collect(testing.client.run(request()))
    assert type(raised.value) is expected
    assert (raised.value.message, raised.value.code, raised.value.trace_id) == ("What is wrong", code, "req-9")
    if expected is not InvalidRequest:
        assert raised.value.remedy


async def test_no_key_is_told_without_asking_the_platform(raw_server: RawServer) -> None:
    async with connected(raw_server, api_key=None) as testing:
        with pytest.raises(NotSignedIn):
            await collect(testing.client.run(request()))
    assert raw_server.requests == []
    assert any(isinstance(state, SignedOut) for state in testing.observer.states)


@pytest.mark.parametrize("reply", [body_reply(b"<html>", "text/html"), json_reply([]), json_reply({"id": ""})])
async def test_nonsense_instead_of_a_run_is_unreadable(raw_server: RawServer, reply: Reply) -> None:
    raw_server.script(reply)
    async with connected(raw_server) as testing:
        with pytest.raises(UnreadableAnswer):
            await collect(testing.client.run(request()))


async def test_key_does_not_show_in_what_is_recorded(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(succeeded(1))), record())
    async with connected(raw_server) as testing:
        await collect(testing.client.run(request("my key is key_1:very-secret")))
    requests = [seen for seen in testing.observer.records if isinstance(seen, WireRequest)]
    assert len(requests) == 3
    assert "very-secret" not in repr(testing.observer.records)


async def test_what_is_missing_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with connected("http://127.0.0.1:1") as testing:
        client: AgentClient = testing.client
        for feature, call in {
            Feature.AGENTS: client.agents(),
            Feature.CONVERSATIONS: client.messages("c", limit=5),
            Feature.CREDITS: client.credits(),
            Feature.FEEDBACK: client.rate("c", "m", 1),
            Feature.ATTACHMENTS: client.upload(tmp_path),
            Feature.CLIENT_TOOLS: refused_answer(client),
        }.items():
            with pytest.raises(Unsupported) as raised:
                await call
            assert raised.value.message == client.capabilities.reason(feature)
        for feature in (Feature.STREAM_RESUME, Feature.APPROVALS, Feature.USAGE_REPORT, Feature.API_KEYS):
            assert client.capabilities.has(feature)


async def refused_answer(client: AgentClient) -> None:
    """Answer a client tool call that cannot be."""
    await collect(client.answer_tool("run_1", ToolAnswer("c", ToolOutcome.SUCCESS, None)))
