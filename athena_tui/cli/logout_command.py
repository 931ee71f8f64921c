"""`athena-tui logout`: forget the key of a profile."""

from __future__ import annotations

import argparse
import os
import sys

from athena_tui.cli.connection import config_path
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile, nearest
from athena_tui.config.paths import secrets_file
from athena_tui.config.secrets import Secrets, system_keyring


def run(arguments: argparse.Namespace) -> int:
    """Forget a key; the process's exit status."""
    return reported(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    path = config_path(arguments)
    config = ConfigFile.load(path)
    name = arguments.profile or os.environ.get("ATHENA_TUI_PROFILE") or config.default_profile
    if name is None and len(config.profiles) == 1:
        name = next(iter(config.profiles))
    if name is None:
        raise ConfigError("there is more than one profile, or none; name one with --profile", path=path)
    if name not in config.profiles:
        raise ConfigError(f"there is no profile {name!r}", path=path, suggestion=nearest(name, config.profiles))
    place = config.profiles[name].api_key_from
    if place is not None:
        Secrets(secrets_file(path), system_keyring()).forget(name, place)
    ConfigFile.change(path, {("profiles", name, "api_key_from"): None, ("profiles", name, "api_key"): None})
    sys.stderr.write(f"· the key of profile {name!r} is forgotten\n")
    return ExitStatus.COMPLETED
