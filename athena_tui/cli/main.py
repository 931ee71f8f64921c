"""The `athena-tui` command: reads the command line, then imports what the chosen command needs."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from athena_tui import __version__
from athena_tui.cli.exit_status import ExitStatus

_EPILOG = """\
Start here:  athena-tui --sandbox     a local server with demo agents; no account needed
Ask once:    athena-tui ask --sandbox "hello"
Exit status: 0 completed, 1 run failed, 2 wrong usage, 3 not signed in or not allowed, 4 out of credits,
             5 rate-limited, 6 network or server trouble, 7 waiting for a person, 130 interrupted
"""

_COMMANDS = {
    "ask": "one turn without a screen",
    "batch": "many messages at once, one JSON item a line in, one result a line out",
    "agents": "the agents one can talk to",
    "conversations": "the conversations of this profile",
    "credits": "the balance",
    "usage": "what was used, period by period",
    "keys": "create, rotate and revoke keys",
    "tools": "the client tools as the app would load them",
    "config": "settings and where each came from",
    "login": "store a key for a profile",
    "logout": "forget the key of a profile",
    "doctor": "check terminal, network, clock, key, agent and tools",
    "sandbox": "the embedded server on its own",
}

_DEFAULTS: dict[str, object] = {
    "command": None,
    "profile": None,
    "sandbox": False,
    "agent_id": None,
    "agent_config": None,
    "tools": [],
    "tools_before": [],
    "config": None,
    "platform": None,
    "base_url": None,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    arguments = read_command_line(argv)
    try:
        module = importlib.import_module(f"athena_tui.cli.{arguments.command or 'app'}_command")
        return int(module.run(arguments))
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough; Python would complain about it once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitStatus.COMPLETED


def read_command_line(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; global options count before the command and after it."""
    words = sys.argv[1:] if argv is None else argv
    arguments = _parser(words).parse_args(words, argparse.Namespace(**_DEFAULTS))
    arguments.tools = [*arguments.tools_before, *arguments.tools]
    return arguments


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="athena-tui",
        description="A terminal client for hosted agents. Without a command it opens the app.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[_global_options("tools_before")],
    )
    parser.add_argument("--version", action="version", version=f"athena-tui {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, summary in _COMMANDS.items():
        if name not in words:
            # It is only listed. Making every command's options takes longer than making a window of the app.
            commands.add_parser(name, help=summary, add_help=False)
            continue
        command = commands.add_parser(name, help=summary, description=summary, parents=[_global_options("tools")])
        command.set_defaults(command=name)
        _OPTIONS[name](command)
    return parser


def _global_options(tools_as: str) -> argparse.ArgumentParser:
    # Options that are not given leave no trace, so that those after the command do not undo those before it.
    parser = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    group = parser.add_argument_group("connection")
    group.add_argument("--profile", metavar="NAME", help="the profile of the configuration file to use")
    group.add_argument("--sandbox", action="store_true", help="use an embedded sandbox started for this process")
    group.add_argument("--platform", choices=["athena", "atthene", "tenfive"], help="the platform to speak to")
    group.add_argument("--base-url", metavar="URL", help="where its API is")
    group.add_argument("--agent", dest="agent_id", metavar="ID", help="the agent to talk to, by id or by name")
    group.add_argument("--agent-config", type=Path, metavar="FILE", help="a file that defines the agent (Atthene)")
    group.add_argument(
        "--tools", dest=tools_as, action="append", metavar="PATH", help="client tools: a .py file, folder or module"
    )
    group.add_argument("--config", type=Path, metavar="FILE", help="the configuration file")
    return parser


def _ask_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", nargs="?", help="what to say; standard input, when piped, is appended")
    parser.add_argument("--json", action="store_true", help="print every event as a JSON object, one a line")
    parser.add_argument("--output", choices=["text", "json"], default="text", help="json: print the structured output")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--continue", dest="continued", action="store_true", help="in the agent's active conversation")
    where.add_argument("--new", action="store_true", help="in a fresh conversation")
    where.add_argument("--conversation", metavar="ID", help="in this conversation")
    parser.add_argument(
        "--attach", action="append", default=[], metavar="FILE", help="attach a file, or its public URL"
    )
    parser.add_argument("--var", action="append", default=[], metavar="KEY=VALUE", help="set an input variable")
    parser.add_argument("--no-stream", action="store_true", help="use the platform's synchronous endpoint")
    parser.add_argument("--tool-policy", choices=["auto", "reject"], default="auto", help="what client tools may do")
    gate = parser.add_mutually_exclusive_group()
    gate.add_argument("--approve", action="store_true", help="say yes at a human gate")
    gate.add_argument("--reject", action="store_true", help="say no at a human gate")
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="give up, and cancel the run, after this long")
    parser.add_argument("--idempotency-key", metavar="KEY", help="the key of this intent; made anew otherwise")


def _batch_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help='{"key", "message", "variables"?} a line; - is standard input')
    parser.add_argument(
        "--parallel",
        type=_positive,
        default=1,
        metavar="N",
        help="turns at a time where the platform takes no batches (default: %(default)s)",
    )
    parser.add_argument(
        "--idempotency-key", metavar="KEY", help="the key of this batch: sent again with it, nothing runs twice"
    )
    parser.add_argument("--json", action="store_true", help="for uniformity: results are always JSON")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("1 or more is needed")
    return number


def _list_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")


def _usage_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--granularity", choices=["hour", "day", "month"], default="day", help="length of a period")
    parser.add_argument("--days", type=float, default=30, metavar="N", help="how far back (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _keys_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["create", "rotate", "revoke"], help="what to do")
    parser.add_argument("key_id", nargs="?", help="the key to rotate or revoke")
    parser.add_argument("--name", help="what to call a new key")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _tools_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["list", "show", "call", "check"], help="what to do")
    parser.add_argument("name", nargs="?", help="the tool")
    parser.add_argument("arguments", nargs="?", default="{}", help="arguments for `call`, as a JSON object")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _config_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["show", "path", "edit"], help="what to do")
    parser.add_argument("--json", action="store_true", help="print JSON")


def _login_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workspace", metavar="ID", help="the workspace's id")
    parser.add_argument("--keep-in", choices=["keyring", "file"], help="where to keep the key")


def _no_options(parser: argparse.ArgumentParser) -> None:
    del parser


def _sandbox_options(parser: argparse.ArgumentParser) -> None:
    from athena_tui.sandbox.command import add_arguments

    add_arguments(parser)


_OPTIONS = {
    "ask": _ask_options,
    "batch": _batch_options,
    "agents": _list_options,
    "conversations": _list_options,
    "credits": _list_options,
    "usage": _usage_options,
    "keys": _keys_options,
    "tools": _tools_options,
    "config": _config_options,
    "login": _login_options,
    "logout": _no_options,
    "doctor": _list_options,
    "sandbox": _sandbox_options,
}
