"""The shapes in which an execution's answer is documented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from athena_tui.sandbox.atthene.scripts import Reply
from athena_tui.sandbox.atthene.store import StoredMessage
from athena_tui.sandbox.json_text import JsonObject


@dataclass(frozen=True, slots=True)
class Execution:
    """An execution that is over."""

    id: str
    session_id: str
    correlation_id: str | None
    started: datetime
    ended: datetime
    reply: Reply
    messages: tuple[StoredMessage, ...]
    input_tokens: int
    output_tokens: int
    ignored_inputs: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """How long it took."""
        return round((self.ended - self.started).total_seconds(), 3)


def tutorial(execution: Execution) -> JsonObject:
    """The current shape, as the REST tutorial shows it for a text."""
    metadata: JsonObject = {
        "correlation_id": execution.correlation_id,
        "event_count": 2 + len(execution.messages),
        **_short_metadata(execution),
    }
    if execution.ignored_inputs:
        metadata["warnings"] = [f"Unknown variable ignored: {name}" for name in execution.ignored_inputs]
    return {
        "id": execution.session_id,
        "object": "agent.session",
        "status": execution.reply.status,
        "created_at": int(execution.started.timestamp()),
        "completed_at": int(execution.ended.timestamp()),
        "config": {},
        "messages": _messages(execution),
        "execution_time": execution.seconds,
        "metadata": metadata,
        **_error(execution),
    }


def tutorial_short(execution: Execution) -> JsonObject:
    """The current shape, as the REST tutorial shows it for pictures and files."""
    return {
        "id": execution.session_id,
        "object": "agent.session",
        "status": execution.reply.status,
        "messages": _messages(execution),
        "metadata": _short_metadata(execution),
        **_error(execution),
    }


def reference(execution: Execution) -> JsonObject:
    """The shape of the API reference's Execute page."""
    return {
        "success": execution.reply.status == "completed",
        "message_id": execution.messages[-1].id if execution.messages else None,
        "response": {
            "content": "\n\n".join(str(message.content) for message in execution.messages),
            "tool_calls": list(execution.reply.tool_calls),
        },
        "correlation_id": execution.correlation_id,
        **_error(execution),
    }


def guide(execution: Execution) -> JsonObject:
    """The shape of the guide to connecting an agent."""
    return {
        "type": "execution_result",
        "client_type": "backend",
        "session_id": execution.session_id,
        "status": execution.reply.status,
        "execution_time": execution.seconds,
        "messages": _messages(execution),
        **_error(execution),
    }


SHAPES: dict[str, Callable[[Execution], JsonObject]] = {"echo_reference": reference, "echo_guide": guide}


def _messages(execution: Execution) -> list[JsonObject]:
    shown: list[JsonObject] = []
    for message in execution.messages:
        item: JsonObject = {
            "id": message.id,
            "role": message.role,
            "content": message.content,
            "created_at": int(execution.ended.timestamp()),
        }
        if message.name is not None:
            item["agent_name"] = message.name
        shown.append(item)
    if shown and execution.reply.tool_calls:
        shown[0]["tool_calls"] = list(execution.reply.tool_calls)
    return shown


def _short_metadata(execution: Execution) -> JsonObject:
    usage = {"input_tokens": execution.input_tokens, "output_tokens": execution.output_tokens}
    return {"execution_id": execution.id, "usage": usage}


def _error(execution: Execution) -> JsonObject:
    return {} if execution.reply.error is None else {"error": execution.reply.error}
