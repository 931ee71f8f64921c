"""Opens the app's connections: settings, the sandbox, client tools, the platform's client, and what is remembered."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace

from athena_tui.chat.journal import StoredJournal
from athena_tui.chat.local_conversations import can_resume, with_conversations
from athena_tui.chat.orphans import take_left_behind
from athena_tui.chat.workspace import Workspace
from athena_tui.cli.agent_file import with_agent_of_file
from athena_tui.cli.connection import agent_was_asked_for, app_policies, config_path, read_settings, sandbox_settings
from athena_tui.client.errors import ClientError
from athena_tui.client.models import Platform
from athena_tui.client.registry import connect, default_base_url
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile
from athena_tui.config.paths import data_dir, database_file, secrets_file
from athena_tui.config.secrets import KeyPlace, Secrets, system_keyring
from athena_tui.config.settings import VARIABLES, Origin, Settings, resolve
from athena_tui.sandbox.process import SandboxFailed, SandboxProcess
from athena_tui.store.database import StoreError
from athena_tui.store.store import Store
from athena_tui.tools.registry import ToolProblem, load_tools
from athena_tui.tools.runner import ToolRunner
from athena_tui.tui.launch import (
    CannotConnect,
    Chosen,
    Connection,
    KnownProfile,
    NothingToConnectTo,
    Profile,
    Sandbox,
    Target,
)


class Opening:
    """Opens connections for one command line.

    Args:
        arguments: The command line.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments

    async def connect(self, target: Target | None) -> Connection:
        """Connect to a target, or where the settings say.

        Raises:
            NothingToConnectTo: No target is given and nothing is configured.
            CannotConnect: The settings or the sandbox are in the way.
        """
        try:
            if isinstance(target, Profile):
                return await self.open(await asyncio.to_thread(profile_settings, self._arguments, target.name))
            settings = await asyncio.to_thread(read_settings, self._arguments)
            if isinstance(target, Sandbox):
                return await self._open_sandbox(replace(without_agent(settings), platform=target.platform))
            if isinstance(target, Chosen):
                return await self.open(chosen_settings(settings, target))
            if self._arguments.sandbox:
                return await self._open_sandbox(settings)
            if not settings.is_configured:
                raise NothingToConnectTo
            return await self.open(settings)
        except (ConfigError, ClientError, StoreError) as error:
            raise CannotConnect(str(error)) from error

    def profiles(self) -> tuple[KnownProfile, ...]:
        """The profiles of the configuration file.

        Raises:
            CannotConnect: The file is wrong.
        """
        try:
            config = ConfigFile.load(config_path(self._arguments))
        except ConfigError as error:
            raise CannotConnect(str(error)) from error
        return tuple(
            KnownProfile(name, profile.platform, profile.base_url or default_base_url(profile.platform) or "")
            for name, profile in config.profiles.items()
        )

    def key_places(self) -> tuple[str, ...]:
        """Where a key can be kept on this machine, the safest first."""
        return tuple(place.value for place in self._secrets().places)

    def keep(self, target: Chosen, place: str) -> str:
        """Remember a target as a profile and its key in a place; returns a sentence that says where.

        Raises:
            CannotConnect: It could not be written.
        """
        path = config_path(self._arguments)
        name = target.profile or target.settings.platform.value
        profile: dict[str, object] = {
            "platform": target.settings.platform.value,
            "base_url": target.settings.base_url,
            "api_key_from": place,
            "workspace_id": target.settings.workspace_id,
            "agent_id": target.agent_id,
            "agent_config": str(target.settings.agent_config.absolute()) if target.settings.agent_config else None,
            "external_user_id": target.settings.external_user_id,
        }
        try:
            if target.settings.api_key:
                self._secrets().put(name, KeyPlace(place), target.settings.api_key)
            ConfigFile.change(path, {("profiles", name, setting): value for setting, value in profile.items()})
        except ConfigError as error:
            raise CannotConnect(str(error)) from error
        return f"Profile {name!r} is kept in {path}, its key in the {place}."

    def _secrets(self) -> Secrets:
        return Secrets(secrets_file(config_path(self._arguments)), system_keyring())

    async def _open_sandbox(self, settings: Settings) -> Connection:
        sandbox = SandboxProcess(data_dir(os.environ) / "sandbox")
        try:
            await sandbox.start()
        except SandboxFailed as error:
            raise CannotConnect(str(error)) from error
        agent_id = settings.agent_id if agent_was_asked_for(settings) else None
        try:
            return await self.open(sandbox_settings(settings, sandbox.announcement, agent_id), sandbox.stop)
        except BaseException:
            await sandbox.stop()
            raise

    async def open(self, settings: Settings, also_close: Callable[[], Awaitable[None]] | None = None) -> Connection:
        """Connect with these settings.

        Args:
            settings: Where, as whom, and with which tools.
            also_close: Ends what was started for this connection.

        Raises:
            ConfigError: No platform is chosen, or the file that defines the agent is wrong.
            ClientError: The platform is unknown or the base URL is none.
            StoreError: The store cannot be opened.
        """
        settings, warnings = await asyncio.to_thread(with_agent_of_file, settings)
        loaded = await asyncio.to_thread(load_tools, settings.tools)
        store = await Store.open(database_file(os.environ))
        policies = app_policies(loaded.tools, settings)
        try:
            workspace = Workspace(
                lambda observer: with_conversations(
                    connect(settings.connection(), observer), store, settings.name, settings.context_messages
                ),
                agent_id=settings.agent_id,
                tools=ToolRunner(loaded.tools, settings.tool_timeout),
                policies=policies,
                journal=StoredJournal(store.runs, settings.name),
                external_user_id=settings.external_user_id,
            )
            resumable = can_resume(workspace.client)
            left_behind = await take_left_behind(store, settings.name, resumable=resumable)
        except BaseException:
            await store.aclose()
            raise

        async def close() -> None:
            await store.aclose()
            if also_close is not None:
                await also_close()

        async def reload_tools() -> tuple[ToolProblem, ...]:
            anew = await asyncio.to_thread(load_tools, settings.tools)
            workspace.tools.replace(anew.tools)
            workspace.policies.update(app_policies(anew.tools, settings))
            return anew.problems

        notices = (*warnings, *left_behind.notices, *(f"Tool left out: {problem}" for problem in loaded.problems))
        return Connection(
            settings.name,
            workspace,
            notices,
            close,
            resume=not agent_was_asked_for(settings),
            left_behind=left_behind.runs,
            agent_file=settings.agent_config,
            keys=tuple(settings.keys.items()),
            tool_sources=tuple(settings.tools),
            tool_problems=loaded.problems,
            reload_tools=reload_tools,
        )


