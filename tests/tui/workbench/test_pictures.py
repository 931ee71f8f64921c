"""How the workbench looks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from athena_tui.tools import AnyTool
from athena_tui.tools.registry import ToolProblem, load_tools
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import Connection, Target
from athena_tui.tui.screens.tools import ToolsScreen
from tests.tui.fakes import FakeConnector, answer, connected, make_app, scripted, wait_until

LEDGER = '''\
from typing import Literal

from athena_tui.tools import tool


@tool
def query_transactions(
    start_date: str, limit: int = 10, order: Literal["newest", "oldest"] = "newest", tags: list[str] | None = None
) -> dict:
    """Find payments in a period, newest first.

    Args:
        start_date: First day, as YYYY-MM-DD.
        limit: How many at most.
    """
    if limit > 100:
        raise ValueError("at most 100 at a time")
    return {"transactions": [{"date": start_date, "amount": 2.4, "where": "City tram"}], "total": 2.4, "more": False}


@tool
def list_categories() -> list[str]:
    """List the categories of payments."""
    return ["groceries", "eating out", "transport"]
'''


class WithProblem(FakeConnector):
    """Connects with a tool file that could not be loaded."""

    async def connect(self, target: Target | None) -> Connection:
        """Follows `Connector.connect`."""
        connection = await super().connect(target)
        return replace(connection, tool_problems=(ToolProblem("weather.py", "SyntaxError: '(' was never closed", 12),))


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[AnyTool, ...]:
    """Two tools of a file in the working directory, which take no time."""
    monkeypatch.setattr("athena_tui.tools.runner.perf_counter", lambda: 0.0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ledger.py").write_text(LEDGER, encoding="utf-8")
    return load_tools(["ledger.py"]).tools


async def work(pilot: Pilot[Any]) -> None:
    """Two calls: one that goes wrong, and one that is right; then the form again."""
    app = pilot.app
    assert isinstance(app, AthenaApp)
    await connected(pilot, app)
    await pilot.press("f3")
    await wait_until(pilot, lambda: isinstance(app.screen, ToolsScreen) and app.screen.query(Input))
    screen = app.screen
    assert isinstance(screen, ToolsScreen)
    for each in screen.query(Input):
        each.cursor_blink = False
    await pilot.press("enter", *"2026-11-16")
    for limit, calls in (("200", 1), ("5", 2)):
        await pilot.press("tab", *limit, "ctrl+s")
        await answered(pilot, screen, calls)
        await pilot.press("shift+tab")
    await pilot.pause(0.2)


async def answered(pilot: Pilot[Any], screen: ToolsScreen, count: int) -> None:
    """Wait until so many calls have ended."""
    parts = screen.calls.transcript.parts
    await wait_until(pilot, lambda: sum(getattr(part, "result", None) is not None for part in parts) == count)


@pytest.mark.parametrize("theme", ["athena-dark", "athena-light", "ansi-dark"])
def test_the_workbench(snap_compare: Any, tools: tuple[AnyTool, ...], theme: str) -> None:
    app = make_app(connector=WithProblem(scripted(answer("hi")), tools=tools), theme=theme)
    assert snap_compare(app, run_before=work, terminal_size=(120, 40))


@pytest.mark.parametrize("theme", ["athena-dark", "athena-light"])
def test_the_workbench_in_a_small_window(snap_compare: Any, tools: tuple[AnyTool, ...], theme: str) -> None:
    app = make_app(connector=WithProblem(scripted(answer("hi")), tools=tools), theme=theme)
    assert snap_compare(app, run_before=work, terminal_size=(80, 24))


def test_the_workbench_without_tools(snap_compare: Any) -> None:
    async def begin(pilot: Pilot[Any]) -> None:
        app = pilot.app
        assert isinstance(app, AthenaApp)
        await connected(pilot, app)
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.screen.query("#tool-teaching"))
        await pilot.pause(0.2)

    assert snap_compare(make_app(scripted(answer("hi"))), run_before=begin, terminal_size=(80, 24))
