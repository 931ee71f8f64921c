"""What a conversation that has nothing in it yet says: whom one talks to, and things to try."""

from __future__ import annotations

import re

from athena_tui.chat.workspace import Workspace
from athena_tui.client.models import Agent, Conversation
from athena_tui.tui.fetching import active_conversation
from athena_tui.tui.widgets.welcome import Invitation, Welcome

_BY_NAME: dict[str, tuple[str, ...]] = {
    "Concierge": (
        "Give me a tour of what you can do.",
        "Which keys are worth knowing first?",
        "How do tools on my machine work?",
    ),
    "Ledger analyst": (
        "Summarise my last 7 days of spending.",
        "Which category did I spend most on?",
        "What does the calculator make of 19 % on 84.20?",
    ),
    "Researcher": (
        "Why do terminals still matter?",
        "How does server-sent streaming work?",
        "Compare two ways to keep a long list fast.",
    ),
    "Illustrator": (
        "A quick sketch of hills in the morning.",
        "A lake under a low sun.",
        "Mountains after the first snow.",
    ),
    "Sorter": (
        "Lunch $18.50, taxi $24.00; call Ada on 2026-12-01.",
        "Urgent! Send the offer to ada@example.com by 2026-11-30.",
        "Rent 950.00, power 61.20; remember to pay both.",
    ),
    "Brittle": (
        "Try something you have done many times.",
        "Mend the floorboards in the hall.",
        "Fail, so that I can see how it looks.",
    ),
    "Postcard writer": (
        "Write about the sea.",
        "Tell them that the food is good.",
        "Say that I come home on Sunday.",
    ),
    "Gatekeeper": (
        "Write a mail to Ada about the release.",
        "Draft a note to the team about Friday's dinner.",
        "Write to my landlord about the broken heating.",
    ),
    "Echo": (
        "Hello?",
        "A **bold** word, a `piece of code`, and a [link](https://example.com).",
        "Naïve café, 日本語, 👋",
    ),
    "Metronome": (
        "500 tokens at 100/s",
        "2000 tokens at 400/s",
        "60 tokens at 5/s",
    ),
}
"""What the agents of the sandbox are good at."""

_QUOTED = re.compile(r"[“\"]([^”\"]{3,80})[”\"]")


def greet(welcome: Welcome, workspace: Workspace) -> None:
    """Say whom one talks to and what could be said, or where to find somebody."""
    agent = workspace.agent
    if agent is None:
        there = (("ctrl+o", "choose an agent"), ("ctrl+k", "connect elsewhere"))
        welcome.show("Nobody to talk to yet", "No agent is chosen.", keys=there)
        return
    text = agent.description or "Write a message below."
    if (ongoing := _ongoing(workspace)) is not None:
        text += f"\nYour message continues “{ongoing.title or 'Untitled'}”; ctrl+n begins afresh."
    keys = (("ctrl+o", "talk to another agent"), ("ctrl+p", "all commands"), ("F1", "keys"))
    welcome.show(agent.name or "What is to be done?", text, invitations(agent), keys)


def _ongoing(workspace: Workspace) -> Conversation | None:
    """The conversation that the first message would join, though nothing of it is shown."""
    session = workspace.session
    if session is None or session.conversation_id is not None or session.options.fresh:
        return None
    return active_conversation(workspace, workspace.agent_id)


def invitations(agent: Agent) -> tuple[Invitation, ...]:
    """Up to three things to try with an agent; of a stranger only what its description quotes is known to fit."""
    texts = _BY_NAME.get(agent.name) or tuple(_QUOTED.findall(agent.description or ""))[:3]
    return tuple(Invitation(str(number), text, text) for number, text in enumerate(texts, start=1))
