from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from athena_tui.client.errors import (
    AlreadyAccepted,
    ClientError,
    Conflict,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    RateLimited,
    UnreadableAnswer,
    Unsupported,
)
from athena_tui.client.events import (
    ApprovalRequested,
    InputRequested,
    NodeCompleted,
    NodeStarted,
    ReasoningDelta,
    RunEvent,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStatus,
    RunSuspended,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    TextReset,
    UnknownEvent,
    UsageReported,
)
from athena_tui.client.models import Decision, Message, Platform, Role, ToolAnswer, ToolOutcome, Usage
from athena_tui.client.observer import SignedOut, WireRequest
from athena_tui.client.protocol import AgentClient, Feature
from tests.client.raw_server import DROP, RawServer, Reply, body_reply, json_reply, sse_reply
from tests.client.tenfive.wiring import (
    CREATED,
    collect,
    connected,
    delta,
    done,
    envelope,
    gate,
    moved,
    page,
    record,
    request,
    sse,
    succeeded,
    text_of,
)


def refusal(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    """An error as the documentation shows it."""
    return json_reply({"error": "What is wrong", "reason_code": code, "request_id": "req-9"}, status, headers)


async def said(server: RawServer, *envelopes: dict[str, Any]) -> list[RunEvent]:
    """What a run with these events tells, without its start and end."""
    server.script(CREATED, sse_reply(sse(*envelopes)), record())
    async with connected(server) as testing:
        return (await collect(testing.client.run(request())))[1:-1]


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


async def test_steps_and_their_tokens_are_told(raw_server: RawServer) -> None:
    usage = {"input_tokens": 20, "output_tokens": 4}
    events = await said(
        raw_server,
        envelope(1, "run.created", request_id="r"),
        moved(2, "run.worker.started", "running"),
        delta(3, "Hi"),
        done(4, content="Hi", usage=usage, step_id="step_1"),
        succeeded(5),
    )
    assert events == [
        NodeStarted("step_1", "Step 1"),
        TextDelta("Hi"),
        UsageReported(Usage(20, 4, None)),
        NodeCompleted("step_1", "succeeded"),
    ]


async def test_retried_step_takes_its_text_back_and_only_its_text(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(
            sse(
                delta(1, "kept "),
                done(2),
                delta(3, "wrong"),
                done(4, "retry_step", reason="The judge said no"),
                delta(5, "right"),
                done(6),
                succeeded(7),
            )
        ),
        record(),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[1:-1] == [
        NodeStarted("step_1", "Step 1"),
        TextDelta("kept "),
        NodeCompleted("step_1", "succeeded"),
        NodeStarted("step_2", "Step 2"),
        TextDelta("wrong"),
        TextReset("The judge said no"),
        TextDelta("right"),
        NodeCompleted("step_2", "succeeded"),
    ]
    assert events[-1] == RunFinished("run_1", text="kept right")


@pytest.mark.parametrize(
    ("streamed", "content", "events"),
    [
        ("", "whole", [TextDelta("whole")]),
        ("who", "whole", [TextDelta("who"), TextDelta("le")]),
        ("wrong", "right", [TextDelta("wrong"), TextReset("The platform corrected the text."), TextDelta("right")]),
        ("same \n", "same", [TextDelta("same \n")]),
    ],
)
async def test_content_of_a_finished_step_counts(
    raw_server: RawServer, streamed: str, content: str, events: list[RunEvent]
) -> None:
    first = delta(1, streamed) if streamed else moved(1, "run.worker.started", "running")
    told = await said(raw_server, first, done(2, content=content), succeeded(3))
    assert [event for event in told if isinstance(event, TextDelta | TextReset)] == events


async def test_reasoning_and_tools_of_the_platform_are_told(raw_server: RawServer) -> None:
    call = {"tool_call_id": "c1", "tool_name": "search"}
    events = await said(
        raw_server,
        envelope(1, "step.progress", kind="reasoning_delta", reasoning_delta="hmm"),
        envelope(2, "step.progress", kind="tool_call", arguments={"q": "owls"}, **call),
        envelope(3, "step.progress", kind="tool_result", outcome="error", result="none", duration_ms=12, **call),
        envelope(4, "step.progress", kind="usage", input_tokens=1),
        succeeded(5),
    )
    assert events[1:] == [
        ReasoningDelta("hmm"),
        ServerToolCall("c1", "search", {"q": "owls"}),
        ServerToolResult("c1", "search", ToolOutcome.ERROR, "none", 12),
        UsageReported(Usage(1, None, None)),
    ]


async def test_what_is_not_known_is_kept_for_the_inspector(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(
            sse(envelope(1, "judge.evaluated", score=1), envelope(2, "step.progress", kind="dance", steps=3)),
            "event: weather\ndata: rain\n\n",
            "event: run_event\ndata: not json\n\n",
            'event: run_event\ndata: {"type": "step.progress", "payload": "plain"}\n\n',
            "event: ping\ndata: {}\n\n",
            'data: {"seq": 3, "type": "step.done", "payload": {"outcome": 5}}\n\n',
            sse(succeeded(4)),
        ),
        record(),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert [event for event in events if isinstance(event, UnknownEvent)] == [
        UnknownEvent("judge.evaluated", {"score": 1}),
        UnknownEvent("step.progress", {"kind": "dance", "steps": 3}),
        UnknownEvent("weather", {"value": "rain"}),
        UnknownEvent("run_event", {"value": "not json"}),
        UnknownEvent("step.progress", {"value": "plain"}),
        UnknownEvent("step.done", {"outcome": 5}),
    ]


async def test_bare_payload_without_redaction_is_read(raw_server: RawServer) -> None:
    bare = {"seq": 1, "type": "step.progress", "payload": {"kind": "content_delta", "content_delta": "hi"}}
    assert text_of(await said(raw_server, bare, succeeded(2))) == "hi"


async def test_escape_sequence_cut_between_deltas_is_removed_whole(raw_server: RawServer) -> None:
    events = await said(raw_server, delta(1, "a\x1b[3"), delta(2, "1mb\x1b"), delta(3, "[0mc"), succeeded(4))
    assert text_of(events) == "abc"


async def test_everything_else_from_outside_is_clean(raw_server: RawServer) -> None:
    events = await said(
        raw_server,
        envelope(1, "evil\x1b[2J", note="\x1b]0;title\x07x"),
        envelope(2, "step.progress", kind="dance", step_id="s\x1b[1m", what="\x1b[1mx"),
        envelope(
            3, "step.progress", kind="tool_call", tool_call_id="\x1b[1mc", tool_name="\x1b[1mt", arguments=["\x1b"]
        ),
        done(4, "retry_step", reason="\x1b[31mbad"),
        done(5, content="\x1b[31mtext"),
        succeeded(6),
    )
    raw_server.script(CREATED, sse_reply(sse(gate(1, prompt="\x1b[31mSure?", options=["\x1b[1myes"]))))
    async with connected(raw_server) as testing:
        events += await collect(testing.client.run(request()))
    assert ApprovalRequested("run_1", "Sure?", ("yes",)) in events
    assert "\x1b" not in repr(events)
    assert "\\x1b" not in repr(events)


@pytest.mark.parametrize(
    ("last", "status", "fields", "end"),
    [
        (succeeded(1), "succeeded", {"output": "whole"}, RunFinished("run_1", text="whole")),
        (succeeded(1), "succeeded", {"output": {"text": "whole"}}, RunFinished("run_1", text="whole")),
        (succeeded(1), "succeeded", {"result": {"n": 1}}, RunFinished("run_1", parsed_output={"n": 1})),
        (succeeded(1), "running", {}, RunFinished("run_1")),
        (moved(1, "run.cancelled", "cancelled"), "cancelled", {}, RunFinished("run_1", RunStatus.CANCELLED)),
        (moved(1, "run.cancelled", "canceled"), "canceled", {}, RunFinished("run_1", RunStatus.CANCELLED)),
    ],
)
async def test_end_of_a_run(
    raw_server: RawServer, last: dict[str, Any], status: str, fields: dict[str, Any], end: RunEvent
) -> None:
    raw_server.script(CREATED, sse_reply(sse(last)), record(status, **fields))
    async with connected(raw_server) as testing:
        assert (await collect(testing.client.run(request())))[-1] == end


@pytest.mark.parametrize(
    ("last", "status", "code"),
    [
        (moved(2, "run.worker.failed", "failed", "STEP_FAILED"), "failed", "STEP_FAILED"),
        (moved(2, "run.worker.failed", "failed"), "failed", "failed"),
        (envelope(2, "run.limit_exceeded", reason_code="RUN_LIMIT_EXCEEDED"), "failed", "RUN_LIMIT_EXCEEDED"),
        (envelope(2, "run.limit_exceeded"), "limit_exceeded", "limit_exceeded"),
    ],
)
async def test_failed_run_says_why(raw_server: RawServer, last: dict[str, Any], status: str, code: str) -> None:
    raw_server.script(CREATED, sse_reply(sse(done(1, "fail_run"), last)), record(status))
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert NodeCompleted("step_1", "failed") in events
    end = events[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.run_id) == (code, "run_1")
    assert end.trace_id in {"req-1", "req-2"}
    assert end.message
    assert end.remedy


async def test_last_event_counts_where_the_record_cannot_be_had(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(delta(1, "a"), succeeded(2))), *[refusal(503, "DOWN")] * 4)
    async with connected(raw_server) as testing:
        assert (await collect(testing.client.run(request())))[-1] == RunFinished("run_1", text="a")


async def test_record_of_the_run_overrules_its_last_event(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(succeeded(1))), record("failed", reason_code="JUDGE_SAID_NO"))
    async with connected(raw_server) as testing:
        end = (await collect(testing.client.run(request())))[-1]
    assert isinstance(end, RunFailed)


@pytest.mark.parametrize(
    ("value", "event", "status"),
    [
        (
            {"input_kind": "approval", "reason_code": "AWAITING_APPROVAL"},
            ApprovalRequested("run_1"),
            RunStatus.AWAITING_APPROVAL,
        ),
        ({}, ApprovalRequested("run_1"), RunStatus.AWAITING_APPROVAL),
        (
            {"input_kind": "clarification", "question": "Which one?", "options": ["a", "b", 3], "schema": {"a": 1}},
            InputRequested("run_1", "Which one?", ("a", "b"), {"a": 1}),
            RunStatus.AWAITING_INPUT,
        ),
        ({"reason_code": "AWAITING_INPUT"}, InputRequested("run_1"), RunStatus.AWAITING_INPUT),
    ],
)
async def test_gate_suspends_the_run(
    raw_server: RawServer, value: dict[str, Any], event: RunEvent, status: RunStatus
) -> None:
    raw_server.script(CREATED, sse_reply(sse(envelope(1, "run.awaiting_input", **value))))
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[1:] == [event, RunSuspended("run_1", status)]


@pytest.mark.parametrize(
    ("kind", "decision", "body"),
    [
        ("approval", Decision(True), {"action": "approve"}),
        ("approval", Decision(True, "fine"), {"action": "approve", "payload": {"comment": "fine"}}),
        ("approval", Decision(False), {"action": "reject"}),
        ("approval", Decision(False, "too dear"), {"action": "reject", "payload": {"reason": "too dear"}}),
        ("input", Decision(True, data="Ada"), {"action": "submit_input", "payload": {"input": "Ada"}}),
        ("input", Decision(True, data={"n": 1}), {"action": "submit_input", "payload": {"input": {"n": 1}}}),
        ("input", Decision(True, "Ada"), {"action": "submit_input", "payload": {"input": "Ada"}}),
        ("input", Decision(True), {"action": "approve"}),
        ("input", Decision(False), {"action": "reject"}),
    ],
)
async def test_decision_is_signalled_and_the_run_followed_from_there(
    raw_server: RawServer, kind: str, decision: Decision, body: dict[str, Any]
) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a"), gate(2, kind))),
        json_reply({"ok": True}),
        sse_reply(sse(delta(3, "b"), done(4), succeeded(5))),
        record(),
    )
    async with connected(raw_server) as testing:
        before = await collect(testing.client.run(request()))
        after = await collect(testing.client.decide("run_1", decision))
    signal, stream = raw_server.requests[2:4]
    assert signal.target == "/v1/runs/run_1/signal"
    assert signal.json() == body
    assert signal.headers["idempotency-key"] != "intent-1"
    assert stream.headers["last-event-id"] == "2"
    assert text_of([*before, *after]) == "ab"
    assert after[-1] == RunFinished("run_1", text="ab")


