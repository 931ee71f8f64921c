"""The `athena-tui sandbox` command. Imports only argparse until it runs."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0, the default, picks a free one")
    parser.add_argument("--seed", type=int, help="make ids, times and answers the same on every run")
    parser.add_argument(
        "--fault",
        default="",
        metavar="SPEC",
        help="what goes wrong, as [PATH=]KIND[@N][:COUNT],…: drop@40 cuts every stream after 40 events, execute=429:3 "
        "refuses three runs, html502:1 answers with a proxy's page once; also slow and expire@5",
    )
    parser.add_argument("--pace", type=float, default=1.0, help="factor on every delay; 0 answers at once")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data-dir", type=Path, metavar="DIR", help="keep the data here, not in the app's data folder")
    where.add_argument("--ephemeral", action="store_true", help="keep the data in memory")
    parser.add_argument("--credits", type=float, default=87.4, help="balance to start with (default: %(default)s)")
    parser.add_argument(
        "--messages",
        type=int,
        default=0,
        metavar="COUNT",
        help="begin with one more past conversation of this many messages (a new data folder only)",
    )
    parser.add_argument("--quiet", action="store_true", help="log warnings only")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when standard input ends")


def run(arguments: argparse.Namespace) -> int:
    """Run the sandbox until it is interrupted; the process's exit status."""
    import asyncio
    import logging
    import sys

    from athena_tui.sandbox.server import SandboxOptions, serve

    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING if arguments.quiet else logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    options = SandboxOptions(
        host=arguments.host,
        port=arguments.port,
        data_directory=arguments.data_dir,
        seed=arguments.seed,
        pace=arguments.pace,
        faults=arguments.fault,
        credits=arguments.credits,
        messages=arguments.messages,
    )
    try:
        asyncio.run(serve(options, exit_with_parent=arguments.exit_with_parent))
    except ValueError as error:
        sys.stderr.write(f"athena-tui sandbox: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"athena-tui sandbox: cannot listen on {options.host}:{options.port}: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
