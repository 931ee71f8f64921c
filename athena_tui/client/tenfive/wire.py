"""What goes over the wire, and the only place that knows how its fields are spelled.

The documentation shows the shapes in part; where it is silent, the likely spellings are all accepted.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from athena_tui.client.errors import UnreadableAnswer
from athena_tui.client.models import JsonObject, JsonValue, Usage
from athena_tui.client.moments import known_moment

TERMINAL_STATUSES = frozenset({"succeeded", "failed", "cancelled", "limit_exceeded"})
TERMINAL_EVENTS = {
    "run.worker.succeeded": "succeeded",
    "run.worker.failed": "failed",
    "run.cancelled": "cancelled",
    "run.limit_exceeded": "limit_exceeded",
}
"""Each with the status it leads to."""

AWAITING_INPUT = "awaiting_input"
STALLED = "stalled"
_GOING_ON = frozenset({"queued", "pending", "starting", "running", "resuming", "cancelling", AWAITING_INPUT, STALLED})


def _one_spelling(status: Any) -> Any:
    return "cancelled" if status == "canceled" else status


def _unwrapped(value: Any, *names: str) -> Any:
    """The object inside a wrapper of one of these names."""
    if isinstance(value, dict):
        for name in names:
            if isinstance(value.get(name), dict):
                return value[name]
    return value


Status = Annotated[str, BeforeValidator(_one_spelling)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class RunRecord(_Wire):
    """A run, as POST and GET answer it. Follows the Quickstart page."""

    id: str = Field(validation_alias=AliasChoices("id", "run_id"), min_length=1)
    status: Status = "queued"
    reason_code: str | None = None
    replayed: bool = False
    request_id: str | None = None
    output: Any = Field(default=None, validation_alias=AliasChoices("output", "result", "content"))

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        inner = _unwrapped(value, "run", "existing_run", "data")
        if inner is not value and isinstance(value, dict) and "replayed" in value:
            return {**inner, "replayed": value["replayed"]}
        return inner

    @property
    def is_terminal(self) -> bool:
        """Whether it is over."""
        return self.status in TERMINAL_STATUSES

    @property
    def is_known(self) -> bool:
        """Whether its status says if there is anything to wait for."""
        return self.is_terminal or self.status in _GOING_ON

    @property
    def text(self) -> str | None:
        """The answer, where the record has it as text."""
        output = self.output.get("text") if isinstance(self.output, dict) else self.output
        return output if isinstance(output, str) else None

    @property
    def structured(self) -> JsonValue:
        """The answer, where the record has it as something else."""
        return self.output if self.text is None else None


class Envelope(_Wire):
    """One event of a run. Follows the Events page."""

    seq: int | None = Field(default=None, ge=0)
    type: str
    payload: Any = None

    @property
    def value(self) -> JsonObject:
        """What the event says: inside the redaction envelope, or bare."""
        value = self.payload
        if isinstance(value, dict) and "value" in value:
            value = value["value"]
        return value if isinstance(value, dict) else {} if value is None else {"value": value}

    @property
    def status(self) -> str | None:
        """The status the run has from here on, where the event says so."""
        known = AWAITING_INPUT if self.type == "run.awaiting_input" else TERMINAL_EVENTS.get(self.type)
        if known is not None:
            return known
        named = self.value.get("to_status")
        return _one_spelling(named) if isinstance(named, str) else None

    @property
    def is_last(self) -> bool:
        """Whether the run is over after it, or waits for a person."""
        return self.status == AWAITING_INPUT or self.status in TERMINAL_STATUSES


class EventPage(_Wire):
    """One page of a run's events. Follows the Events page."""

    events: list[Envelope] = Field(default_factory=list, validation_alias=AliasChoices("events", "data", "items"))
    next_cursor: str | None = Field(
        default=None, validation_alias=AliasChoices("next_cursor", "nextCursor", "cursor"), coerce_numbers_to_str=True
    )
    has_more: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        return {"events": value} if isinstance(value, list) else value


class StepProgress(_Wire):
    """The value of `step.progress`. Only `content_delta` is documented."""

    kind: str
    step_id: str | None = None
    content_delta: str | None = None
    reasoning_delta: str | None = Field(
        default=None, validation_alias=AliasChoices("reasoning_delta", "thinking_delta", "reasoning", "thinking")
    )


