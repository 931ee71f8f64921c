"""What an agent's script can do.

A script is a generator of steps. Most steps get no answer; `call_client` and `ask_person` suspend the run and return
what the client or the person said. A script must depend on its turn alone: a run that was suspended is picked up by
playing its script again, silently, with the answers so far.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True)
class Text:
    """Part of the answer, streamed at `rate` tokens a second."""

    text: str
    rate: float = 110.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """Part of the answer in exactly these chunks, at `rate` a second."""

    chunks: tuple[str, ...]
    rate: float


@dataclass(frozen=True, slots=True)
class Reasoning:
    """Thinking, streamed at `rate` tokens a second."""

    text: str
    rate: float = 140.0


@dataclass(frozen=True, slots=True)
class ServerTool:
    """A tool the platform runs, taking `seconds`."""

    name: str
    arguments: Mapping[str, Any]
    result: Any
    seconds: float = 0.6
    ok: bool = True


@dataclass(frozen=True, slots=True)
class NodeStart:
    """A workflow node begins."""

    node_id: str


@dataclass(frozen=True, slots=True)
class NodeEnd:
    """A workflow node ends."""

    node_id: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Silence."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture is generated for `credits`, taking `seconds`."""

    prompt: str
    seconds: float
    credits: float


@dataclass(frozen=True, slots=True)
class Output:
    """The structured output."""

    value: Any


@dataclass(frozen=True, slots=True)
class Fail:
    """The run fails here."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ClientCall:
    """One call of a tool on the client's machine."""

    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClientCalls:
    """Suspends the run until all of these are answered."""

    calls: tuple[ClientCall, ...]


@dataclass(frozen=True, slots=True)
class Gate:
    """Suspends the run until a person decides."""

    prompt: str
    options: tuple[str, ...] = ("approve", "reject")
    node_id: str = "gate_1"


@dataclass(frozen=True, slots=True)
class ToolReply:
    """What the client said to one call; `result` is the reason where `ok` is false."""

    ok: bool
    result: Any


@dataclass(frozen=True, slots=True)
class GateReply:
    """What the person decided."""

    approved: bool
    comment: str = ""


Step: TypeAlias = (
    Text | Tokens | Reasoning | ServerTool | NodeStart | NodeEnd | Wait | Picture | Output | Fail | ClientCalls | Gate
)
Reply: TypeAlias = tuple[ToolReply, ...] | GateReply | None
Script: TypeAlias = Generator[Step, Reply, None]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a run starts from. `history` holds (role, text) pairs, oldest first; `credits` is the balance."""

    message: str
    now: datetime
    random: random.Random
    history: tuple[tuple[str, str], ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Mapping[str, Any], ...] = ()
    tools: frozenset[str] = frozenset()
    credits: float | None = None


@dataclass(frozen=True, slots=True)
class PriceRule:
    """`adjustment` credits more when a variable has a value."""

    name: str
    variable: str
    value: str
    adjustment: float


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent and what a storefront says about it.

    Args:
        key: Record key, 20 characters of `[0-9a-z]`.
        name: What people call it.
        description: One sentence.
        category: Storefront category.
        credits: Price of a run.
        script: Plays one turn.
        accepts_client_tools: Whether it is offered the client's tools.
        requires_user_message: Whether a run needs a message.
        server_tools: Names of its own tools.
        variables: JSON Schema of its inputs, if it has any.
        price_rules: What makes a run dearer.
        output_schema: JSON Schema of its structured output, if it has one.
        api_enabled: Whether the API may call it.
        quickstart_order: Streams open with a node and close with a bare `final`, as in the quickstart.
    """

    key: str
    name: str
    description: str
    category: str
    credits: float
    script: Callable[[Turn], Script]
    accepts_client_tools: bool = False
    requires_user_message: bool = True
    server_tools: tuple[str, ...] = ()
    variables: Mapping[str, Any] | None = None
    price_rules: tuple[PriceRule, ...] = ()
    output_schema: Mapping[str, Any] | None = None
    api_enabled: bool = True
    quickstart_order: bool = False


def call_client(*calls: ClientCall) -> Generator[Step, Reply, tuple[ToolReply, ...]]:
    """Have the client run these tools; one reply for each."""
    reply = yield ClientCalls(calls)
    if not isinstance(reply, tuple):
        raise TypeError("tool calls are answered by replies")
    return reply


def ask_person(prompt: str) -> Generator[Step, Reply, GateReply]:
    """Have a person decide."""
    reply = yield Gate(prompt)
    if not isinstance(reply, GateReply):
        raise TypeError("a gate is answered by a decision")
    return reply
