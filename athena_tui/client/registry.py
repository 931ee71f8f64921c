"""Which platforms there are, where they live, and how to connect to one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from athena_tui.client.errors import Unsupported
from athena_tui.client.models import ConnectionSettings, DefinedAgent, Platform
from athena_tui.client.observer import ClientObserver, SilentObserver

if TYPE_CHECKING:
    from athena_tui.client.protocol import AgentClient


@dataclass(frozen=True, slots=True)
class PlatformEntry:
    """One platform.

    `module` has a function `connect(settings, observer) -> AgentClient`; it is imported when a connection is made.
    `default_base_url` is `None` where the documentation names no host. `agent_files` is a module that has a function
    `defined_agent(path) -> DefinedAgent`, where the platform runs agents that are defined in a file.
    """

    module: str
    default_base_url: str | None
    agent_files: str | None = None


PLATFORMS: Final[Mapping[Platform, PlatformEntry]] = {
    Platform.ATHENA: PlatformEntry("athena_tui.client.athena.client", "https://athena-dev-api.leanscale.com"),
    Platform.ATTHENE: PlatformEntry(
        "athena_tui.client.atthene.client",
        "https://api-be.atthene.com/api/v1",
        agent_files="athena_tui.client.atthene.configuration",
    ),
    Platform.TENFIVE: PlatformEntry("athena_tui.client.tenfive.client", "http://localhost:3000"),
}


def default_base_url(platform: Platform) -> str | None:
    """Where the platform's API is, unless the user says otherwise."""
    entry = PLATFORMS.get(platform)
    return entry.default_base_url if entry else None


def defined_agent(platform: Platform, path: Path) -> DefinedAgent:
    """The agent that a file defines, checked before anything is sent. Blocks.

    Raises:
        Unsupported: The platform runs no agents that are defined in a file.
        InvalidRequest: The file is wrong; the message has a line for each problem, with file, line and key.
    """
    entry = PLATFORMS.get(platform)
    if entry is None or entry.agent_files is None:
        raise Unsupported(f"{platform} runs no agents that are defined in a file.")
    agent: DefinedAgent = import_module(entry.agent_files).defined_agent(path)
    return agent


def connect(settings: ConnectionSettings, observer: ClientObserver | None = None) -> AgentClient:
    """Return a client for the platform; nothing is sent yet.

    Raises:
        Unsupported: This version does not know the platform.
        ConnectionFailed: The base URL is not a web address.
    """
    entry = PLATFORMS.get(settings.platform)
    if entry is None:
        raise Unsupported(f"This version cannot connect to {settings.platform}.")
    client: AgentClient = import_module(entry.module).connect(settings, observer or SilentObserver())
    return client
