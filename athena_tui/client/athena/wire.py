"""What goes over Athena's wire during a run: the request, the events of a stream, the outcome of a run.

Follows the Execute page and the quickstart; where those name an event without its payload, the models accept the
names that are usual for it. All such aliases are declared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from athena_tui.client.athena.fields import (
    Flag,
    Identifier,
    Named,
    Number,
    Text,
    Whole,
    WireModel,
    Word,
    either,
    number_of,
    snake_case,
)
from athena_tui.client.json_text import read_json
from athena_tui.client.models import JsonObject, JsonValue, RunRequest, ToolOutcome, Usage

_KINDS: Mapping[str, str] = {
    "thinking": "reasoning",
    "reasoning_delta": "reasoning",
    "text_delta": "text",
    "token": "text",
    "delta": "text",
    "ping": "heartbeat",
    "keepalive": "heartbeat",
    "keep_alive": "heartbeat",
    "approval_required": "human_gate",
    "approval_requested": "human_gate",
    "awaiting_approval": "human_gate",
}

CALL_ID = ("tool_call_id", "toolCallId", "call_id", "id")


def execute_body(request: RunRequest) -> JsonObject:
    """The body of the three execute endpoints. Fields without a value are left out."""
    body: JsonObject = {"message": request.message} if request.message else {}
    if request.attachments:
        body["attachments"] = [
            {"filename": item.filename, "content_type": item.content_type, "storage_key": item.reference}
            for item in request.attachments
        ]
    if request.variables:
        body["variables"] = request.variables
    if request.conversation_id:
        body["conversation_scope"] = request.conversation_id
    if request.external_user_id:
        body["external_user_id"] = request.external_user_id
    if request.client_tools:
        body["client_tools"] = [
            {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
            for tool in request.client_tools
        ]
    return body


def _arguments(value: object) -> Any:
    """Arguments that are a string are JSON, which has to be cleaned like the rest; where not, the string stays."""
    if isinstance(value, str):
        try:
            return read_json(value)
        except ValueError:
            return value
    return value


class StreamEvent(WireModel):
    """Any event of a stream."""

    wrappers: ClassVar[tuple[str, ...]] = ("payload", "data")

    execution_id: Identifier = either("execution_id", "executionId", "execution")


class Start(StreamEvent):
    """The first event."""

    execution_id: Identifier = either("execution_id", "executionId", "execution", "id")
    conversation_id: Identifier = either("conversation_id", "conversationId", "conversation_scope")


class TextChunk(StreamEvent):
    """A piece of the answer."""

    text: Text = either("text", "delta", "content", "token", "chunk")


class ReasoningChunk(StreamEvent):
    """A piece of thinking."""

    text: Text = either("text", "delta", "reasoning", "thinking", "reasoning_content", "content", "token", "chunk")


class ToolCall(StreamEvent):
    """A call of a tool, on the server or on the client."""

    wrappers = ("tool_call", "toolCall", "payload", "data")

    call_id: Identifier = either(*CALL_ID)
    name: Named = either("name", "tool_name", "toolName", "tool", "function")
    arguments: Annotated[Any, BeforeValidator(_arguments)] = either(
        "arguments", "args", "input", "parameters", "params", inside=("function",)
    )
    node_id: Identifier = either("node_id", "nodeId", "node")

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """A `tool` that is an object may bring the arguments along."""
        tool = fields.get("tool")
        return {**tool, **fields} if isinstance(tool, Mapping) and "name" not in fields else fields


class ToolResult(StreamEvent):
    """What a tool on the server returned."""

    wrappers = ("tool_result", "toolResult", "tool_call", "payload", "data")

    call_id: Identifier = either(*CALL_ID)
    name: Named = either("name", "tool_name", "toolName", "tool", "function")
    result: Any = either("result", "output", "content", "data", "response")
    outcome_word: Word = either("outcome")
    status: Word = either("status")
    is_error: Flag = False
    error: Any = None
    duration_ms: Number = either("duration_ms", "durationMs")

    @classmethod
    def is_wrapper(cls, name: str, inner: Mapping[str, Any]) -> bool:
        """`data` is the result itself unless it says which call it is about."""
        return name != "data" or any(alias in inner for alias in CALL_ID)

    @property
    def outcome(self) -> ToolOutcome:
        """Whether it failed, by any of the usual signs."""
        failed = (
            self.outcome_word not in {None, "success", "succeeded", "ok"}
            or self.is_error
            or self.status in {"error", "failed", "failure"}
            or bool(self.error)
        )
        return ToolOutcome.ERROR if failed else ToolOutcome.SUCCESS


class Node(StreamEvent):
    """A node of the workflow began or ended."""

    node_id: Identifier = either("node_id", "nodeId", "node", "name")
    label: Text = either("label", "node_name", "name", "node_type")
    status: Word = either("status")
    duration_ms: Number = either("duration_ms", "durationMs")

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """A `node` that is an object brings its name and type along."""
        node = fields.get("node")
        if not isinstance(node, Mapping):
            return fields
        return {"name": node.get("name"), "node_type": node.get("type"), **fields}


class Media(StreamEvent):
    """An image or video was asked for, or is ready under some `urls`."""

    request_id: Identifier = either("request_id", "requestId", "job_id")
    node_id: Identifier = either("node_id", "nodeId", "node")
    media_type: Word = either("media_type", "mediaType", "kind")
    urls: tuple[str, ...] = ()

    _lists: ClassVar[Mapping[str, str | None]] = {"urls": None, "media": None, "images": "image", "videos": "video"}
    _singles: ClassVar[Mapping[str, str | None]] = {
        "url": None,
        "image_url": "image",
        "video_url": "video",
        "output": None,
        "asset": None,
    }

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Gather the addresses from all the places where they may be, each once."""
        found: list[tuple[Any, str | None]] = [(fields.get(name), kind) for name, kind in cls._singles.items()]
        for name, kind in cls._lists.items():
            items = fields.get(name)
            found += [(item, kind) for item in (items if isinstance(items, list) else [items])]
        urls: dict[str, None] = {}
        media_type = fields.get("media_type") or fields.get("mediaType") or _main_type(fields)
        for item, kind in found:
            url = item.get("url") if isinstance(item, Mapping) else item
            if isinstance(url, str) and url:
                urls[url] = None
                media_type = media_type or kind or _main_type(item)
        return fields | {"urls": tuple(urls), "media_type": media_type}


