"""`athena-tui tools`: the client tools as the app would load them."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sized

from athena_tui.cli.connection import app_policies, read_settings
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.client.models import JsonObject, ToolOutcome
from athena_tui.tools.registry import EXAMPLES, LoadedTools, load_tools
from athena_tui.tools.runner import ToolRunner


def run(arguments: argparse.Namespace) -> int:
    """List, show, call or check tools; the process's exit status."""
    return reported(lambda: _run(arguments))


def _run(arguments: argparse.Namespace) -> int:
    settings = read_settings(arguments)
    sources = settings.tools or ((EXAMPLES,) if arguments.sandbox else ())
    loaded = load_tools(sources)
    for problem in loaded.problems:
        sys.stderr.write(f"athena-tui: {problem}\n")
    match arguments.action:
        case "list":
            policies = app_policies(loaded.tools, settings)
            records: list[JsonObject] = [
                {"name": tool.name, "policy": policies[tool.name].value, "description": tool.description}
                for tool in loaded.tools
            ]
            print_records(records, as_json=arguments.json)
            return ExitStatus.RUN_FAILED if loaded.problems else ExitStatus.COMPLETED
        case "check":
            sys.stderr.write(f"· {counted(loaded.tools, 'tool')}, {counted(loaded.problems, 'problem')}\n")
            return ExitStatus.RUN_FAILED if loaded.problems else ExitStatus.COMPLETED
        case "show":
            return _show(loaded, arguments.name)
        case "call":
            return asyncio.run(_call(ToolRunner(loaded.tools, settings.tool_timeout), arguments))
    return ExitStatus.COMPLETED


def counted(items: Sized, noun: str) -> str:
    """How many there are, as people say it."""
    return f"{len(items)} {noun}" if len(items) == 1 else f"{len(items)} {noun}s"


def _show(loaded: LoadedTools, name: str | None) -> int:
    if name is None:
        sys.stderr.write("athena-tui tools: show needs the name of a tool; see `athena-tui tools list`\n")
        return ExitStatus.WRONG_USAGE
    tool = next((tool for tool in loaded.tools if tool.name == name), None)
    if tool is None:
        sys.stderr.write(f"athena-tui tools: there is no tool {name!r}; see `athena-tui tools list`\n")
        return ExitStatus.WRONG_USAGE
    shown = {"name": tool.name, "description": tool.description, "parameters": tool.parameters, "file": tool.location}
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=2) + "\n")
    return ExitStatus.COMPLETED


async def _call(runner: ToolRunner, arguments: argparse.Namespace) -> int:
    try:
        given = json.loads(arguments.arguments)
    except ValueError as error:
        sys.stderr.write(f"athena-tui tools: the arguments are not JSON: {error}\n")
        return ExitStatus.WRONG_USAGE
    done = await runner.run(arguments.name or "", given)
    sys.stdout.write(json.dumps(done.result, ensure_ascii=False, indent=2) + "\n")
    if done.output:
        sys.stderr.write(done.output)
    sys.stderr.write(f"· {done.outcome.value} in {done.duration_ms:.0f} ms\n")
    return ExitStatus.COMPLETED if done.outcome is ToolOutcome.SUCCESS else ExitStatus.RUN_FAILED
