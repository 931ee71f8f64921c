"""`athena-tui` without a command: the app."""

from __future__ import annotations

import argparse
import gc
import os
import sys

from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.terminal import terminal_problem

_PAINTS = "240"
"""How often a second Textual may paint: a key that is pressed just after a frame of an answer waits for the next."""


def run(arguments: argparse.Namespace) -> int:
    """Open the app; the process's exit status."""
    problem = terminal_problem(os.environ, is_terminal=sys.stdin.isatty() and sys.stdout.isatty())
    if problem is not None:
        sys.stderr.write(f"athena-tui: {problem}\n")
        return ExitStatus.WRONG_USAGE
    # What is imported and mounted for the first frame stays, so collecting meanwhile finds nothing and costs a tenth of
    # the time; the app turns collecting on again when the frame is painted.
    gc.disable()
    os.environ.setdefault("TEXTUAL_FPS", _PAINTS)
    from athena_tui.cli.connector import SettingsConnector
    from athena_tui.config.appearance import read_appearance
    from athena_tui.config.paths import config_file, database_file
    from athena_tui.tui.app import AthenaApp
    from athena_tui.tui.launch import Launch
    from athena_tui.tui.plain_letters import degrade

    degrade(sys.__stderr__)  # where Textual draws
    launch = Launch(
        SettingsConnector(arguments),
        database=database_file(os.environ),
        appearance=read_appearance(config_file(os.environ, arguments.config)),
    )
    app = AthenaApp(launch)
    app.run()
    return app.return_code or ExitStatus.COMPLETED