def _main_type(item: object) -> str | None:
    content_type = item.get("content_type") if isinstance(item, Mapping) else None
    return content_type.partition("/")[0] if isinstance(content_type, str) else None


class Tokens(WireModel):
    """Token counts."""

    input_tokens: Whole = either("input_tokens", "prompt_tokens")
    output_tokens: Whole = either("output_tokens", "completion_tokens")
    total_tokens: Whole = either("total_tokens")

    def usage(self) -> Usage | None:
        """As plain data, with the sum where it is missing; `None` where nothing is known."""
        parts = [count for count in (self.input_tokens, self.output_tokens) if count is not None]
        total = self.total_tokens if self.total_tokens is not None or not parts else sum(parts)
        return None if total is None else Usage(self.input_tokens, self.output_tokens, total)


class LlmFinal(StreamEvent):
    """One model call ended."""

    usage: Tokens = Tokens()


class Approval(WireModel):
    """A human gate, as an event or inside an outcome."""

    wrappers = ("approval", "human_gate", "gate", "payload", "data")

    execution_id: Identifier = either("execution_id", "executionId", "execution")
    node_id: Identifier = either("node_id", "nodeId", "node")
    prompt: Text = either("prompt", "message", "question", "description", "title")
    options: tuple[str, ...] = ()

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Options may be strings or objects with a name."""
        items = fields.get("options", fields.get("choices"))
        options = [
            item if isinstance(item, str) else item.get("label", item.get("value", item.get("id")))
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, (str, Mapping))
        ]
        return fields | {"options": tuple(option for option in options if isinstance(option, str))}


class Output(WireModel):
    """What a run produced."""

    text: Text = either("text", "content", "message")
    parsed_output: Any = either("parsed_output", "parsedOutput")


_PENDING_CALLS = ("pending_tool_calls", "client_tool_calls", "awaiting_tool_calls", "tool_calls")


class Outcome(StreamEvent):
    """How a response left the run: the `final` event, and the `data` of the blocking endpoints."""

    conversation_id: Identifier = either("conversation_id", "conversationId")
    status: Word = either("status", "state")
    output: Output = Output()
    usage: Tokens = Tokens()
    cost_microdollars: Whole = None
    latency_ms: Number = either("latency_ms", "latencyMs", "duration_ms")
    pending_calls: tuple[ToolCall, ...] = ()
    approval: Approval | None = None
    error: Any = None

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Totals and pending calls may be inside `output`, which may also be a mere string."""
        given = fields.get("output")
        said = {"text": given or fields.get("text"), "parsed_output": fields.get("parsed_output")}
        output: Mapping[str, Any] = given if isinstance(given, Mapping) else said
        places = (fields, output)
        microdollars, dollars = _first(places, "cost_microdollars"), number_of(_first(places, "cost"))
        if microdollars is None and dollars is not None:
            microdollars = dollars * 1_000_000
        approval = _first(places, "approval")
        pending_calls = next((items for name in _PENDING_CALLS if isinstance(items := _first(places, name), list)), ())
        return fields | {
            "output": output,
            "usage": _first(places, "usage") or {},
            "cost_microdollars": microdollars,
            "pending_calls": pending_calls,
            "approval": approval if isinstance(approval, Mapping) else None,
        }


