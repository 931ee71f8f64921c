"""What a newcomer finds in the sidebar: a few conversations from the days before the first start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from athena_tui.sandbox.agents.catalogue import agent_by_id
from athena_tui.sandbox.agents.steps import Agent, Text, Turn
from athena_tui.sandbox.athena.conversations import Conversations
from athena_tui.sandbox.athena.executions import agent_id
from athena_tui.sandbox.chance import seeded, timestamp
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


_CONVERSATIONS = (
    _Past("researcher0000000000", 6.2, ("How do I make better coffee at home?",)),
    _Past("postcardwriter000000", 4.1, ("Say hello from the harbour",)),
    _Past("researcher0000000000", 3.3, ("Explain how terminals draw colour", "And how do streams retry?")),
    _Past("sorter00000000000000", 1.2, ("Lunch with Mira 2026-11-20 €18.50, taxi €24.00, todo: file the receipts",)),
    _Past("concierge00000000000", 0.9, ("What can I do here?", "Which keys should I know?", "Thanks!")),
)
_LONG_TITLE = "The lighthouse keeper, one sentence at a time"
_LONG_EXCHANGES = 60


def remember_past(state: SandboxState, customer_id: str) -> None:
    """Write the past once, in the database's first life. All but the latest of each agent are archived."""
    if state.database.one("SELECT 1 FROM athena_conversations LIMIT 1") is not None:
        return
    conversations = Conversations(state)
    now = state.clock.now()
    latest = {past.agent: past for past in _CONVERSATIONS}
    for past in _CONVERSATIONS:
        agent = agent_by_id(past.agent)
        if agent is None:
            raise LookupError(past.agent)
        moment = now - timedelta(days=past.days_ago)
        status = "active" if latest[past.agent] is past else "archived"
        conversation_id = conversations.create(customer_id, agent_id(agent), timestamp(moment), status=status)
        history: list[tuple[str, str]] = []
        for question in past.questions:
            answer = _answer(agent, Turn(question, moment, seeded(question), tuple(history)))
            for role, content in (("user", question), ("assistant", answer)):
                moment += timedelta(seconds=21)
                conversations.add(conversation_id, role, content, moment=timestamp(moment))
                history.append((role, content))
    _remember_long_one(conversations, customer_id, state)


def _remember_long_one(conversations: Conversations, customer_id: str, state: SandboxState) -> None:
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


def _answer(agent: Agent, turn: Turn) -> str:
    """What an agent would have said. Only agents that wait for nobody are asked."""
    return "".join(step.text for step in agent.script(turn) if isinstance(step, Text))
