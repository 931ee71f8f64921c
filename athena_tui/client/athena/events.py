"""Athena's wire events as run events: one at a time, without memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from athena_tui.client import events
from athena_tui.client.athena import wire
from athena_tui.client.athena.fields import WireModel
from athena_tui.client.athena.meanings import athena_error
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.models import JsonValue
from athena_tui.client.refusals import refusal_of

UNKNOWN_RUN = ""
"""Stands in an event for an id of the run that did not arrive yet."""

_STATUSES = {
    "completed": RunStatus.COMPLETED,
    "complete": RunStatus.COMPLETED,
    "success": RunStatus.COMPLETED,
    "succeeded": RunStatus.COMPLETED,
    "done": RunStatus.COMPLETED,
    "finished": RunStatus.COMPLETED,
    "ok": RunStatus.COMPLETED,
    "failed": RunStatus.FAILED,
    "failure": RunStatus.FAILED,
    "error": RunStatus.FAILED,
    "rejected": RunStatus.FAILED,
    "cancelled": RunStatus.CANCELLED,
    "canceled": RunStatus.CANCELLED,
    "awaiting_client_tool": RunStatus.AWAITING_CLIENT_TOOL,
    "awaiting_approval": RunStatus.AWAITING_APPROVAL,
    "waiting_for_approval": RunStatus.AWAITING_APPROVAL,
    "waiting_for_external_event": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
    "running": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
    "resumed": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
    "pending": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
    "queued": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
    "in_progress": RunStatus.WAITING_FOR_EXTERNAL_EVENT,
}


def run_status(word: str | None) -> RunStatus | None:
    """The status for a word of the wire, in snake case; `None` for one we do not know."""
    return _STATUSES.get(word or "")


def run_events(kind: str, event: WireModel, run_id: str | None) -> Iterator[RunEvent]:
    """What one wire event says. `start`, `final` and `error` say nothing here: the reader of the response does.

    Args:
        kind: Its kind, as `wire.kind_of` names it.
        event: The event.
        run_id: The id of the run, as far as it is known.
    """
    known_id = run_id or UNKNOWN_RUN
    match event:
        case wire.TextChunk() if event.text:
            yield events.TextDelta(event.text)
        case wire.ReasoningChunk() if event.text:
            yield events.ReasoningDelta(event.text)
        case wire.ToolCall() if kind == "tool_call_awaiting_client":
            yield client_tool_call(event, known_id)
        case wire.ToolCall():
            yield events.ServerToolCall(event.call_id or "", event.name or "tool", event.arguments, event.node_id)
        case wire.ToolResult():
            yield _tool_result(event)
        case wire.Node():
            yield _node(kind, event)
        case wire.Media():
            yield from _media(kind, event)
        case wire.LlmFinal():
            if usage := event.usage.usage():
                yield events.UsageReported(usage)
        case wire.Approval():
            yield approval_requested(event, known_id)
        case wire.StreamEvent() if kind == "heartbeat":
            yield events.Heartbeat()
        case _:
            pass


def client_tool_call(call: wire.ToolCall, run_id: str) -> events.ClientToolCall:
    """A tool that is to run on this machine."""
    return events.ClientToolCall(run_id, call.call_id or "", call.name or "tool", call.arguments)


def approval_requested(approval: wire.Approval, run_id: str) -> events.ApprovalRequested:
    """A human gate."""
    return events.ApprovalRequested(run_id, approval.prompt, approval.options, approval.node_id)


def run_failed(data: JsonValue, run_id: str | None) -> events.RunFailed:
    """The end of a run that failed. Athena gives the credits of such a run back."""
    refusal = refusal_of(wire.error_body(data))
    return replace(athena_error(replace(refusal, code=refusal.code or "run_failed")).as_event(run_id), refunded=True)


def _tool_result(event: wire.ToolResult) -> events.ServerToolResult:
    result = event.result if event.result is not None else event.error
    return events.ServerToolResult(event.call_id or "", event.name or "tool", event.outcome, result, event.duration_ms)


def _node(kind: str, event: wire.Node) -> RunEvent:
    node_id = event.node_id or event.label or "node"
    if kind == "node_start":
        return events.NodeStarted(node_id, event.label)
    return events.NodeCompleted(node_id, event.status, event.duration_ms)


def _media(kind: str, event: wire.Media) -> tuple[RunEvent, ...]:
    if kind == "media_gen_submitted":
        return (events.MediaStarted(event.request_id, event.media_type, event.node_id),)
    return tuple(events.MediaReady(url, event.request_id, event.media_type) for url in event.urls or (None,))
