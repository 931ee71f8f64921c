"""What a transcript is made of: turns, and the parts they consist of, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeAlias

from athena_tui.client.models import Attachment, JsonValue, Role, ToolOutcome, Usage


class GrowingText:
    """Text that only grows, without copying what is there for every delta."""

    __slots__ = ("_chunks", "_length")

    def __init__(self, text: str = "") -> None:
        self._chunks = [text] if text else []
        self._length = len(text)

    def append(self, text: str) -> None:
        """Add to the end."""
        if text:
            self._chunks.append(text)
            self._length += len(text)

    def since(self, length: int) -> str:
        """What was added after the text was `length` characters long; costs what was added."""
        if length >= self._length:
            return ""
        taken: list[str] = []
        start = self._length
        for chunk in reversed(self._chunks):
            start -= len(chunk)
            taken.append(chunk[max(0, length - start) :])
            if start <= length:
                break
        return "".join(reversed(taken))

    def __len__(self) -> int:
        return self._length

    def __str__(self) -> str:
        if len(self._chunks) > 1:
            self._chunks = ["".join(self._chunks)]
        return self._chunks[0] if self._chunks else ""

    def __repr__(self) -> str:
        return f"GrowingText({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GrowingText) and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]  # mutable


LOST_ANSWERS = frozenset({"stream_interrupted", "answer_lost", "idempotency_conflict"})
"""Codes of errors that say nothing of the run: it may go on, or have ended well."""


class ToolState(StrEnum):
    """Where a tool call stands; `UNTOLD` where the run went well and no result was told."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"
    UNTOLD = "untold"


class TurnState(StrEnum):
    """Where a turn stands."""

    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(slots=True)
class Node:
    """A workflow node or step of a run. `duration_ms` is in milliseconds, known once it completed."""

    id: str
    label: str | None = None
    status: str | None = None
    duration_ms: float | None = None


@dataclass(slots=True, eq=False)
class Turn:
    """One contribution to the conversation: what a user said, or what an agent did about it.

    Times are in seconds of the clock whose readings were given to `Transcript.apply`.
    """

    id: int
    role: Role
    state: TurnState = TurnState.COMPLETED
    message_id: str | None = None
    run_id: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    nodes: list[Node] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class UserPart:
    """What the user said."""

    turn: Turn
    text: str
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True, eq=False)
class TextPart:
    """Text of the answer, as Markdown.

    `settled` once nothing can be added; `taken_back` holds the reason when a step was retried and this is no longer
    part of the answer; `replaced` when a structured output says the same.
    """

    turn: Turn
    text: GrowingText = field(default_factory=GrowingText)
    settled: bool = False
    taken_back: str | None = None
    replaced: bool = False


@dataclass(slots=True, eq=False)
class ReasoningPart:
    """Thinking. `duration` is in seconds, known once it settled."""

    turn: Turn
    text: GrowingText = field(default_factory=GrowingText)
    settled: bool = False
    started_at: float = 0.0
    duration: float | None = None


@dataclass(slots=True, eq=False)
class ToolPart:
    """One tool call. `waits_for_person` while a client tool needs a decision; `duration_ms` is in milliseconds.

    `side` says who runs it, or that a person called a client tool themselves.
    """

    turn: Turn
    call_id: str
    name: str
    arguments: JsonValue
    side: Literal["server", "client", "by hand"]
    state: ToolState
    result: JsonValue = None
    outcome: ToolOutcome | None = None
    duration_ms: float | None = None
    started_at: float | None = None
    waits_for_person: bool = False


@dataclass(slots=True, eq=False)
class ApprovalPart:
    """A human gate or a request for input. `approved` is `None` until a person has answered.

    `rejecting_fails` where a no is known to fail the run.
    """

    turn: Turn
    run_id: str
    kind: Literal["approval", "input"]
    prompt: str | None = None
    options: tuple[str, ...] = ()
    json_schema: JsonValue = None
    approved: bool | None = None
    comment: str | None = None
    data: JsonValue = None
    rejecting_fails: bool = False


@dataclass(slots=True, eq=False)
class MediaPart:
    """An image or video. `url` is `None` until it is ready."""

    turn: Turn
    request_id: str | None = None
    media_type: str | None = None
    url: str | None = None
    started_at: float | None = None
    ready: bool = False


@dataclass(slots=True, eq=False)
class StructuredPart:
    """A structured output (`parsed_output`)."""

    turn: Turn
    value: JsonValue


@dataclass(slots=True, eq=False)
class NoticePart:
    """Something the platform noted about the conversation (role `system`), or we did."""

    turn: Turn
    text: str


@dataclass(slots=True, eq=False)
class ErrorPart:
    """Why a turn failed and what to do about it; `perhaps_answered` where its answer may still come to be there."""

    turn: Turn
    code: str
    message: str
    remedy: str | None = None
    trace_id: str | None = None
    retryable: bool = False
    refunded: bool = False

    @property
    def perhaps_answered(self) -> bool:
        return self.code in LOST_ANSWERS


@dataclass(slots=True, eq=False)
class UsagePart:
    """The footer of an agent's turn. `latency_ms` is in milliseconds, `cost_microdollars` in millionths of a dollar."""

    turn: Turn
    usage: Usage | None = None
    cost_microdollars: int | None = None
    latency_ms: float | None = None


Part: TypeAlias = (
    UserPart
    | TextPart
    | ReasoningPart
    | ToolPart
    | ApprovalPart
    | MediaPart
    | StructuredPart
    | NoticePart
    | ErrorPart
    | UsagePart
)
