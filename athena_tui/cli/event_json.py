"""Chat events as the objects that `ask --json` prints, one a line."""

from __future__ import annotations

from athena_tui.chat.engine_events import ChatEvent, ToolAnswered
from athena_tui.chat.parts import Turn, UsagePart
from athena_tui.chat.transcript import Transcript
from athena_tui.client import events
from athena_tui.client.models import JsonObject, JsonValue, Usage


def event_object(event: ChatEvent) -> JsonObject | None:  # noqa: C901, PLR0911, PLR0912 - the table of every event
    """The object for one event; `None` for those that are not printed, or only as the last line."""
    match event:
        case events.RunStarted():
            return _object("run_started", run_id=event.run_id, conversation_id=event.conversation_id)
        case events.TextDelta():
            return {"event": "text", "text": event.text}
        case events.TextReset():
            return {"event": "text_reset", "reason": event.reason}
        case events.ReasoningDelta():
            return {"event": "reasoning", "text": event.text}
        case events.UsageReported():
            return _object("usage", **_usage_fields(event.usage))
        case events.UnknownEvent():
            return {"event": "unknown", "type": event.type, "data": event.data}
        case events.NodeStarted():
            return {"event": "node_started", "node_id": event.node_id}
        case events.NodeCompleted():
            return _object("node_completed", node_id=event.node_id, status=event.status, duration_ms=event.duration_ms)
        case events.MediaStarted():
            return _object("media_started", media_type=event.media_type, request_id=event.request_id)
        case events.MediaReady():
            return _object("media_ready", media_type=event.media_type, url=event.url, request_id=event.request_id)
        case events.ApprovalRequested():
            return _gate(event, "approval")
        case events.InputRequested():
            return _gate(event, "input")
        case events.ServerToolCall():
            return _call(event, "server")
        case events.ClientToolCall():
            return _call(event, "client")
        case events.ServerToolResult():
            return _result(event, "server")
        case ToolAnswered():
            return _result(event, "client")
        case _:
            return None


def end_object(
    end: events.RunFinished | events.RunSuspended | events.RunFailed,
    transcript: Transcript,
    conversation_id: str | None,
) -> JsonObject:
    """The last line: `run_finished`, also for a run that waits for a person, or `run_failed`."""
    if isinstance(end, events.RunFailed):
        failed = _object("run_failed", run_id=end.run_id, code=end.code, message=end.message, trace_id=end.trace_id)
        return {**failed, "retryable": end.retryable}
    turn = transcript.turn
    footer = _footer(transcript, turn)
    usage = end.usage or (footer.usage if footer else None)
    finished = _object("run_finished", run_id=end.run_id, status=end.status.value)
    finished["text"] = transcript.answer(turn) if turn else ""
    parsed = end.parsed_output if isinstance(end, events.RunFinished) else None
    named = end.conversation_id if isinstance(end, events.RunFinished) else None
    return finished | _present(
        parsed_output=parsed,
        usage=_present(**_usage_fields(usage)) if usage else None,
        cost_microdollars=end.cost_microdollars,
        latency_ms=end.latency_ms,
        conversation_id=named or conversation_id,
    )


def _footer(transcript: Transcript, turn: Turn | None) -> UsagePart | None:
    parts = transcript.parts_of(turn) if turn else []
    return next((part for part in reversed(parts) if isinstance(part, UsagePart)), None)


def _gate(event: events.ApprovalRequested | events.InputRequested, kind: str) -> JsonObject:
    options: list[JsonValue] = list(event.options)
    return _object("approval_requested", run_id=event.run_id, prompt=event.prompt, kind=kind, options=options or None)


def _call(event: events.ServerToolCall | events.ClientToolCall, side: str) -> JsonObject:
    return {
        "event": "tool_call",
        "call_id": event.call_id,
        "name": event.name,
        "arguments": event.arguments,
        "side": side,
    }


def _result(event: events.ServerToolResult | ToolAnswered, side: str) -> JsonObject:
    answered = _object("tool_result", call_id=event.call_id, name=event.name, outcome=event.outcome.value)
    answered["result"] = event.result
    return answered | _present(duration_ms=event.duration_ms) | {"side": side}


def _usage_fields(usage: Usage) -> dict[str, JsonValue]:
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
    }


def _object(event: str, /, **fields: JsonValue) -> JsonObject:
    return {"event": event} | _present(**fields)


def _present(**fields: JsonValue) -> JsonObject:
    return {name: value for name, value in fields.items() if value is not None}
