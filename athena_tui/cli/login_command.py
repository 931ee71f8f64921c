"""`athena-tui login`: store a key for a profile."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys

from athena_tui.cli.connection import config_path
from athena_tui.cli.exit_status import ExitStatus, status_of_error
from athena_tui.cli.failures import explain, reported
from athena_tui.client.errors import ClientError, NotSignedIn
from athena_tui.client.models import ConnectionSettings, Platform
from athena_tui.client.probe import try_key
from athena_tui.client.registry import connect, default_base_url
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile
from athena_tui.config.paths import secrets_file
from athena_tui.config.secrets import KeyPlace, Secrets, system_keyring


def run(arguments: argparse.Namespace) -> int:
    """Ask for a key, try it, keep it; the process's exit status."""
    return reported(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    platform = Platform(arguments.platform or Platform.ATHENA)
    name = arguments.profile or platform.value
    base_url = arguments.base_url or default_base_url(platform)
    if base_url is None:
        raise ConfigError(f"{platform} has no address of its own; give --base-url", key="base_url")
    key = getpass.getpass("API key: ") if sys.stdin.isatty() else sys.stdin.readline()
    key = key.strip()
    if not key:
        raise ConfigError("no key was given; nothing is changed", key="api_key")
    settings = ConnectionSettings(platform, base_url, key, arguments.workspace)
    try:
        asyncio.run(_try_out(settings))
    except ClientError as error:
        if isinstance(error, NotSignedIn):
            error.remedy = "Check the key: it may be mistyped, expired, or of another platform."
        explain(error)
        sys.stderr.write("· nothing is changed\n")
        return status_of_error(error)
    path = config_path(arguments)
    secrets = Secrets(secrets_file(path), system_keyring())
    place = KeyPlace(arguments.keep_in) if arguments.keep_in else secrets.places[0]
    secrets.put(name, place, key)
    profile: dict[str, object] = {"platform": platform.value, "base_url": base_url, "api_key_from": place.value}
    profile |= {"workspace_id": arguments.workspace, "agent_id": arguments.agent_id}
    ConfigFile.change(path, {("profiles", name, setting): value for setting, value in profile.items()})
    sys.stderr.write(f"· profile {name!r} is ready; its key is kept in the {place.value}\n")
    return ExitStatus.COMPLETED


async def _try_out(settings: ConnectionSettings) -> None:
    """Ask the platform for something that needs the key and costs nothing."""
    client = connect(settings)
    try:
        await try_key(client)
    finally:
        await client.aclose()
