"""`athena-tui doctor`: what works, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from dataclasses import dataclass
from enum import StrEnum

from athena_tui.cli.connection import config_path, connected, read_settings
from athena_tui.cli.exit_status import ExitStatus, status_of_error
from athena_tui.cli.lists import print_records
from athena_tui.cli.terminal import terminal_problem
from athena_tui.config.errors import ConfigError
from athena_tui.config.settings import Settings


class Verdict(StrEnum):
    """How a check came out."""

    FINE = "fine"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, how it came out, what was seen, what fixes it; `status` is for what is broken."""

    check: str
    verdict: Verdict
    seen: str
    remedy: str = ""
    status: ExitStatus = ExitStatus.RUN_FAILED


def run(arguments: argparse.Namespace) -> int:
    """Check everything and print what was found; the exit status says what is broken."""
    findings = [_python(), _terminal(), _clipboard(), *_configuration(arguments)]
    if all(finding.verdict is not Verdict.BROKEN or finding.check == "terminal" for finding in findings):
        findings += [*_tools(arguments), *asyncio.run(_platform(arguments))]
    if arguments.json:
        print_records(
            [{"check": f.check, "verdict": f.verdict.value, "seen": f.seen, "remedy": f.remedy} for f in findings],
            as_json=True,
        )
    else:
        for finding in findings:
            _print(finding)
    broken = [finding.status for finding in findings if finding.verdict is Verdict.BROKEN]
    # What the platform says is asked last, and says most.
    return broken[-1] if broken else ExitStatus.COMPLETED


def _print(finding: Finding) -> None:
    mark = {Verdict.FINE: "✓", Verdict.NOTE: "·", Verdict.BROKEN: "✗"}[finding.verdict]
    sys.stdout.write(f"{mark} {finding.check:<12} {finding.seen}\n")
    if finding.remedy:
        sys.stdout.write(f"  {'':<12} → {finding.remedy}\n")


def _python() -> Finding:
    from importlib.metadata import version

    return Finding("python", Verdict.FINE, f"{sys.version.split()[0]}, textual {version('textual')}")


def _terminal() -> Finding:
    problem = terminal_problem(os.environ, is_terminal=sys.stdin.isatty() and sys.stdout.isatty())
    if problem:
        return Finding("terminal", Verdict.NOTE if not sys.stdout.isatty() else Verdict.BROKEN, problem)
    columns, lines = os.get_terminal_size()
    colours = "no colours (NO_COLOR)" if os.environ.get("NO_COLOR") else os.environ.get("COLORTERM") or "256 colours"
    seen = f"{os.environ['TERM']}, {columns}×{lines}, {colours}"
    if columns < 80 or lines < 24:
        return Finding("terminal", Verdict.NOTE, seen, "80×24 or more shows everything")
    return Finding("terminal", Verdict.FINE, seen)


def _clipboard() -> Finding:
    if os.environ.get("TMUX"):
        return Finding("clipboard", Verdict.FINE, "inside tmux: copies go to tmux's buffer and, from there, outwards")
    if os.environ.get("SSH_TTY"):
        seen = "over SSH: copies are sent through the terminal (OSC 52)"
        return Finding("clipboard", Verdict.NOTE, seen, "if pasting brings nothing, allow OSC 52 in your terminal")
    return Finding("clipboard", Verdict.FINE, "local")


def _configuration(arguments: argparse.Namespace) -> list[Finding]:
    path = config_path(arguments)
    try:
        settings = read_settings(arguments)
    except ConfigError as error:
        return [Finding("settings", Verdict.BROKEN, str(error), "mend it with `athena-tui config edit`")]
    there = str(path) if path.exists() else f"{path} (not there; defaults and environment count)"
    if not (settings.is_configured or arguments.sandbox):
        remedy = "`athena-tui login`, or try `athena-tui --sandbox`"
        return [Finding("settings", Verdict.BROKEN, f"{there}; no platform is chosen", remedy)]
    return [Finding("settings", Verdict.FINE, there), *_agent_file(settings)]


def _agent_file(settings: Settings) -> list[Finding]:
    if settings.agent_config is None:
        return []
    from athena_tui.cli.agent_file import with_agent_of_file

    try:
        _, warnings = with_agent_of_file(settings)
    except ConfigError as error:
        return [Finding("agent file", Verdict.BROKEN, problem) for problem in str(error).splitlines()]
    seen = [Finding("agent file", Verdict.NOTE, warning) for warning in warnings]
    return seen or [Finding("agent file", Verdict.FINE, str(settings.agent_config))]


def _tools(arguments: argparse.Namespace) -> list[Finding]:
    from athena_tui.tools.registry import EXAMPLES, load_tools

    sources = read_settings(arguments).tools or ((EXAMPLES,) if arguments.sandbox else ())
    loaded = load_tools(sources)
    names = ", ".join(tool.name for tool in loaded.tools) or "none"
    problems = [Finding("tools", Verdict.BROKEN, str(problem)) for problem in loaded.problems]
    return [Finding("tools", Verdict.FINE, names), *problems]


async def _platform(arguments: argparse.Namespace) -> list[Finding]:
    from athena_tui.cli.platform_checks import check_platform
    from athena_tui.client.errors import ClientError
    from athena_tui.sandbox.process import SandboxFailed

    try:
        async with connected(arguments) as (_, settings):
            return await check_platform(settings)
    except ClientError as error:
        return [Finding("network", Verdict.BROKEN, str(error), error.remedy or "", status_of_error(error))]
    except ConfigError as error:
        return [Finding("settings", Verdict.BROKEN, str(error))]
    except SandboxFailed as error:
        return [Finding("network", Verdict.BROKEN, str(error), status=ExitStatus.TROUBLE)]
