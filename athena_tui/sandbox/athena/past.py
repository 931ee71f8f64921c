"""What a newcomer finds in the sidebar: a few conversations from the days before the first start.

The Concierge's is archived: a newcomer's first words to the Concierge open a fresh one, and are welcomed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from athena_tui.sandbox.agents.catalogue import agent_by_id
from athena_tui.sandbox.agents.steps import Agent, ServerTool, Text, Turn
from athena_tui.sandbox.athena.almanac import write_almanac
from athena_tui.sandbox.athena.conversations import Conversations
from athena_tui.sandbox.athena.executions import agent_id
from athena_tui.sandbox.chance import seeded, timestamp
from athena_tui.sandbox.json_text import encode
from athena_tui.sandbox.state import SandboxState

_STORIES = (
    "The first light came on at six, as it always did, and the keeper wrote it down.",
    "A boat passed without lights. He wrote that down too, and underlined it.",
    "In the drawer lay a letter that had come for the man before him.",
    "The fog stood at the door like somebody who has forgotten why he came.",
    "He counted the steps on the way up, and they were one more than yesterday.",
    "At noon the radio played a song he had last heard in another language.",
    "The gulls held a council on the railing and reached no decision.",
    "By evening the wind had turned, and with it everything that was tied to something.",
)


@dataclass(frozen=True, slots=True)
class _Past:
    agent: str
    days_ago: float
    questions: tuple[str, ...]
    active: bool = False


_CONVERSATIONS = (
    _Past("researcher0000000000", 6.2, ("How do I make better coffee at home?",)),
    _Past("postcardwriter000000", 4.1, ("Say hello from the harbour",), active=True),
    _Past("researcher0000000000", 3.3, ("Explain how terminals draw colour", "And how do streams retry?"), active=True),
    _Past(
        "sorter00000000000000",
        1.2,
        ("Lunch with Mira 2026-11-20 €18.50, taxi €24.00, todo: file the receipts",),
        active=True,
    ),
    _Past("concierge00000000000", 0.9, ("What can I do here?", "Which keys should I know?", "Thanks!")),
)
_LONG_TITLE = "The lighthouse keeper, one sentence at a time"
_LONG_EXCHANGES = 60


def remember_past(state: SandboxState, customer_id: str) -> None:
    """Write the past once, in the database's first life."""
    if state.database.one("SELECT 1 FROM athena_conversations LIMIT 1") is not None:
        return
    for past in _CONVERSATIONS:
        agent = agent_by_id(past.agent)
        if agent is None:
            raise LookupError(past.agent)
        _Diary(state, customer_id, agent, past).write()
    _remember_long_one(state, customer_id)
    if state.options.messages > 0:
        write_almanac(state, customer_id, state.options.messages)


class _Diary:
    """Writes one past conversation as its runs would have left it."""

    def __init__(self, state: SandboxState, customer_id: str, agent: Agent, past: _Past) -> None:
        self._state = state
        self._agent = agent
        self._questions = past.questions
        self._conversations = Conversations(state)
        self._moment = state.clock.now() - timedelta(days=past.days_ago)
        status = "active" if past.active else "archived"
        self._id = self._conversations.create(customer_id, agent_id(agent), timestamp(self._moment), status=status)

    def write(self) -> None:
        """Ask each question and keep what the agent says."""
        history: list[tuple[str, str]] = []
        for question in self._questions:
            self._add("user", question)
            turn = Turn(question, self._moment, seeded(question), tuple(history))
            history += [("user", question), ("assistant", self._answer(turn))]

    def _answer(self, turn: Turn) -> str:
        """Only agents that wait for nobody are asked, so that every step is one of these two or silent."""
        said = ""
        for step in self._agent.script(turn):
            if isinstance(step, Text):
                said += step.text
            elif isinstance(step, ServerTool):
                call_id = f"tc_{self._state.ids.key(8)}"
                call = {"tool_call_id": call_id, "name": step.name, "arguments": dict(step.arguments)}
                self._add("assistant", said, tool_calls=[call])
                self._add("tool", encode(step.result), tool_call_id=call_id, name=step.name)
                said = ""
        self._add("assistant", said)
        return said

    def _add(
        self,
        role: str,
        content: str,
        *,
        tool_calls: object = (),
        tool_call_id: str | None = None,
        name: str | None = None,
    ) -> None:
        self._moment += timedelta(seconds=21)
        self._conversations.add(
            self._id,
            role,
            content,
            tool_calls=tool_calls,
            tool_call_id=tool_call_id,
            name=name,
            moment=timestamp(self._moment),
        )


def _remember_long_one(state: SandboxState, customer_id: str) -> None:
    conversations = Conversations(state)
    moment = state.clock.now() - timedelta(days=2.4)
    conversation_id = conversations.create(
        customer_id, "agent:postcardwriter000000", timestamp(moment), status="archived"
    )
    for role, content in _long_story():
        moment += timedelta(seconds=17)
        conversations.add(conversation_id, role, content, moment=timestamp(moment))


def _long_story() -> Iterator[tuple[str, str]]:
    yield "user", _LONG_TITLE
    yield "assistant", "Gladly. Say *next*, and I will add a sentence."
    for number in range(1, _LONG_EXCHANGES):
        yield "user", "next"
        yield "assistant", f"*{number}.* {_STORIES[(number - 1) % len(_STORIES)]}"
