"""`athena-tui sandbox`: the embedded server on its own."""

from __future__ import annotations

import argparse
import os

from athena_tui.config.paths import data_dir
from athena_tui.sandbox import command


def run(arguments: argparse.Namespace) -> int:
    """Run the sandbox, with its data where the app keeps it; the process's exit status."""
    if arguments.data_dir is None and not arguments.ephemeral:
        arguments.data_dir = data_dir(os.environ) / "sandbox"
    return command.run(arguments)
