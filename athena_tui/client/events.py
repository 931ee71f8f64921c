"""Everything a run can tell us: one closed union, the same for every platform.

Text and JSON in these events are already sanitised. One response of the platform is a sequence of events that ends
in exactly one of `RunFinished`, `RunFailed` or `RunSuspended`; what the wire sends and we do not know becomes an
`UnknownEvent`.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TypeAlias

from athena_tui.client.models import JsonValue, ToolOutcome, Usage
from athena_tui.client.record import record


class RunStatus(StrEnum):
    """How a response of the platform left the run, in our own words."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    AWAITING_CLIENT_TOOL = "awaiting_client_tool"
    AWAITING_APPROVAL = "awaiting_approval"
    AWAITING_INPUT = "awaiting_input"
    WAITING_FOR_EXTERNAL_EVENT = "waiting_for_external_event"


@record(frozen=True, slots=True)
class RunStarted:
    """The platform accepted the run. `replayed` says that it already knew our idempotency key."""

    run_id: str
    conversation_id: str | None = None
    replayed: bool = False


@record(frozen=True, slots=True)
class TextDelta:
    """More of the answer."""

    text: str


@record(frozen=True, slots=True)
class TextReset:
    """A step is retried: what it said so far is taken back."""

    reason: str


@record(frozen=True, slots=True)
class ReasoningDelta:
    """More of the agent's thinking."""

    text: str


@record(frozen=True, slots=True)
class ServerToolCall:
    """The agent called a tool that runs on the platform."""

    call_id: str
    name: str
    arguments: JsonValue
    node_id: str | None = None


@record(frozen=True, slots=True)
class ServerToolResult:
    """A tool on the platform returned. `duration_ms` is in milliseconds."""

    call_id: str
    name: str
    outcome: ToolOutcome
    result: JsonValue
    duration_ms: float | None = None


@record(frozen=True, slots=True)
class ClientToolCall:
    """The agent asks for a tool on this machine; the run waits until every such call is answered."""

    run_id: str
    call_id: str
    name: str
    arguments: JsonValue


@record(frozen=True, slots=True)
class ApprovalRequested:
    """A human gate: the run waits for a yes or a no. `rejecting_fails` where a no is known to fail the run."""

    run_id: str
    prompt: str | None = None
    options: tuple[str, ...] = ()
    node_id: str | None = None
    rejecting_fails: bool = False


@record(frozen=True, slots=True)
class InputRequested:
    """The run waits for something a person types. `json_schema` describes it where the platform says so."""

    run_id: str
    prompt: str | None = None
    options: tuple[str, ...] = ()
    json_schema: JsonValue = None
    rejecting_fails: bool = False


@record(frozen=True, slots=True)
class NodeStarted:
    """A workflow node or step began."""

    node_id: str
    label: str | None = None


@record(frozen=True, slots=True)
class NodeCompleted:
    """A workflow node or step ended."""

    node_id: str
    status: str | None = None
    duration_ms: float | None = None


@record(frozen=True, slots=True)
class MediaStarted:
    """An image or video is being made."""

    request_id: str | None = None
    media_type: str | None = None
    node_id: str | None = None


@record(frozen=True, slots=True)
class MediaReady:
    """An image or video is ready at `url`."""

    url: str | None
    request_id: str | None = None
    media_type: str | None = None


@record(frozen=True, slots=True)
class UsageReported:
    """What one model call used. Several add up unless `RunFinished` brings totals."""

    usage: Usage


@record(frozen=True, slots=True)
class Heartbeat:
    """The platform is still there."""


@record(frozen=True, slots=True)
class RunFinished:
    """The run is over: completed, or cancelled. `text` is the platform's own full text where it sent one."""

    run_id: str | None
    status: RunStatus = RunStatus.COMPLETED
    text: str | None = None
    parsed_output: JsonValue = None
    usage: Usage | None = None
    cost_microdollars: int | None = None
    latency_ms: float | None = None
    conversation_id: str | None = None


@record(frozen=True, slots=True)
class RunSuspended:
    """This response ended, the run did not: it waits for us (a tool's result, a person) or for something else."""

    run_id: str | None
    status: RunStatus
    usage: Usage | None = None
    cost_microdollars: int | None = None
    latency_ms: float | None = None


@record(frozen=True, slots=True)
class RunFailed:
    """The run is over and failed, or we lost it. `remedy` says what the user can do about it."""

    code: str
    message: str
    run_id: str | None = None
    trace_id: str | None = None
    retryable: bool = False
    remedy: str | None = None
    refunded: bool = False
    status: int | None = None


@record(frozen=True, slots=True)
class Notice:
    """Something the reader should know about this run that the agent did not say."""

    text: str


@record(frozen=True, slots=True)
class UnknownEvent:
    """Something this version does not know, kept for the wire inspector."""

    type: str
    data: JsonValue = field(default=None)


RunEvent: TypeAlias = (
    RunStarted
    | TextDelta
    | TextReset
    | ReasoningDelta
    | ServerToolCall
    | ServerToolResult
    | ClientToolCall
    | ApprovalRequested
    | InputRequested
    | NodeStarted
    | NodeCompleted
    | MediaStarted
    | MediaReady
    | UsageReported
    | Heartbeat
    | RunFinished
    | RunSuspended
    | RunFailed
    | Notice
    | UnknownEvent
)
