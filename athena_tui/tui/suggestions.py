"""What a conversation that has nothing in it yet says: whom one talks to, and things to try."""

from __future__ import annotations

from athena_tui.chat.workspace import Workspace
from athena_tui.client.models import Agent, Conversation
from athena_tui.client.protocol import Feature
from athena_tui.tui.fetching import active_conversation
from athena_tui.tui.widgets.welcome import Invitation, Welcome

_BY_NAME: dict[str, tuple[str, str, str]] = {
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
}
"""What the agents of the sandbox are good at; any other agent gets what suits everyone."""


def greet(welcome: Welcome, workspace: Workspace) -> None:
    """Say whom one talks to and what could be said, or where to find somebody."""
    agent = workspace.agent
    if agent is None:
        there = (("ctrl+o", "choose an agent"), ("ctrl+k", "connect elsewhere"))
        welcome.show("Nobody to talk to yet", "No agent is chosen.", keys=there)
        return
    text = agent.description or "Write a message below, or begin with one of these."
    if (ongoing := _ongoing(workspace)) is not None:
        text += f"\nYour message continues “{ongoing.title or 'Untitled'}”; ctrl+n begins afresh."
    keys = (("ctrl+o", "talk to another agent"), ("ctrl+p", "all commands"), ("F1", "keys"))
    welcome.show(agent.name, text, invitations(agent, workspace), keys)


def _ongoing(workspace: Workspace) -> Conversation | None:
    """The conversation that the first message would join, though nothing of it is shown."""
    session = workspace.session
    if session is None or session.conversation_id is not None or session.options.fresh:
        return None
    return active_conversation(workspace, workspace.agent_id)


def invitations(agent: Agent, workspace: Workspace) -> tuple[Invitation, ...]:
    """Three things to try with an agent."""
    texts = _BY_NAME.get(agent.name) or (
        "What can you do? Show me with an example.",
        _tool_text(workspace) or "Explain what you need to know from me.",
        "Answer with a short table and a piece of code.",
    )
    return tuple(Invitation(str(number), text, text) for number, text in enumerate(texts, start=1))


def _tool_text(workspace: Workspace) -> str | None:
    if not workspace.tools.tools or not workspace.client.capabilities.has(Feature.CLIENT_TOOLS):
        return None
    return f"Which of the tools on my machine can you use? Try {next(iter(workspace.tools.tools))}."
