"""What an execution's answer says, as events and messages."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from athena_tui.client.atthene.content import read_content
from athena_tui.client.atthene.wire import WireExecution, WireMessage, WireUsage
from athena_tui.client.events import (
    NodeCompleted,
    NodeStarted,
    Notice,
    RunEvent,
    RunFailed,
    RunFinished,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    UsageReported,
)
from athena_tui.client.models import JsonObject, JsonValue, Message, Role, ToolOutcome, Usage
from athena_tui.client.moments import known_moment

_COMPLETED = frozenset({"", "completed", "complete", "success", "succeeded", "finished", "done", "ok"})
_WAITING = frozenset({"interrupted", "requires_action", "awaiting_input"})
_FAILED = frozenset({"error", "failed"})
_CANCELLED = frozenset({"cancelled", "canceled"})
_TIMED_OUT = frozenset({"timeout", "timed_out"})
_ROLES = {
    **dict.fromkeys(("user", "human"), Role.USER),
    **dict.fromkeys(("assistant", "ai", "agent"), Role.ASSISTANT),
    **dict.fromkeys(("tool", "function"), Role.TOOL),
    **dict.fromkeys(("system", "developer"), Role.SYSTEM),
}
_TIMEOUT_REMEDY = "Atthene gave the agent no more time; ask for less at once, then send again."


def events_of(execution: WireExecution, run_id: str, session_id: str, latency_ms: float) -> Iterator[RunEvent]:
    """The whole answer as events; the last one ends the run.

    Args:
        execution: The answer, in any of its shapes.
        run_id: The run's id: ours, which is the `correlation_id` the platform knows it by, too.
        session_id: The session, which is the conversation.
        latency_ms: Milliseconds we waited, used where the answer names no time.
    """
    metadata = execution.metadata
    said: list[str] = []
    for event in _said(execution):
        if isinstance(event, TextDelta):
            said.append(event.text)
        yield event
    usage = _usage(metadata.usage if metadata else None)
    if usage is not None:
        yield UsageReported(usage)
    status = (execution.status or "").lower()
    if execution.success is False or status not in _COMPLETED | _WAITING:
        code = "error" if status in _COMPLETED | _WAITING else status
        known = "" if code in _FAILED | _CANCELLED | _TIMED_OUT else ", which this version does not know,"
        message = _error_text(execution) or f"The agent ended with the status “{code}”{known} and gave no reason."
        remedy = _TIMEOUT_REMEDY if code in _TIMED_OUT else None
        yield RunFailed(code, message, run_id, retryable=True, remedy=remedy)
        return
    if status in _WAITING:
        yield Notice("The agent waits for an answer: write it as the next message.")
    seconds = execution.execution_time
    yield RunFinished(
        run_id,
        text="".join(said),
        usage=usage,
        latency_ms=latency_ms if seconds is None or not math.isfinite(seconds) else seconds * 1000,
        conversation_id=session_id,
    )


def message_of(message: WireMessage, position: int) -> Message:
    """A message of the history. `position` names it where the platform does not."""
    text, attachments = read_content(message.content)
    return Message(
        id=message.id or str(position),
        role=role_of(message),
        text=text,
        created_at=_moment(message.created_at),
        tool_call_id=message.tool_call_id,
        tool_name=message.agent if role_of(message) is Role.TOOL else None,
        tool_calls=tuple(message.tool_calls),
        attachments=attachments,
    )


def role_of(message: WireMessage) -> Role:
    """Who wrote a message; the agent, where nobody is named."""
    return _ROLES.get((message.role or "").lower(), Role.ASSISTANT)


def _said(execution: WireExecution) -> Iterator[RunEvent]:
    spoke = False
    several = sum(role_of(message) is Role.ASSISTANT for message in execution.messages) > 1
    for message in execution.messages:
        role = role_of(message)
        if role is Role.TOOL:
            text, _ = read_content(message.content)
            yield ServerToolResult(
                message.tool_call_id or "", message.agent or "tool", ToolOutcome.SUCCESS, _parsed(text)
            )
        if role is not Role.ASSISTANT:
            continue
        node = message.agent if several else None
        if node:
            yield NodeStarted(node, node)
        yield from _calls(message.tool_calls)
        text, _ = read_content(message.content)
        if text:
            yield TextDelta(f"\n\n{text}" if spoke else text)
            spoke = True
        if node:
            yield NodeCompleted(node)
    if execution.response is not None:
        yield from _calls(execution.response.tool_calls)
    if spoke:
        return
    response = execution.response.content if execution.response else None
    for content in (response, execution.content, execution.output):
        text, _ = read_content(content)
        if text:
            yield TextDelta(text)
            return


def _calls(calls: list[JsonObject]) -> Iterator[ServerToolCall]:
    """Tool calls in OpenAI's or LangChain's form."""
    for call in calls:
        function = call.get("function")
        inner = function if isinstance(function, dict) else call
        arguments = inner.get("arguments", inner.get("args"))
        name = inner.get("name")
        call_id = call.get("id")
        yield ServerToolCall(
            call_id if isinstance(call_id, str) else "",
            name if isinstance(name, str) and name else "tool",
            _parsed(arguments) if isinstance(arguments, str) else arguments,
        )


def _parsed(text: str) -> JsonValue:
    """JSON where the text is some, else the text."""
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value


def _usage(usage: WireUsage | None) -> Usage | None:
    if usage is None:
        return None
    total = usage.total_tokens
    if total is None and usage.input_tokens is not None and usage.output_tokens is not None:
        total = usage.input_tokens + usage.output_tokens
    return Usage(usage.input_tokens, usage.output_tokens, total)


def _error_text(execution: WireExecution) -> str | None:
    in_metadata = execution.metadata.error if execution.metadata else None
    errors = (execution.error, execution.error_message, in_metadata)
    texts = (error.get("message") or error.get("detail") if isinstance(error, dict) else error for error in errors)
    return next((text for text in texts if isinstance(text, str) and text), None)


def _moment(value: Any) -> datetime | None:
    """A time: ISO 8601, or Unix seconds."""
    try:
        if isinstance(value, str):
            return known_moment(datetime.fromisoformat(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return known_moment(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return None