def without_agent(settings: Settings) -> Settings:
    """Settings for another place than those were made for: the agent that was asked for is not there."""
    origins = {name: origin for name, origin in settings.origins.items() if name not in {"agent_id", "agent_config"}}
    return replace(settings, agent_id=None, agent_config=None, origins=origins)


def profile_settings(arguments: argparse.Namespace, name: str) -> Settings:
    """The settings of a profile that was picked by name; what was started with says nothing about where it leads.

    Raises:
        ConfigError: The file is wrong, or there is no such profile any more.
    """
    elsewhere = {variable for setting, variable in VARIABLES.items() if setting != "tools"}
    environ = {variable: value for variable, value in os.environ.items() if variable not in elsewhere}
    return resolve({"profile": name, "tools": arguments.tools}, environ, ConfigFile.load(config_path(arguments)))


def chosen_settings(settings: Settings, target: Chosen) -> Settings:
    """The settings of a target from the connect screen; the rest stays as it is."""
    there = target.settings
    settings = without_agent(settings)
    return replace(
        settings,
        profile=target.profile or there.platform.value,
        platform=Platform(there.platform),
        base_url=there.base_url,
        api_key=there.api_key,
        workspace_id=there.workspace_id,
        external_user_id=there.external_user_id,
        agent_id=target.agent_id,
        identity_token=there.identity_token,
        agent_config=there.agent_config,
        origins={**settings.origins, "agent_id": (Origin.FLAG, "")} if target.agent_id else settings.origins,
    )
