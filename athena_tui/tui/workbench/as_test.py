"""A call of a tool as a test that holds its result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from pprint import pformat

from athena_tui.client.models import JsonValue, ToolOutcome
from athena_tui.tools import AnyTool

_WIDTH = 110


def as_test(
    tool: AnyTool, sources: Sequence[str], arguments: JsonValue, outcome: ToolOutcome, result: JsonValue
) -> str:
    """A pytest module that makes this call again, as an agent would, and expects the same.

    Args:
        tool: What was called.
        sources: Where the tools of this connection were loaded from.
        arguments: What it was called with.
        outcome: How that ended.
        result: What it gave back.
    """
    loaded = ", ".join(repr(source) for source in sources_of(tool, sources))
    return f'''\
"""A call of {tool.name}, copied from athena-tui."""

import asyncio

from athena_tui.tools.registry import load_tools
from athena_tui.tools.runner import ToolRunner


def test_{tool.name}() -> None:
    runner = ToolRunner(load_tools([{loaded}]).tools)
    arguments = {_literal(arguments, len("    arguments = "))}
    done = asyncio.run(runner.run({tool.name!r}, arguments))
    assert done.outcome == {outcome.value!r}, done.problem
    assert done.result == {_literal(result, len("    assert done.result == "))}
'''


def sources_of(tool: AnyTool, sources: Sequence[str]) -> list[str]:
    """Where a tool came from, wherever the test will run: its own source where that is plain, else all of them."""
    file = Path(tool.location.rpartition(":")[0])
    absolute = [str(path.resolve()) if (path := Path(source).expanduser()).exists() else source for source in sources]
    own = [source for source in absolute if Path(source) in {file, file.parent}]
    return own[:1] or absolute


def _literal(value: JsonValue, indent: int) -> str:
    """A value as Python has it, broken into lines where it is long; `repr` leaves nothing a terminal would obey."""
    text = repr(value)
    if len(text) + indent <= _WIDTH:
        return text
    return pformat(value, width=_WIDTH - indent, sort_dicts=False).replace("\n", "\n" + " " * indent)
