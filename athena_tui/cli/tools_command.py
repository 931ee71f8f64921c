"""`athena-tui tools`: the client tools as the app would load them."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from athena_tui.cli.connection import read_settings
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.client.models import ToolOutcome
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
            records = [{"name": t.name, "policy": t.policy.value, "description": t.description} for t in loaded.tools]
            print_records([dict(record) for record in records], as_json=arguments.json)
        case "check":
            sys.stderr.write(f"· {len(loaded.tools)} tools, {len(loaded.problems)} problems\n")
            return ExitStatus.RUN_FAILED if loaded.problems else ExitStatus.COMPLETED
        case "show":
            return _show(loaded, arguments.name)
        case "call":
            return asyncio.run(_call(ToolRunner(loaded.tools, settings.tool_timeout), arguments))
    return ExitStatus.COMPLETED


def _show(loaded: LoadedTools, name: str | None) -> int:
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
