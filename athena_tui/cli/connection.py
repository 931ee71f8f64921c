"""From a command line to a connection: settings resolved, the sandbox started where it was asked for, tools loaded."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from athena_tui.config.paths import config_file, data_dir, database_file

if TYPE_CHECKING:
    from athena_tui.client.models import Agent
    from athena_tui.client.observer import ClientObserver
    from athena_tui.client.protocol import AgentClient
    from athena_tui.config.settings import Settings
    from athena_tui.tools import AnyTool, ToolPolicy
    from athena_tui.tools.registry import LoadedTools


def read_settings(arguments: argparse.Namespace) -> Settings:
    """The settings in force for this command line.

    Raises:
        ConfigError: The configuration file, a variable or a flag is wrong.
    """
    from athena_tui.config.errors import ConfigError
    from athena_tui.config.file import ConfigFile
    from athena_tui.config.settings import resolve

    path = config_path(arguments)
    if arguments.config is not None and not path.exists():
        raise ConfigError("there is no such file", path=path)
    flags = vars(arguments)
    return resolve(flags, os.environ, ConfigFile.load(path))


def config_path(arguments: argparse.Namespace) -> Path:
    """The configuration file this command line means."""
    return config_file(os.environ, arguments.config)


@asynccontextmanager
async def connection_settings(arguments: argparse.Namespace) -> AsyncIterator[Settings]:
    """The settings to connect with; with `--sandbox` those of a sandbox that lives as long as this context.

    Raises:
        ConfigError: Something is wrong with the settings.
        SandboxFailed: The sandbox did not start.
    """
    settings = read_settings(arguments)
    if not arguments.sandbox:
        yield _checked(settings)
        return
    from athena_tui.sandbox.process import SandboxProcess

    agent_id = settings.agent_id if agent_was_asked_for(settings) else None
    async with SandboxProcess(data_dir(os.environ) / "sandbox") as sandbox:
        yield _checked(sandbox_settings(settings, sandbox.announcement, agent_id))


def _checked(settings: Settings) -> Settings:
    """The settings with the agent that a file defines; what is odd about the file is told on stderr."""
    if settings.agent_config is None:
        return settings
    from athena_tui.cli.agent_file import with_agent_of_file

    settings, warnings = with_agent_of_file(settings)
    for warning in warnings:
        sys.stderr.write(f"athena-tui: {warning}\n")
    return settings


def sandbox_settings(settings: Settings, announcement: dict[str, dict[str, object]], agent_id: str | None) -> Settings:
    """Point settings at a sandbox: its addresses and keys, and the example tools where none were chosen.

    Args:
        settings: What applies beside the connection, and the platform where one was chosen.
        announcement: What the sandbox said when it started.
        agent_id: An agent named on the command line; otherwise the platform's first one.
    """
    from athena_tui.client.models import Platform
    from athena_tui.config.settings import Origin
    from athena_tui.tools.registry import EXAMPLES

    platform = settings.platform or Platform.ATHENA
    there = announcement[platform.value]
    origin, _ = settings.origins.get("agent_config", (Origin.DEFAULT, ""))
    agents = there.get("agents")
    first = agents[0]["id"] if isinstance(agents, list) and agents else None
    return replace(
        settings,
        # What is kept on this machine for one of its platforms means nothing to the others.
        profile="sandbox" if settings.platform is None else f"sandbox-{platform}",
        platform=platform,
        base_url=str(there["base_url"]),
        api_key=str(there["api_key"]),
        workspace_id=str(there["workspace_id"]) if there.get("workspace_id") else None,
        agent_id=agent_id or first,
        external_user_id=None,
        identity_token=None,
        agent_config=settings.agent_config if origin is Origin.FLAG else None,
        tools=settings.tools or (EXAMPLES,),
    )


@asynccontextmanager
async def connected(
    arguments: argparse.Namespace, observer: ClientObserver | None = None, *, conversations: bool = False
) -> AsyncIterator[tuple[AgentClient, Settings]]:
    """A client for this command line, closed at the end.

    Args:
        arguments: The command line.
        observer: Is told about the connection.
        conversations: Whether they are needed: those of a platform that keeps none are kept in the store.

    Raises:
        ConfigError: Something is wrong with the settings.
        ClientError: The platform is unknown or the base URL is none.
        StoreError: The store is needed and cannot be opened.
    """
    from athena_tui.client.protocol import Feature
    from athena_tui.client.registry import connect

    async with AsyncExitStack() as ending:
        settings = await ending.enter_async_context(connection_settings(arguments))
        client = connect(settings.connection(), observer)
        ending.push_async_callback(client.aclose)
        if conversations and not client.capabilities.has(Feature.CONVERSATIONS):
            from athena_tui.chat.local_conversations import LocalConversations
            from athena_tui.store.store import Store

            store = await ending.enter_async_context(await Store.open(database_file(os.environ)))
            client = LocalConversations(client, store, settings.name, settings.context_messages)
        yield client, settings


async def agent_to_ask(client: AgentClient, settings: Settings) -> str:
    """The agent that a message goes to; empty where the platform has one voice, which needs no name.

    Raises:
        ConfigError: None is chosen, or a name is not that of exactly one.
    """
    from athena_tui.client.naming import AN_ID, WhichAgent, agent_named
    from athena_tui.client.protocol import Feature
    from athena_tui.config.errors import ConfigError

    if not client.capabilities.has(Feature.AGENTS):
        return settings.agent_id or ""
    if not settings.agent_id:
        raise ConfigError("no agent is chosen; name one with --agent, or set ATHENA_TUI_AGENT_ID")
    if AN_ID.fullmatch(settings.agent_id):
        return settings.agent_id
    try:
        return agent_named(settings.agent_id, await all_agents(client))
    except WhichAgent as error:
        raise ConfigError(f"{error.message} {error.remedy}") from error


async def all_agents(client: AgentClient) -> list[Agent]:
    """Every agent that is listed; none where they cannot be had, for one need not list them to talk to one."""
    from athena_tui.client.errors import ClientError

    found: list[Agent] = []
    cursor: str | None = None
    with contextlib.suppress(ClientError):
        while True:
            page = await client.agents(cursor)
            found += page.items
            if page.next_cursor in {None, cursor}:
                break
            cursor = page.next_cursor
    return found


def load_tools_aloud(settings: Settings) -> LoadedTools:
    """Load the client tools; what is broken is told on stderr and left out."""
    from athena_tui.tools.registry import load_tools

    loaded = load_tools(settings.tools)
    for problem in loaded.problems:
        sys.stderr.write(f"athena-tui: tool left out: {problem}\n")
    return loaded


def app_policies(tools: Iterable[AnyTool], settings: Settings) -> dict[str, ToolPolicy]:
    """What the app does about each tool: it asks first, unless the settings or the tool's author say otherwise."""
    from athena_tui.tools import ToolPolicy

    chosen = {tool.name: ToolPolicy.ASK if tool.policy is ToolPolicy.AUTO else tool.policy for tool in tools}
    return chosen | {name: ToolPolicy(policy) for name, policy in settings.tool_policies.items()}


def agent_was_asked_for(settings: Settings) -> bool:
    """Whether the command line or the environment names an agent, rather than a profile or nothing."""
    from athena_tui.config.settings import Origin

    origin, _ = settings.origins.get("agent_id", (Origin.DEFAULT, ""))
    return settings.agent_id is not None and origin in {Origin.FLAG, Origin.ENVIRONMENT}
