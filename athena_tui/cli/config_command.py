"""`athena-tui config`: settings and where each came from."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys

from athena_tui.cli.connection import config_path, read_settings
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.config.file import ConfigFile


def run(arguments: argparse.Namespace) -> int:
    """Show, name or edit the configuration; the process's exit status."""
    return reported(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    path = config_path(arguments)
    match arguments.action:
        case "path":
            sys.stdout.write(f"{path}\n")
        case "edit":
            editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603  # the user's own editor
            except OSError as error:
                sys.stderr.write(f"athena-tui config: {editor}: {error.strerror}; set EDITOR\n")
                return ExitStatus.WRONG_USAGE
            ConfigFile.load(path)
        case _:
            effective = read_settings(arguments).effective()
            records = [
                {"setting": each.name, "value": each.value, "from": f"{each.origin} {each.detail}".strip()}
                for each in effective
            ]
            print_records([dict(record) for record in records], as_json=arguments.json)
    return ExitStatus.COMPLETED
