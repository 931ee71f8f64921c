"""A past conversation as long as one likes, for seeing how a client bears it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import resources
from itertools import cycle, islice

from athena_tui.sandbox.agents.metronome import METRONOME
from athena_tui.sandbox.athena.conversations import Conversations
from athena_tui.sandbox.athena.executions import agent_id
from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.state import SandboxState

_PAGES = ("streams.md", "colour.md", "coffee.md")
_INTERVAL = timedelta(seconds=40)


def write_almanac(state: SandboxState, customer_id: str, length: int) -> None:
    """Keep a conversation with the Metronome, which answers in it at any tempo.

    Args:
        state: Where it is kept.
        customer_id: Whose it is.
        length: Messages it has.
    """
    conversations = Conversations(state)
    moment = state.clock.now() - _INTERVAL * (length + 1)
    conversation_id = conversations.create(customer_id, agent_id(METRONOME), timestamp(moment))
    for role, content in islice(_entries(), length):
        moment += _INTERVAL
        conversations.add(conversation_id, role, content, moment=timestamp(moment))


def _entries() -> Iterator[tuple[str, str]]:
    """Questions and answers without end, all numbered, so that a lost or doubled one shows."""
    sections = [section for page in _PAGES for section in _sections(page)]
    for number, section in enumerate(cycle(sections), start=1):
        heading, _, text = section.partition("\n")
        subject = heading.lstrip("# ")
        yield "user", f"{number}. {subject}?"
        yield "assistant", f"## {number}. {subject}\n{text}"


def _sections(page: str) -> list[str]:
    text = resources.files("athena_tui.sandbox.agents").joinpath("research", page).read_text(encoding="utf-8")
    return [section.strip() for section in re.split(r"^(?=##? )", text, flags=re.MULTILINE) if section.strip()]
