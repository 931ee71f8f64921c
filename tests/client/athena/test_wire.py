"""Every name under which Athena may send a field, one row each."""

from __future__ import annotations

import json
from typing import Any

import pytest

from athena_tui.client import events
from athena_tui.client.athena.fields import snake_case
from athena_tui.client.athena.reader import ResponseReader
from athena_tui.client.athena.wire import execute_body
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.models import (
    Attachment,
    RunRequest,
    ToolDefinition,
    ToolOutcome,
    Usage,
)
from athena_tui.client.sse import ServerEvent

RUN = "execution:xyz"


def said(value: Any, name: str = "message", run_id: str | None = None) -> list[RunEvent]:
    """What one event says, without the start of the run."""
    found = ResponseReader(run_id).read(ServerEvent(name, json.dumps(value)))
    return [event for event in found if not isinstance(event, events.RunStarted)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("message", {"type": "text", "text": "hi"}),
        ("message", {"event": "text", "text": "hi"}),
        ("message", {"kind": "text", "text": "hi"}),
        ("text", {"text": "hi"}),
        ("message", {"type": "TEXT", "text": "hi"}),
        ("message", {"data": {"type": "text", "text": "hi"}}),
        ("message", {"type": "text", "delta": "hi"}),
        ("message", {"type": "text", "delta": {"text": "hi"}}),
        ("message", {"type": "text", "delta": {"content": "hi"}}),
        ("message", {"type": "text", "content": "hi"}),
        ("message", {"type": "text", "token": "hi"}),
        ("message", {"type": "text", "chunk": "hi"}),
        ("message", {"type": "text", "data": {"text": "hi"}}),
        ("message", {"type": "text", "payload": {"text": "hi"}}),
        ("message", {"type": "text", "text": None, "delta": "hi"}),
    ],
)
def test_text(name: str, value: Any) -> None:
    assert said(value, name) == [events.TextDelta("hi")]


@pytest.mark.parametrize("field", ["text", "delta", "content", "token", "reasoning", "thinking", "reasoning_content"])
@pytest.mark.parametrize("kind", ["reasoning", "thinking", "reasoning_delta", "Reasoning-Delta", "reasoning.delta"])
def test_reasoning(kind: str, field: str) -> None:
    assert said({"type": kind, field: "hm"}) == [events.ReasoningDelta("hm")]


@pytest.mark.parametrize(
    "value",
    [
        {"type": "start", "execution_id": RUN},
        {"type": "start", "executionId": RUN},
        {"type": "start", "execution": {"id": RUN}},
        {"type": "start", "id": RUN},
        {"type": "start", "data": {"execution_id": RUN}},
        {"type": "node_start", "node_id": "n", "execution_id": RUN},
        {"type": "final", "execution": {"id": RUN}},
        {"type": "error", "execution_id": RUN, "message": "m"},
        {"type": "human_gate", "execution_id": RUN},
    ],
)
def test_run_id(value: Any) -> None:
    first = next(iter(ResponseReader().read(ServerEvent("message", json.dumps(value)))))
    assert first == events.RunStarted(RUN)


@pytest.mark.parametrize(
    "fields",
    [
        {"tool_call_id": "tc", "name": "f", "arguments": {"a": 1}},
        {"toolCallId": "tc", "toolName": "f", "args": {"a": 1}},
        {"call_id": "tc", "tool_name": "f", "input": {"a": 1}},
        {"id": "tc", "tool": "f", "parameters": {"a": 1}},
        {"id": "tc", "tool": {"name": "f"}, "params": {"a": 1}},
        {"id": "tc", "tool": {"name": "f", "arguments": {"a": 1}}},
        {"id": "tc", "function": {"name": "f", "arguments": '{"a": 1}'}},
        {"id": "tc", "name": "f", "arguments": '{"a": 1}'},
        {"tool_call": {"id": "tc", "name": "f", "arguments": {"a": 1}}},
        {"tool_call": {"id": "tc", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}}},
        {"data": {"tool_call_id": "tc", "name": "f", "arguments": {"a": 1}}},
        {"payload": {"tool_call_id": "tc", "name": "f", "arguments": {"a": 1}}},
        {"tool_calls": [{"id": "tc", "name": "f", "arguments": {"a": 1}}]},
    ],
)
def test_tool_calls(fields: dict[str, Any]) -> None:
    assert said({"type": "tool_call", **fields}) == [events.ServerToolCall("tc", "f", {"a": 1})]
    waiting = said({"type": "tool_call_awaiting_client", **fields}, run_id=RUN)
    assert waiting == [events.ClientToolCall(RUN, "tc", "f", {"a": 1})]


