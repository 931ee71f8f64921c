"""What the app is started with: cheap to make, so that the first frame need not wait for anything slow."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeAlias

from athena_tui.client.record import record
from athena_tui.config.appearance import Appearance

if TYPE_CHECKING:
    from athena_tui.chat.workspace import Workspace
    from athena_tui.client.models import ConnectionSettings, Platform
    from athena_tui.store.runs import RunInFlight
    from athena_tui.tools.registry import ToolProblem


async def _nothing() -> None:
    """Leave nothing behind."""


def _speaks_unicode() -> bool:
    """Whether the terminal was declared to take more than ASCII."""
    encoding = getattr(sys.__stderr__, "encoding", None) or "ascii"
    return encoding.lower().replace("-", "").startswith("utf")


@record(frozen=True, slots=True)
class Sandbox:
    """Connect to the sandbox that comes with the app; `platform` is whose API it speaks, Athena's by default."""

    platform: Platform | None = None


@record(frozen=True, slots=True)
class Chosen:
    """Connect to what was entered on the connect screen; `profile` names it if it is to be kept."""

    settings: ConnectionSettings
    agent_id: str | None = None
    profile: str | None = None


@record(frozen=True, slots=True)
class Profile:
    """Connect to what the configuration file has under a name."""

    name: str


Target: TypeAlias = Sandbox | Chosen | Profile


@record(frozen=True, slots=True)
class KnownProfile:
    """A profile of the configuration file, and where it leads."""

    name: str
    platform: Platform
    base_url: str


class NothingToConnectTo(Exception):
    """No platform is configured yet: this is the first run."""


class CannotConnect(Exception):
    """There is nothing to talk to; the message says why and what to do."""


@record(frozen=True, slots=True)
class Connection:
    """An open connection.

    Args:
        name: What the header calls it, and whose drafts and choices are remembered.
        workspace: What one works with.
        notices: What the user should know about how it was set up, such as tools that could not be loaded.
        close: Ends what was started for it, after the workspace was closed.
        resume: Whether to open the conversation one was in last time, instead of the asked-for agent's own.
        left_behind: Runs of an earlier life of the app that are to be followed again.
        agent_file: A file that defines the agent; the platform is still to check it.
        keys: Other keys for what can be done: the binding's id, and its keys.
        tool_sources: The files, folders and modules its client tools were looked for in.
        tool_problems: What went wrong with them.
        reload_tools: Looks for them again; gives back what went wrong this time.
    """

    name: str
    workspace: Workspace
    notices: tuple[str, ...] = ()
    close: Callable[[], Awaitable[None]] = _nothing
    resume: bool = True
    left_behind: tuple[RunInFlight, ...] = ()
    agent_file: Path | None = None
    keys: tuple[tuple[str, str], ...] = ()
    tool_sources: tuple[str, ...] = ()
    tool_problems: tuple[ToolProblem, ...] = ()
    reload_tools: Callable[[], Awaitable[tuple[ToolProblem, ...]]] | None = None

    @property
    def place(self) -> list[str]:
        """Where one is: the profile, the agent and the conversation, as far as there are any."""
        parts = [self.name]
        if self.workspace.agent is not None and self.workspace.agent.name:
            parts.append(self.workspace.agent.name)
        if self.workspace.conversation is not None:
            parts.append(self.workspace.conversation.title or "Untitled")
        return parts


class Connector(Protocol):
    """Makes connections. Its methods import what is slow, so they are called after the first frame."""

    async def connect(self, target: Target | None) -> Connection:
        """Connect to a target, or where the settings say.

        Raises:
            NothingToConnectTo: No target is given and nothing is configured.
            CannotConnect: The settings or the sandbox are in the way.
        """

    async def profiles(self) -> tuple[KnownProfile, ...]:
        """The profiles of the configuration file.

        Raises:
            CannotConnect: The file is wrong.
        """

    async def key_places(self) -> tuple[str, ...]:
        """Where a key can be kept on this machine, the safest first."""

    async def keep(self, target: Chosen, place: str) -> str:
        """Remember a target as a profile and its key in a place; returns a sentence that says where.

        Raises:
            CannotConnect: It could not be written.
        """


@record(frozen=True, slots=True)
class Launch:
    """What the app is started with.

    Args:
        connector: Makes the connection.
        database: The store's file; `None` to remember nothing.
        appearance: How it looks, unless the user changed that while working.
        ascii_only: Draw with ASCII glyphs.
        color_system: What the terminal can show, as rich names it; `None` to find out.
        now: The time of day, for the list of conversations.
        burst: Seconds within which a newline after another key counts as pasted, not as a wish to send.
        environ: The environment, for `$EDITOR`, `$PAGER` and the like.
    """

    connector: Connector
    database: Path | None = None
    appearance: Appearance = field(default_factory=Appearance)
    ascii_only: bool = field(default_factory=lambda: not _speaks_unicode())
    color_system: str | None = None
    now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    burst: float = 0.008
    environ: dict[str, str] = field(default_factory=lambda: dict(os.environ))
