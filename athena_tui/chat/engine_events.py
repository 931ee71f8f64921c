"""What our own side adds to a transcript, beside the events of a run."""

from __future__ import annotations

from typing import TypeAlias

from athena_tui.client.events import RunEvent
from athena_tui.client.models import Attachment, JsonValue, Message, ToolOutcome
from athena_tui.client.record import record


@record(frozen=True, slots=True)
class TurnSent:
    """The user said something; an agent's turn begins."""

    text: str
    attachments: tuple[Attachment, ...] = ()


@record(frozen=True, slots=True)
class TurnRetried:
    """The agent's last turn begins anew; what it left is dropped, but its text can be kept to be read."""

    keeps_text: bool = False


@record(frozen=True, slots=True)
class ToolNeedsPerson:
    """A client tool call waits until a person decides."""

    call_id: str


@record(frozen=True, slots=True)
class ToolRunning:
    """A client tool runs with these arguments, which a person may have edited."""

    call_id: str
    arguments: JsonValue


@record(frozen=True, slots=True)
class ToolAnswered:
    """A client tool call has its answer. `duration_ms` is in milliseconds; none where a person answered."""

    call_id: str
    name: str
    outcome: ToolOutcome
    result: JsonValue
    duration_ms: float | None = None
    rejected: bool = False


@record(frozen=True, slots=True)
class GateAnswered:
    """A person answered a human gate or a request for input."""

    approved: bool
    comment: str | None = None
    data: JsonValue = None


@record(frozen=True, slots=True)
class Noted:
    """Something the reader should know about this turn."""

    text: str


@record(frozen=True, slots=True)
class AnswerFound:
    """What the agent said in its last turn, as the platform keeps it; it takes the place of what arrived here."""

    messages: tuple[Message, ...]


EngineEvent: TypeAlias = (
    TurnSent | TurnRetried | ToolNeedsPerson | ToolRunning | ToolAnswered | GateAnswered | Noted | AnswerFound
)
ChatEvent: TypeAlias = RunEvent | EngineEvent