class ToolProgress(_Wire):
    """The value of a `step.progress` about a tool of the platform."""

    call_id: str = Field(validation_alias=AliasChoices("tool_call_id", "call_id", "id"), coerce_numbers_to_str=True)
    name: str = Field(validation_alias=AliasChoices("tool_name", "name", "tool"))
    arguments: Any = Field(default=None, validation_alias=AliasChoices("arguments", "input", "args"))
    outcome: str | None = Field(default=None, validation_alias=AliasChoices("outcome", "status"))
    result: Any = Field(default=None, validation_alias=AliasChoices("result", "output", "error"))
    duration_ms: float | None = None


class Tokens(_Wire):
    """What a model call used."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None

    @property
    def usage(self) -> Usage:
        """The same, as the rest of the program has it."""
        return Usage(self.input_tokens, self.output_tokens, self.total_tokens)


class StepDone(_Wire):
    """The value of `step.done`: `succeeded`, `retry_step` or `fail_run`."""

    outcome: str
    step_id: str | None = None
    content: str | None = None
    reason: str | None = Field(default=None, validation_alias=AliasChoices("reason", "reason_code"))
    usage: Tokens | None = None


class Transition(_Wire):
    """The value of an event that changes the run's status."""

    reason_code: str | None = None
    request_id: str | None = None
    message: str | None = Field(default=None, validation_alias=AliasChoices("message", "error", "detail"))


class Gate(_Wire):
    """The value of `run.awaiting_input`. Follows the Signal API page; the prompt's name is not documented."""

    input_kind: str | None = None
    reason_code: str | None = None
    prompt: str | None = Field(
        default=None, validation_alias=AliasChoices("prompt", "question", "message", "description", "content")
    )
    options: list[Any] = Field(default_factory=list)
    json_schema: Any = Field(default=None, validation_alias=AliasChoices("schema", "json_schema", "input_schema"))

    @property
    def wants_approval(self) -> bool:
        """Whether a yes or a no is asked for, rather than something to type."""
        if self.input_kind is not None:
            return self.input_kind == "approval"
        return "INPUT" not in (self.reason_code or "") and "CLARIFICATION" not in (self.reason_code or "")


class KeyRecord(_Wire):
    """A key that was just made. Follows the Authentication page."""

    key_id: str | None = Field(default=None, validation_alias=AliasChoices("key_id", "id"))
    secret: str | None = None
    api_key: str | None = Field(
        default=None, validation_alias=AliasChoices("api_key", "credential", "key", "token", "raw_key", "plaintext")
    )
    name: str | None = None
    created_at: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        return _unwrapped(value, "data", "api_key", "key")


class UsageEntry(_Wire):
    """One sum of a usage report."""

    event_type: str = "usage"
    period_start: Annotated[datetime, AfterValidator(known_moment)] | None = Field(
        default=None, validation_alias=AliasChoices("period_start", "period", "bucket", "timestamp", "date")
    )
    workspace_id: str | None = None
    subject_id: str | None = None
    quantity: float = Field(
        default=0,
        validation_alias=AliasChoices("quantity", "total_quantity", "total", "value", "sum", "count", "event_count"),
    )
    count: int | None = Field(default=None, validation_alias=AliasChoices("count", "event_count"))
    input_tokens: int | None = None
    output_tokens: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, value: Any) -> Any:
        metadata = value.get("metadata") if isinstance(value, dict) else None
        return {**metadata, **value} if isinstance(metadata, dict) else value


class UsageBody(_Wire):
    """A usage report. Follows the Usage page, which does not show the answer."""

    items: list[UsageEntry] = Field(
        default_factory=list,
        validation_alias=AliasChoices("usage", "data", "items", "summaries", "buckets", "aggregates"),
    )
    start: datetime | None = None
    end: datetime | None = None
    totals: dict[str, float] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _wrap(cls, value: Any) -> Any:
        return {"usage": value} if isinstance(value, list) else value


def read_run(value: JsonValue) -> RunRecord:
    """Read a run.

    Raises:
        UnreadableAnswer: It names no run.
    """
    try:
        return RunRecord.model_validate(value)
    except ValidationError as error:
        raise UnreadableAnswer("The platform's answer names no run.") from error
