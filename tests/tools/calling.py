"""Calls a tool as a runner does."""

from __future__ import annotations

from typing import Any

from athena_tui.client.models import ToolOutcome
from athena_tui.tools import AnyTool
from athena_tui.tools.runner import ToolRunner, ToolRunResult

PATIENCE = 20.0
"""Seconds after which a test that waits for an event gives up."""


async def call(made: AnyTool, arguments: Any = None, **settings: Any) -> ToolRunResult:
    return await ToolRunner([made], **settings).run(made.name, arguments)


def code_of(result: ToolRunResult) -> str:
    assert result.outcome is ToolOutcome.ERROR
    assert isinstance(result.result, dict)
    error = result.result["error"]
    assert isinstance(error, dict)
    assert error["message"] == result.problem
    return str(error["code"])