def test_arguments_that_are_not_json_stay_text() -> None:
    (call,) = said({"type": "tool_call", "id": "tc", "name": "f", "arguments": "{broken"})
    assert call == events.ServerToolCall("tc", "f", "{broken")


def test_several_calls_in_one_event() -> None:
    calls = [{"id": "1", "name": "f"}, {"id": "2", "name": "g"}]
    found = said({"type": "tool_call_awaiting_client", "execution_id": RUN, "tool_calls": calls})
    assert found == [events.ClientToolCall(RUN, "1", "f", None), events.ClientToolCall(RUN, "2", "g", None)]


def test_the_name_of_the_sse_event_counts_where_type_is_something_else() -> None:
    call = {"id": "tc", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    assert said(call, "tool_call") == [events.ServerToolCall("tc", "f", {})]


@pytest.mark.parametrize("field", ["result", "output", "content", "data", "response"])
@pytest.mark.parametrize("result", [{"hits": 3}, "text", [1, 2], 0, False])
def test_tool_results(field: str, result: Any) -> None:
    value = {"type": "tool_result", "tool_call_id": "tc", "name": "f", field: result, "duration_ms": 120}
    assert said(value) == [events.ServerToolResult("tc", "f", ToolOutcome.SUCCESS, result, 120.0)]


def test_a_tool_result_inside_data() -> None:
    value = {"type": "tool_result", "data": {"tool_call_id": "tc", "name": "f", "result": 1}}
    assert said(value) == [events.ServerToolResult("tc", "f", ToolOutcome.SUCCESS, 1)]


@pytest.mark.parametrize(
    ("sign", "outcome"),
    [
        ({"outcome": "success"}, ToolOutcome.SUCCESS),
        ({"outcome": "error"}, ToolOutcome.ERROR),
        ({"outcome": "Rejected"}, ToolOutcome.ERROR),
        ({"is_error": True}, ToolOutcome.ERROR),
        ({"is_error": "maybe"}, ToolOutcome.SUCCESS),
        ({"status": "failed"}, ToolOutcome.ERROR),
        ({"status": "error"}, ToolOutcome.ERROR),
        ({"status": "completed"}, ToolOutcome.SUCCESS),
        ({"error": "boom"}, ToolOutcome.ERROR),
        ({"error": None}, ToolOutcome.SUCCESS),
    ],
)
def test_tool_outcomes(sign: dict[str, Any], outcome: ToolOutcome) -> None:
    (result,) = said({"type": "tool_result", "id": "tc", "name": "f", "result": 1, **sign})
    assert isinstance(result, events.ServerToolResult)
    assert result.outcome is outcome


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"node_id": "n"}, None),
        ({"nodeId": "n"}, None),
        ({"node": "n"}, None),
        ({"node": {"id": "n", "name": "Trigger", "type": "trigger"}}, "Trigger"),
        ({"node": {"id": "n", "type": "trigger"}}, "trigger"),
        ({"name": "n"}, "n"),
        ({"node_id": "n", "label": "Start"}, "Start"),
        ({"node_id": "n", "node_type": "ai"}, "ai"),
    ],
)
def test_nodes(fields: dict[str, Any], label: str | None) -> None:
    assert said({"type": "node_start", **fields}) == [events.NodeStarted("n", label)]
    done = said({"type": "node_complete", **fields, "status": "Completed", "duration_ms": 3})
    assert done == [events.NodeCompleted("n", "completed", 3.0)]


def test_media_is_submitted() -> None:
    value = {"type": "media_gen_submitted", "node_id": "n", "request_id": "r", "media_type": "image"}
    assert said(value) == [events.MediaStarted("r", "image", "n")]