def _first(places: Iterable[Mapping[str, Any]], name: str) -> Any:
    return next((place[name] for place in places if place.get(name) is not None), None)


_EVENTS: Mapping[str, type[WireModel]] = {
    "start": Start,
    "text": TextChunk,
    "reasoning": ReasoningChunk,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
    "tool_call_awaiting_client": ToolCall,
    "node_start": Node,
    "node_complete": Node,
    "media_gen_submitted": Media,
    "media_gen_complete": Media,
    "heartbeat": StreamEvent,
    "llm_final": LlmFinal,
    "final": Outcome,
    "error": StreamEvent,
    "human_gate": Approval,
}


def kind_of(sse_name: str, data: JsonValue) -> str:
    """What kind of event it is: by `type`, `event` or `kind` in the data, else by the name of the SSE event."""
    fields = data if isinstance(data, dict) else {}
    inner = next((fields[name] for name in StreamEvent.wrappers if isinstance(fields.get(name), dict)), {})
    candidates = [fields.get("type"), fields.get("event"), fields.get("kind")]
    candidates.append(None if sse_name == "message" else sse_name)
    candidates.append(inner.get("type") if isinstance(inner, dict) else None)
    words = [word for word in map(snake_case, candidates) if word]
    kinds = [_KINDS.get(word, word) for word in words]
    return next((kind for kind in kinds if kind in _EVENTS), kinds[0] if kinds else "message")


def parse_event(kind: str, data: JsonValue) -> tuple[WireModel, ...]:
    """The wire events in one SSE event: several where it brings a list of tool calls, none of an unknown kind.

    Raises:
        pydantic.ValidationError: The data makes no sense at all.
    """
    model = _EVENTS.get(kind)
    if model is None:
        return ()
    if model is ToolCall and isinstance(data, dict):
        calls = data.get("tool_calls")
        if isinstance(calls, list):
            around = {name: item for name, item in data.items() if name != "tool_calls"}
            return tuple(ToolCall.model_validate(around | call) for call in calls if isinstance(call, dict))
    return (model.model_validate(data),)


def error_body(data: JsonValue) -> JsonValue:
    """The part of an event that says what went wrong."""
    if not isinstance(data, dict):
        return data
    return next((data[name] for name in StreamEvent.wrappers if data.get(name) is not None), data)
