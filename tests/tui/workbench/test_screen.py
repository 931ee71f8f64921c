"""The tools workbench, as it is used with keys and the mouse."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static, TextArea

from athena_tui.chat.parts import ToolPart, ToolState
from athena_tui.chat.tool_calls import RunIt
from athena_tui.client.events import ClientToolCall, RunFinished, RunStarted, RunStatus, RunSuspended
from athena_tui.tools import AnyTool, ToolPolicy, tool
from athena_tui.tools.registry import EXAMPLES, ToolProblem, load_tools
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.clipboard import Clipboard
from athena_tui.tui.launch import Connection, Target
from athena_tui.tui.screens.tools import ToolsScreen
from athena_tui.tui.widgets.choice import Choice
from tests.chat.scripted_client import ScriptedClient, Step
from tests.tui.fakes import FakeConnector, answer, connected, make_app, scripted, spoken, wait_until


@tool
def disk_free(path: str, depth: int = 1) -> dict[str, object]:
    """Say how much space is left.

    Args:
        path: Where to look.
        depth: How deep.
    """
    print("looking")  # noqa: T201  # what handlers print is shown
    return {"path": path, "depth": depth}


@tool
def now() -> str:
    """Say what time it is."""
    return "noon"


@tool
async def slow() -> str:
    """Never ends by itself."""
    await asyncio.sleep(60)
    return "late"


class Sources(FakeConnector):
    """Connects with tools of files, which can be loaded again."""

    def __init__(self, client: ScriptedClient, *sources: str, tools: tuple[AnyTool, ...] = ()) -> None:
        super().__init__(client, tools=tools or load_tools(sources).tools)
        self.sources = sources

    async def connect(self, target: Target | None) -> Connection:
        """Follows `Connector.connect`."""
        connection = await super().connect(target)
        workspace = connection.workspace

        async def reload() -> tuple[ToolProblem, ...]:
            loaded = load_tools(self.sources)
            workspace.tools.replace(loaded.tools)
            workspace.policies.update({each.name: ToolPolicy.ASK for each in loaded.tools})
            return loaded.problems

        problems = load_tools(self.sources).problems
        return replace(connection, tool_sources=self.sources, tool_problems=problems, reload_tools=reload)


async def opened(pilot: Pilot[Any]) -> ToolsScreen:
    """Open the workbench."""
    app = pilot.app
    assert isinstance(app, AthenaApp)
    await connected(pilot, app)
    await pilot.press("f3")
    await wait_until(pilot, lambda: isinstance(app.screen, ToolsScreen) and app.screen.query("#tool > *"))
    await pilot.pause()
    assert isinstance(app.screen, ToolsScreen)
    return app.screen


def said(pilot: Pilot[Any]) -> str:
    """Everything static on the screen on top."""
    return "\n".join(str(each.render()) for each in pilot.app.screen.query(Static))


def calls(screen: ToolsScreen) -> list[ToolPart]:
    """The log."""
    return [part for part in screen.calls.transcript.parts if isinstance(part, ToolPart)]


def drawn(screen: ToolsScreen) -> str:
    """The log as it is drawn."""
    return "\n".join(strip.text.rstrip() for strip in screen.calls.render_lines(screen.calls.size.region))


async def fill_in(pilot: Pilot[Any]) -> None:
    """Fill in the path and call."""
    await pilot.press("enter", *"/srv")
    await pilot.press("enter")


async def test_a_tool_is_called_by_hand_and_its_result_is_drawn() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free, now])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        assert "Say how much space is left." in said(pilot)
        assert "test_screen.py:" in said(pilot)
        await fill_in(pilot)
        await wait_until(pilot, lambda: "/srv" in drawn(screen) and "✓" in drawn(screen))
        assert "disk_free · by hand · ✓" in drawn(screen)
        (part,) = calls(screen)
        assert part.arguments == {"path": "/srv"}
        assert part.result == {"path": "/srv", "depth": 1}
        assert part.duration_ms is not None
        await wait_until(pilot, lambda: "looking" in drawn(screen))


async def test_what_is_wrong_stands_in_the_form_and_nothing_is_called() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free])
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "This is needed." in said(pilot)
        assert isinstance(screen.focused, Input)
        await pilot.press(*"/", "tab", *"deep", "ctrl+s")
        await pilot.pause()
        assert "A whole number is needed" in said(pilot)
        assert calls(screen) == []


async def test_json_says_what_the_form_cannot_and_the_tool_answers_as_an_agent_would_hear() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+r")
        await wait_until(pilot, lambda: isinstance(screen.focused, TextArea))
        area = screen.query_one("#tool-json", TextArea)
        assert area.text == '{\n  "path": ""\n}'
        assert '"additionalProperties": false' in said(pilot)
        area.text = "{nonsense"
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "This is not JSON" in said(pilot)
        area.text = '{"path": 3, "more": []}'
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "failed" in drawn(screen))
        assert "invalid_arguments" in str(calls(screen)[0].result)


async def test_what_was_typed_is_kept_for_the_other_way_and_for_later() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free, now])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("enter", *"/a", "ctrl+r")
        await wait_until(pilot, lambda: isinstance(screen.focused, TextArea))
        assert '"path": "/a"' in screen.query_one("#tool-json", TextArea).text
        await pilot.press("ctrl+r", "escape", "down")
        await wait_until(pilot, lambda: "what time it is" in said(pilot))
        await pilot.press("f3")
        await wait_until(pilot, lambda: app.screen is app.main)
        screen = await opened(pilot)
        await wait_until(pilot, lambda: screen.query(Input) and screen.query(Input).first().value == "/a")


async def test_a_call_is_made_again_edited_and_copied_as_a_test() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free, now])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        copied: list[str] = []
        screen.calls.clipboard = Clipboard({}, copied.append, which=lambda _name: None)
        await fill_in(pilot)
        await wait_until(pilot, lambda: "looking" in drawn(screen))
        await pilot.press("ctrl+l", "r")
        await wait_until(pilot, lambda: [part.state for part in calls(screen)] == [ToolState.SUCCEEDED] * 2)
        await pilot.press("t")
        await wait_until(pilot, lambda: copied)
        assert "def test_disk_free()" in copied[0]
        assert "{'path': '/srv', 'depth': 1}" in copied[0]
        await pilot.press("escape", "down")
        await wait_until(pilot, lambda: "what time it is" in said(pilot))
        await pilot.press("ctrl+l", "e")
        await wait_until(pilot, lambda: isinstance(screen.focused, Input))
        assert isinstance(screen.focused, Input)
        assert screen.focused.value == "/srv"
        assert screen.listed.highlighted == 0
        await pilot.press("end", *"/x", "ctrl+s")
        await wait_until(pilot, lambda: len(calls(screen)) == 3 and calls(screen)[2].result is not None)
        assert calls(screen)[2].arguments == {"path": "/srv/x"}


async def test_a_call_that_takes_too_long_can_be_stopped() -> None:
    app = make_app(scripted(answer("hi")), tools=[slow])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: calls(screen) and calls(screen)[0].state is ToolState.RUNNING)
        await pilot.press("ctrl+l", "t")
        await pilot.press("x")
        await wait_until(pilot, lambda: calls(screen)[0].state is ToolState.FAILED)
        await wait_until(pilot, lambda: "left unfinished" in drawn(screen))


async def test_a_policy_counts_at_once_and_after_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    script: list[Step] = [
        RunStarted("run:1", "conversation:1"),
        ClientToolCall("run:1", "call:1", "now", {}),
        RunSuspended("run:1", RunStatus.AWAITING_CLIENT_TOOL),
    ]
    client = scripted(script, [RunFinished("run:1")])
    app = make_app(client, tools=[now], database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("tab")
        assert isinstance(screen.focused, Choice)
        assert screen.focused.value == "ask"
        await pilot.press("left")
        assert app.main is not None
        assert app.main.workspace is not None
        policies = app.main.workspace.policies
        await wait_until(pilot, lambda: policies["now"] is ToolPolicy.AUTO)
        assert "a call runs at once" in said(pilot)
        await pilot.press("backspace")
        await pilot.pause()
        assert policies["now"] is ToolPolicy.AUTO
        await pilot.press("f3", *"hello", "enter")
        await wait_until(pilot, lambda: client.answers)
        screen = await opened(pilot)
        await wait_until(pilot, lambda: "now · client · ✓" in drawn(screen))
        await app.action_quit()
    app = make_app(scripted(answer("hi")), tools=[now], database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        assert screen.query_one("#tool-policy", Choice).value == "auto"


async def test_an_agent_s_call_shows_up_while_the_log_is_open() -> None:
    script: list[Step] = [
        RunStarted("run:1", "conversation:1"),
        ClientToolCall("run:1", "call:1", "disk_free", {"path": "/agent"}),
        RunSuspended("run:1", RunStatus.AWAITING_CLIENT_TOOL),
    ]
    app = make_app(scripted(script, answer("Done.")), tools=[disk_free])
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hello", "enter")
        await wait_until(pilot, lambda: main.chat.waits)
        screen = await opened(pilot)
        assert "disk_free · client · ● waiting" in drawn(screen)
        assert "[r]un" not in drawn(screen)
        session = main.chat.session
        assert session is not None
        session.rule("call:1", RunIt())
        await wait_until(pilot, lambda: "disk_free · client · ✓" in drawn(screen))
        await pilot.press("ctrl+l", "r")
        await wait_until(pilot, lambda: "disk_free · by hand · ✓" in drawn(screen))
        assert calls(screen)[1].arguments == {"path": "/agent"}
        await pilot.press("f3")
        await wait_until(pilot, lambda: "Done." in spoken(main))


async def test_an_edited_file_is_loaded_again_and_problems_name_their_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    good = 'from athena_tui.tools import tool\n\n\n@tool\ndef {}() -> str:\n    """{}"""\n    return "x"\n'
    file.write_text(good.format("one", "First."), encoding="utf-8")
    app = make_app(connector=Sources(scripted(answer("hi")), str(file)))
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        assert "First." in said(pilot)
        assert app.main is not None
        assert app.main.workspace is not None
        policies = app.main.workspace.policies
        await pilot.press("tab", "left")
        await wait_until(pilot, lambda: policies["one"] is ToolPolicy.AUTO)
        file.write_text(good.format("one", "Other."), encoding="utf-8")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "Other." in said(pilot))
        assert policies["one"] is ToolPolicy.AUTO
        file.write_text("def one(:\n", encoding="utf-8")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "mine.py:1" in said(pilot))
        assert "SyntaxError" in said(pilot)
        option = screen.query_one("#tool-list", OptionList).get_option_at_index(0)
        assert "✗ mine.py:1" in str(option.prompt)
        file.write_text(good.format("two", "Second."), encoding="utf-8")
        await pilot.press("f5")
        await wait_until(pilot, lambda: "Second." in said(pilot))


async def test_without_tools_one_learns_how_to_write_one() -> None:
    app = make_app(scripted(answer("hi")))
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot)
        assert "athena-tui --tools disk.py" in said(pilot)
        assert "fill in" not in said(pilot)
        await pilot.press("ctrl+s", "ctrl+r", "ctrl+l", "escape")
        await wait_until(pilot, lambda: app.screen is app.main)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (120, 40)])
async def test_keys_can_be_clicked(size: tuple[int, int]) -> None:
    app = make_app(scripted(answer("hi")), tools=[now])
    async with app.run_test(size=size) as pilot:
        screen = await opened(pilot)
        keys = screen.query_one("#tools-keys", Static)
        row = str(keys.render())
        assert await pilot.click(keys, offset=(row.index("ctrl+s") + 2, 0))
        await wait_until(pilot, lambda: calls(screen))


async def test_brackets_in_a_tool_s_words_are_no_markup() -> None:
    @tool(description="[/oops] [red]")
    def odd(x: str = "[/b]") -> str:
        return f"[/{x}]"

    app = make_app(scripted(answer("hi")), tools=[odd])
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        screen = await opened(pilot)
        assert "[/oops] [red]" in said(pilot)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "[/[/b]]" in drawn(screen))


async def test_only_ascii_where_nothing_else_can_be_shown() -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free], ascii_only=True)
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await opened(pilot)
        await fill_in(pilot)
        await wait_until(pilot, lambda: "by hand" in drawn(screen))
        assert drawn(screen).isascii()


@pytest.mark.parametrize("arguments", ['{"path": "/x", "more": [1]}', '{"path": "/x", "depth": null}'])
async def test_a_call_that_no_form_can_say_is_edited_as_json(arguments: str) -> None:
    app = make_app(scripted(answer("hi")), tools=[disk_free])
    async with app.run_test(size=(100, 40)) as pilot:
        screen = await opened(pilot)
        await pilot.press("ctrl+r")
        await wait_until(pilot, lambda: isinstance(screen.focused, TextArea))
        screen.query_one("#tool-json", TextArea).text = arguments
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "failed" in drawn(screen))
        screen.query_one("#tool-json", TextArea).text = '{"path": "/y"}'
        await pilot.press("ctrl+r")
        await wait_until(pilot, lambda: screen.query(Input))
        await pilot.press("ctrl+l", "e")
        await wait_until(pilot, lambda: isinstance(screen.focused, TextArea))
        assert json.loads(screen.query_one("#tool-json", TextArea).text) == json.loads(arguments)


async def test_modules_are_not_said_to_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text("from athena_tui.tools import tool\n\n\n@tool\ndef one() -> None: ...\n", encoding="utf-8")
    app = make_app(connector=Sources(scripted(answer("hi")), str(file), EXAMPLES))
    async with app.run_test(size=(100, 40), notifications=True) as pilot:
        await opened(pilot)
        await pilot.press("f5")
        await wait_until(pilot, lambda: app._notifications)
        (told,) = [each.message for each in app._notifications]
        assert told.startswith("Loaded again: 6 tools.")
        assert f"({EXAMPLES}) is read only at the start" in told