@pytest.mark.parametrize(
    ("fields", "media_type"),
    [
        ({"url": "u", "media_type": "image"}, "image"),
        ({"urls": ["u"]}, None),
        ({"media": [{"url": "u", "content_type": "image/png"}]}, "image"),
        ({"url": "u", "media": [{"id": "media:1", "url": "u", "content_type": "image/png"}]}, "image"),
        ({"images": ["u"]}, "image"),
        ({"videos": [{"url": "u"}]}, "video"),
        ({"image_url": "u"}, "image"),
        ({"video_url": {"url": "u"}}, "video"),
        ({"output": {"url": "u", "content_type": "video/mp4"}}, "video"),
        ({"asset": {"url": "u"}}, None),
        ({"url": "u", "content_type": "video/mp4"}, "video"),
    ],
)
def test_media(fields: dict[str, Any], media_type: str | None) -> None:
    value = {"type": "media_gen_complete", "request_id": "r", **fields}
    assert said(value) == [events.MediaReady("u", "r", media_type)]


def test_several_media_and_none() -> None:
    assert len(said({"type": "media_gen_complete", "urls": ["a", "b", "a"]})) == 2
    assert said({"type": "media_gen_complete"}) == [events.MediaReady(None)]


@pytest.mark.parametrize(
    ("tokens", "usage"),
    [
        ({"input_tokens": 1, "output_tokens": 2, "total_tokens": 4}, Usage(1, 2, 4)),
        ({"prompt_tokens": 1, "completion_tokens": 2}, Usage(1, 2, 3)),
        ({"total_tokens": 312}, Usage(None, None, 312)),
        ({"input_tokens": "5"}, Usage(5, None, 5)),
    ],
)
def test_usage(tokens: dict[str, Any], usage: Usage) -> None:
    assert said({"type": "llm_final", "usage": tokens}) == [events.UsageReported(usage)]
    for final in ({"usage": tokens}, {"output": {"usage": tokens}}):
        (finished,) = said({"type": "final", "execution_id": RUN, **final})
        assert isinstance(finished, events.RunFinished)
        assert finished.usage == usage


@pytest.mark.parametrize("value", [{"type": "llm_final"}, {"type": "llm_final", "usage": {"total_tokens": "many"}}])
def test_no_usage(value: Any) -> None:
    assert said(value) == []


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({"cost_microdollars": 4200}, 4200),
        ({"output": {"cost_microdollars": 4200}}, 4200),
        ({"cost": 0.0042}, 4200),
        ({"output": {"cost": 0.0042}}, 4200),
        ({"cost": 1, "cost_microdollars": 4200}, 4200),
        ({"cost_microdollars": "a lot"}, None),
        ({"cost": 1e308}, None),
        ({}, None),
    ],
)
def test_cost(fields: dict[str, Any], cost: int | None) -> None:
    (finished,) = said({"type": "final", "execution_id": RUN, **fields})
    assert isinstance(finished, events.RunFinished)
    assert finished.cost_microdollars == cost


@pytest.mark.parametrize(
    ("fields", "text", "parsed"),
    [
        ({"output": {"text": "t", "parsed_output": {"a": 1}}}, "t", {"a": 1}),
        ({"output": "t"}, "t", None),
        ({"text": "t"}, "t", None),
        ({"output": {"content": [{"type": "text", "text": "t"}]}}, "t", None),
        ({"output": None}, None, None),
    ],
)
def test_output(fields: dict[str, Any], text: str | None, parsed: Any) -> None:
    (finished,) = said({"type": "final", "execution_id": RUN, **fields})
    assert isinstance(finished, events.RunFinished)
    assert (finished.text, finished.parsed_output) == (text, parsed)


@pytest.mark.parametrize(
    ("word", "snake"),
    [
        ("Completed", "completed"),
        ("AwaitingApproval", "awaiting_approval"),
        ("awaiting-client.tool", "awaiting_client_tool"),
        ("WaitingForExternalEvent", "waiting_for_external_event"),
        ("FAILED", "failed"),
        (3, None),
        ("", None),
    ],
)
def test_words(word: object, snake: str | None) -> None:
    assert snake_case(word) == snake


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Completed", RunStatus.COMPLETED),
        ("completed", RunStatus.COMPLETED),
        ("success", RunStatus.COMPLETED),
        (None, RunStatus.COMPLETED),
        ("Finished", RunStatus.COMPLETED),
        ("Cancelled", RunStatus.CANCELLED),
        ("canceled", RunStatus.CANCELLED),
        ("AwaitingClientTool", RunStatus.AWAITING_CLIENT_TOOL),
        ("awaiting_approval", RunStatus.AWAITING_APPROVAL),
        ("WaitingForExternalEvent", RunStatus.WAITING_FOR_EXTERNAL_EVENT),
    ],
)
def test_statuses_of_final(word: str | None, status: RunStatus) -> None:
    last = said({"type": "final", "execution_id": RUN, "status": word})[-1]
    assert isinstance(last, (events.RunFinished, events.RunSuspended))
    assert last.status is status


