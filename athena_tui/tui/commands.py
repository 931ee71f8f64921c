"""Every command there is: in the palette, behind `/` in the composer, and with the reason where one cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum, auto
from typing import Any

from textual.dom import DOMNode
from textual.screen import Screen

from athena_tui.chat.session import SessionState
from athena_tui.chat.workspace import Workspace
from athena_tui.client.protocol import Feature


class Needs(Enum):
    """What must be there for a command to make sense."""

    NOTHING = auto()
    CONNECTION = auto()
    AGENT = auto()
    VARIABLES = auto()
    RUN = auto()
    TURNS = auto()


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can ask for.

    Args:
        name: What follows the slash.
        title: What the palette calls it.
        help: One sentence about it.
        action: The action of the main screen or the app, or with `chat.` in front that of the conversation.
        needs: What must be there.
        feature: What the platform must be able to do.
        key: The key that does the same.
        drastic: It ends or puts away something, so it must be asked for by its name.
    """

    name: str
    title: str
    help: str
    action: str
    needs: Needs = Needs.NOTHING
    feature: Feature | None = None
    key: str = ""
    drastic: bool = False

    def obstacle(self, workspace: Workspace | None) -> str | None:
        """Why it cannot be used now, or `None` where it can."""
        if self.needs is Needs.NOTHING:
            return None
        if workspace is None:
            return "Not connected."
        if self.feature is not None and (reason := workspace.client.capabilities.reason(self.feature)):
            return reason
        return None if self.needs is Needs.CONNECTION else self._obstacle_here(workspace)

    def _obstacle_here(self, workspace: Workspace) -> str | None:
        """Why it cannot be used with this agent, in this conversation."""
        session = workspace.session
        if session is None:
            return "No agent is chosen: ctrl+o."
        if self.needs is Needs.VARIABLES and not (workspace.agent and workspace.agent.variables):
            return "This agent asks for nothing beside the message."
        if self.needs is Needs.RUN and session.state is SessionState.IDLE:
            return "Nothing runs."
        if self.needs is Needs.TURNS and not session.transcript.turns:
            return "Nothing was said yet."
        return None


COMMANDS = (
    Command("new", "New conversation", "Begin afresh with this agent", "new_conversation", Needs.AGENT, key="ctrl+n"),
    Command("agents", "Choose an agent", "See whom one can talk to", "agents", Needs.CONNECTION, key="ctrl+o"),
    Command(
        "from-file",
        "Use an agent from a file",
        "A YAML or JSON file that defines it; checked before anything is sent",
        "agent_file",
        Needs.CONNECTION,
        Feature.AGENT_FILES,
    ),
    Command("connect", "Connect", "Pick the sandbox or a platform, and a key", "connect", key="ctrl+k"),
    Command("stop", "Stop the run", "What was said so far stays", "chat.stop", Needs.RUN, key="esc", drastic=True),
    Command("retry", "Retry", "Let the agent answer the last message again", "chat.retry", Needs.TURNS),
    Command("older", "Load earlier messages", "Fetch one more page of history", "chat.older", Needs.AGENT),
    Command(
        "attach",
        "Attach a file",
        "Or type @, or paste its path",
        "chat.attach_file",
        Needs.CONNECTION,
        Feature.ATTACHMENTS,
        key="@",
    ),
    Command("find", "Find a conversation", "Filter the list by title", "find", Needs.CONNECTION, key="ctrl+f"),
    Command(
        "archive",
        "Archive this conversation",
        "Put it away; the next message opens another",
        "archive",
        Needs.TURNS,
        Feature.CONVERSATIONS,
        drastic=True,
    ),
    Command(
        "variables",
        "Variables",
        "What this agent asks for beside the message",
        "variables",
        Needs.VARIABLES,
        Feature.VARIABLES,
        key="F2",
    ),
    Command(
        "tools",
        "Tools workbench",
        "Call the tools of this machine by hand; what agents called",
        "tools",
        Needs.CONNECTION,
        key="F3",
    ),
    Command("usage", "Usage", "What was used, by hour, day or month", "usage", Needs.CONNECTION, Feature.USAGE_REPORT),
    Command("sidebar", "Show or hide the conversations", "The list at the left", "toggle_sidebar", key="ctrl+b"),
    Command("end", "Go to the end", "Follow new text again", "chat.follow", Needs.TURNS),
    Command("copy", "Copy the last answer", "As Markdown", "chat.copy_answer", Needs.TURNS),
    Command("editor", "Write in the editor", "Opens $EDITOR with the message", "external_editor", key="ctrl+g"),
    Command("reload", "Reload", "Fetch agents, conversations and credits anew", "reload", Needs.CONNECTION, key="F5"),
    Command("theme", "Change the theme", "Ours and Textual's, shown as you go", "change_theme"),
    Command("dark", "Dark or light", "Swap our dark theme for our light one", "toggle_dark"),
    Command("help", "Keys", "What can be pressed where you are", "help", key="F1"),
    Command("quit", "Quit", "Drafts are kept; runs are stopped", "ask_to_quit", key="ctrl+q", drastic=True),
)


async def perform(command: Command, screen: Screen[Any]) -> None:
    """Do what a command asks for: the action of the conversation, of the screen, or else of the app."""
    await screen.app.run_action(command.action.removeprefix("chat."), default_namespace=owner_of(command, screen))


def owner_of(command: Command, screen: Screen[Any]) -> DOMNode:
    """Who does what a command asks for."""
    if command.action.startswith("chat."):
        return screen.query_one("#chat")
    return screen if hasattr(screen, f"action_{command.action}") else screen.app


def matching(prefix: str) -> tuple[Command, ...]:
    """The commands whose name begins with what was typed."""
    return tuple(command for command in COMMANDS if command.name.startswith(prefix.casefold()))


def no_command(text: str) -> str | None:
    """What to say of a message that looks like a command and is none; nothing of others, such as paths."""
    found = re.match(r"/([^\s/]+)(?=\s|$)", text)
    if found is None:
        return None
    names = [command.name for command in COMMANDS]
    if found[1] in names:
        return f"/{found[1]} takes nothing after it."
    near = get_close_matches(found[1], names, 1)
    return f"There is no command /{found[1]}" + (f"; did you mean /{near[0]}?" if near else ".")


def named(name: str) -> Command:
    """The command of a name."""
    return next(command for command in COMMANDS if command.name == name)