async def test_gate_of_a_run_from_before_is_found_in_the_list(raw_server: RawServer) -> None:
    raw_server.script(
        page(delta(1, "a"), gate(2, "input")), record("running"), sse_reply(sse(delta(3, "b"), succeeded(4))), record()
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.decide("run_1", Decision(True, data="x")))
    assert raw_server.requests[1].json()["action"] == "submit_input"
    assert raw_server.requests[2].headers["last-event-id"] == "2"
    assert events[-1] == RunFinished("run_1", text="ab")


async def test_gate_that_somebody_else_answered_does_not_stop_us(raw_server: RawServer) -> None:
    raw_server.script(
        page(gate(1)),
        refusal(409, "RUN_NOT_AWAITING_INPUT"),
        record("running"),
        page(gate(2), delta(3, "a")),
        sse_reply(sse(succeeded(4))),
        record(),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.decide("run_1", Decision(True)))
    assert events[-1] == RunFinished("run_1", text="a")


async def test_refused_answer_to_a_gate_that_still_waits_is_raised_and_may_be_repeated(raw_server: RawServer) -> None:
    raw_server.script(
        page(gate(1)),
        refusal(409, "WRONG_KIND"),
        record("awaiting_input"),
        record("running"),
        sse_reply(sse(succeeded(2))),
        record(),
    )
    async with connected(raw_server) as testing:
        with pytest.raises(Conflict):
            await collect(testing.client.decide("run_1", Decision(True)))
        assert isinstance((await collect(testing.client.decide("run_1", Decision(True))))[-1], RunFinished)


@pytest.mark.parametrize("reply", [record("cancelled"), refusal(409, "RUN_TERMINAL"), Reply(record().pieces)])
async def test_cancel_is_asked_for_and_may_come_late(raw_server: RawServer, reply: Reply) -> None:
    raw_server.script(reply)
    async with connected(raw_server) as testing:
        await testing.client.cancel("run_1")
    assert raw_server.targets == ["POST /v1/runs/run_1/cancel"]


async def test_cancel_of_an_unknown_run_is_not_found(raw_server: RawServer) -> None:
    raw_server.script(refusal(404, "RUN_NOT_FOUND"))
    async with connected(raw_server) as testing:
        with pytest.raises(NotFound):
            await testing.client.cancel("run_9")


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
