"""What the platforms have in common, as plain data. Text in here is already sanitised."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar, Union

from athena_tui.client.record import record

# `Union`, because a quoted name cannot stand in `X | Y`.
JsonValue: TypeAlias = Union[bool, int, float, str, list["JsonValue"], dict[str, "JsonValue"], None]  # noqa: UP007
JsonObject: TypeAlias = dict[str, JsonValue]

Item = TypeVar("Item")

EVERY_EXECUTION = "x-every-execution"
"""In `Agent.variables`: set on a property that goes with every message; the others are given once and stay."""


class Platform(StrEnum):
    """A hosted agent platform."""

    ATHENA = "athena"
    ATTHENE = "atthene"
    TENFIVE = "tenfive"


class ToolOutcome(StrEnum):
    """How a tool call ended."""

    SUCCESS = "success"
    ERROR = "error"


class Role(StrEnum):
    """Who wrote a message."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    SYSTEM = "system"


@record(frozen=True, slots=True)
class Usage:
    """Tokens of one or several model calls; `None` where the platform does not say."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    total_tokens: int | None = None

    def __add__(self, other: Usage) -> Usage:
        """The sum; a count that neither names stays unknown."""
        return Usage(
            _sum(self.input_tokens, other.input_tokens),
            _sum(self.output_tokens, other.output_tokens),
            _sum(self.total_tokens, other.total_tokens),
        )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None and other is None else (one or 0) + (other or 0)


@record(frozen=True, slots=True)
class ToolDefinition:
    """A client tool as the agent sees it. `parameters` is a JSON Schema of type object."""

    name: str
    description: str
    parameters: JsonObject


@record(frozen=True, slots=True)
class ToolAnswer:
    """What we say to a client tool call."""

    call_id: str
    outcome: ToolOutcome
    result: JsonValue


@record(frozen=True, slots=True)
class Decision:
    """What a person says to a human gate. `data` is what they typed where input was asked for."""

    approved: bool
    comment: str | None = None
    data: JsonValue = None


@record(frozen=True, slots=True)
class Attachment:
    """A file the platform holds. `reference` is its storage key, URL or data URL; `size` is in bytes."""

    filename: str
    content_type: str
    reference: str
    size: int | None = None


@record(frozen=True, slots=True)
class RunRequest:
    """One turn, ready to be sent.

    `idempotency_key` is made once per intent; the adapter replaces it only where the platform asks for that.
    `stream` false asks for the platform's blocking endpoint. `history` is what was said before, oldest first, for
    platforms that keep no conversations. `variables` are those that are due now; `all_variables` are sent instead
    where the platform turns out to remember none.
    """

    agent_id: str
    message: str
    idempotency_key: str
    conversation_id: str | None = None
    attachments: tuple[Attachment, ...] = ()
    variables: JsonObject = field(default_factory=dict)
    client_tools: tuple[ToolDefinition, ...] = ()
    external_user_id: str | None = None
    stream: bool = True
    history: tuple[Message, ...] = ()
    all_variables: JsonObject = field(default_factory=dict)


@record(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `next_cursor` is `None` at the end."""

    items: tuple[Item, ...]
    next_cursor: str | None = None


@record(frozen=True, slots=True)
class Agent:
    """An agent one can talk to. `variables` is a JSON Schema of its inputs where the platform says so.

    One that does not `needs_message` can be sent an empty one.
    """

    id: str
    name: str
    description: str = ""
    category: str | None = None
    price: str | None = None
    variables: JsonObject | None = None
    needs_message: bool = True


@record(frozen=True, slots=True)
class DefinedAgent:
    """An agent that a file on this machine defines, and what is odd about that file."""

    agent: Agent
    warnings: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Conversation:
    """A conversation as the platform (or, where it has none, our store) lists it."""

    id: str
    agent_id: str | None = None
    title: str | None = None
    archived: bool = False
    updated_at: datetime | None = None
    message_count: int | None = None


@record(frozen=True, slots=True)
class Message:
    """One message of a conversation's history. `tool_calls` are as the platform stored them."""

    id: str
    role: Role
    text: str
    created_at: datetime | None = None
    run_id: str | None = None
    tool_name: str | None = None
    tool_call_id: str | None = None
    tool_calls: tuple[JsonObject, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    feedback: int | None = None


@record(frozen=True, slots=True)
class TopUpPack:
    """A pack the platform recommends after the credits ran out."""

    id: str
    credits: float | None = None
    currency: str | None = None


@record(frozen=True, slots=True)
class Credits:
    """A balance. `active` can be spent; `frozen` waits behind a lapsed subscription."""

    active: float
    frozen: float = 0.0
    inactive: float = 0.0
    next_refresh_at: datetime | None = None
    recommended_pack: TopUpPack | None = None


@record(frozen=True, slots=True)
class EphemeralKey:
    """A short-lived key and the balance that came with it. `lifetime` is in seconds, by the platform's own clock."""

    key: str = field(repr=False)
    expires_at: datetime | None = None
    customer_id: str | None = None
    credits: Credits | None = None
    lifetime: float | None = None


@record(frozen=True, slots=True)
class ConnectionSettings:
    """Where to connect and as whom. Secrets never show in `repr`.

    `identity_token` is a provider's token (Firebase) that is exchanged for an ephemeral key where the platform can
    do that; `agent_config` is a file that defines an agent inline where it can do that.
    """

    platform: Platform
    base_url: str
    api_key: str | None = field(default=None, repr=False)
    workspace_id: str | None = None
    external_user_id: str | None = None
    identity_token: str | None = field(default=None, repr=False)
    agent_config: Path | None = None
