"""Things to try with an agent, for a conversation that has nothing in it yet."""

from __future__ import annotations

from athena_tui.chat.workspace import Workspace
from athena_tui.client.models import Agent
from athena_tui.client.protocol import Feature
from athena_tui.tui.widgets.welcome import Invitation

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
