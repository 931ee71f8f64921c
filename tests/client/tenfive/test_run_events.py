"""What a run tells, and how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from athena_tui.client.events import (
    ApprovalRequested,
    NodeCompleted,
    NodeStarted,
    ReasoningDelta,
    RunEvent,
    RunFailed,
    RunFinished,
    RunStatus,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    TextReset,
    UnknownEvent,
    UsageReported,
)
from athena_tui.client.models import ToolOutcome, Usage
from tests.client.raw_server import RawServer, sse_reply
from tests.client.tenfive.wiring import (
    CREATED,
    collect,
    connected,
    delta,
    done,
    envelope,
    gate,
    moved,
    record,
    refusal,
    request,
    sse,
    succeeded,
    text_of,
)


async def said(server: RawServer, *envelopes: dict[str, Any]) -> list[RunEvent]:
    """What a run with these events tells, without its start and end."""
    server.script(CREATED, sse_reply(sse(*envelopes)), record())
    async with connected(server) as testing:
        return (await collect(testing.client.run(request())))[1:-1]


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
    assert ApprovalRequested("run_1", "Sure?", ("yes",), rejecting_fails=True) in events
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