@pytest.mark.parametrize("kind", ["human_gate", "approval_required", "awaiting_approval", "HumanGate"])
@pytest.mark.parametrize(
    "fields",
    [
        {"node_id": "g", "prompt": "Send?", "options": ["yes", "no"]},
        {"node": {"id": "g"}, "message": "Send?", "options": [{"label": "yes"}, {"value": "no"}, 3]},
        {"approval": {"node_id": "g", "question": "Send?", "choices": ["yes", "no"]}},
        {"data": {"node_id": "g", "description": "Send?", "options": ["yes", "no"]}},
    ],
)
def test_gates(kind: str, fields: dict[str, Any]) -> None:
    assert said({"type": kind, **fields}, run_id=RUN) == [events.ApprovalRequested(RUN, "Send?", ("yes", "no"), "g")]


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "provider_error", "message": "no"},
        {"error": {"code": "provider_error", "message": "no"}},
        {"error": "no", "code": "provider_error"},
        {"data": {"code": "provider_error", "message": "no"}},
    ],
)
def test_errors(fields: dict[str, Any]) -> None:
    (failed,) = said({"type": "error", **fields})
    assert isinstance(failed, events.RunFailed)
    assert (failed.code, failed.message, failed.refunded) == ("provider_error", "no", True)


def test_out_of_credits_in_mid_run_says_what_a_402_says() -> None:
    (failed,) = said({"type": "error", "code": "payment_required", "message": "no", "trace_id": "t"})
    assert isinstance(failed, events.RunFailed)
    assert failed.remedy == "Top up your credits, then retry."
    assert (failed.trace_id, failed.retryable) == ("t", False)


def test_heartbeats() -> None:
    assert said({"type": "heartbeat", "timestamp": "2026-05-12T10:30:00Z"}) == [events.Heartbeat()]


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("message", '{"type": "new", "x": "\\u001b[2J"}', events.UnknownEvent("new", {"type": "new", "x": ""})),
        ("odd", "{}", events.UnknownEvent("odd", {})),
        ("message", "[1]", events.UnknownEvent("message", [1])),
        ("message", "not json\x07", events.UnknownEvent("message", "not json")),
        ("message", '{"a": 1', events.UnknownEvent("message", '{"a": 1')),
    ],
)
def test_what_is_unknown(name: str, data: str, expected: RunEvent) -> None:
    assert list(ResponseReader().read(ServerEvent(name, data))) == [expected]


def test_nesting_without_end_is_unknown() -> None:
    (event,) = ResponseReader().read(ServerEvent("message", '{"type":' + "[" * 100_000))
    assert isinstance(event, events.UnknownEvent)


@pytest.mark.parametrize("kind", ["text", "reasoning"])
def test_text_nested_without_sense_is_unknown(kind: str) -> None:
    nested = "[" * 900 + '"x"' + "]" * 900
    (event,) = ResponseReader().read(ServerEvent("message", f'{{"type": "{kind}", "text": {nested}}}'))
    assert isinstance(event, events.UnknownEvent)


def test_the_body_of_a_run() -> None:
    schema: dict[str, Any] = {"type": "object", "properties": {}}
    request = RunRequest(
        agent_id="agent:a",
        message="hi",
        idempotency_key="k",
        conversation_id="conversation:c",
        attachments=(Attachment("notes.pdf", "application/pdf", "attachments/u/x.pdf", 3),),
        variables={"tone": "professional"},
        client_tools=(ToolDefinition("read_file", "Reads.", schema),),
        external_user_id="u1",
    )
    assert execute_body(request) == {
        "message": "hi",
        "attachments": [
            {"filename": "notes.pdf", "content_type": "application/pdf", "storage_key": "attachments/u/x.pdf"}
        ],
        "variables": {"tone": "professional"},
        "conversation_scope": "conversation:c",
        "external_user_id": "u1",
        "client_tools": [{"name": "read_file", "description": "Reads.", "parameters": schema}],
    }
    assert execute_body(RunRequest("agent:a", "hi", "k")) == {"message": "hi"}


def test_an_agent_that_needs_no_message_is_sent_none() -> None:
    assert execute_body(RunRequest("agent:a", "", "k", variables={"city": "Rome"})) == {"variables": {"city": "Rome"}}
