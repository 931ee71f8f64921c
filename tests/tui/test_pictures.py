"""How it looks: few pictures, each of something a change of style could spoil."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from athena_tui.client.athena.client import FILES
from athena_tui.client.events import (
    ClientToolCall,
    RunStarted,
    RunStatus,
    RunSuspended,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
)
from athena_tui.client.models import Credits, JsonObject, ToolOutcome
from athena_tui.client.protocol import Capabilities
from athena_tui.tools import tool
from athena_tui.tui.app import AthenaApp
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import NOW, connected, make_app, scripted, some_conversations, spoken, wait_until

ANSWER = """\
You spent **$5.50** in the last seven days, most of it on *coffee*.

| Where  | Times |  Sum |
| ------ | ----: | ---: |
| coffee |     2 | 4.00 |
| tram   |     1 | 1.50 |

```python
total = sum(entry.amount for entry in ledger)
```
"""


@tool
def query_transactions(start_date: str, end_date: str) -> list[str]:
    """Transactions between two dates."""
    return [start_date, end_date]


def platform() -> ScriptedClient:
    """A platform whose run ends at a tool that needs a person."""
    dates: JsonObject = {"start_date": "2026-11-16", "end_date": "2026-11-22"}
    client = scripted(
        [
            RunStarted("run:1", "conversation:Trip planning"),
            ServerToolCall("call:1", "exchange_rate", {"from": "EUR", "to": "USD"}),
            ServerToolResult("call:1", "exchange_rate", ToolOutcome.SUCCESS, {"rate": 1.1}, 12.0),
            TextDelta(ANSWER),
            ClientToolCall("run:1", "call:2", "query_transactions", dates),
            RunSuspended("run:1", RunStatus.AWAITING_CLIENT_TOOL),
        ],
        conversations=some_conversations(),
    )
    client.balance = Credits(87.4, frozen=25.0, next_refresh_at=NOW + timedelta(hours=14))
    return client


async def converse(pilot: Pilot[Any]) -> None:
    """Send one message and wait for what needs a person."""
    app = pilot.app
    assert isinstance(app, AthenaApp)
    main = await connected(pilot, app)
    main.chat.composer.cursor_blink = False
    await pilot.press(*"How much did I spend?", "enter")
    await wait_until(pilot, lambda: "5.50" in spoken(main) and main.chat.sessions and main.chat.sessions.marks())
    await pilot.press("escape")
    await wait_until(pilot, lambda: main.chat.view.has_focus)
    await pilot.pause(0.2)


async def begin(pilot: Pilot[Any]) -> None:
    """Wait for the first screen."""
    app = pilot.app
    assert isinstance(app, AthenaApp)
    main = await connected(pilot, app)
    main.chat.composer.cursor_blink = False


@pytest.mark.parametrize("theme", ["athena-dark", "athena-light", "ansi-dark"])
def test_a_conversation(snap_compare: Any, theme: str) -> None:
    app = make_app(platform(), theme=theme, tools=[query_transactions])
    assert snap_compare(app, run_before=converse, terminal_size=(120, 40))


def test_a_conversation_in_a_small_window(snap_compare: Any) -> None:
    app = make_app(platform(), tools=[query_transactions])
    assert snap_compare(app, run_before=converse, terminal_size=(80, 24))


def test_the_first_screen(snap_compare: Any) -> None:
    assert snap_compare(make_app(platform()), run_before=begin, terminal_size=(80, 24))


async def to_connect(pilot: Pilot[Any]) -> None:
    """Open the connect screen on a platform that wants a key."""
    await begin(pilot)
    await pilot.press("ctrl+k", "down")
    await pilot.pause()


def test_the_connect_screen(snap_compare: Any) -> None:
    assert snap_compare(make_app(platform()), run_before=to_connect, terminal_size=(80, 24))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with something to attach."""
    there = tmp_path / "desk"
    there.mkdir()
    for name, size in (("notes.md", 840), ("ledger 2026.csv", 5_120), ("hills.png", 1_200_000), ("tool.exe", 1)):
        (there / name).write_bytes(b"x" * size)
    monkeypatch.chdir(there)
    return there


def test_attachments_and_completions(snap_compare: Any, files: Path) -> None:
    async def attach(pilot: Pilot[Any]) -> None:
        await begin(pilot)
        app = pilot.app
        assert isinstance(app, AthenaApp)
        assert app.main is not None
        box = app.main.chat.box
        assert await box.attach([str(files / name) for name in ("notes.md", "ledger 2026.csv", "hills.png")]) == []
        await pilot.press(*"Compare these with @")
        await wait_until(pilot, lambda: box.completions.offers)
        await pilot.pause()

    client = platform()
    client.capabilities = Capabilities(files=FILES)
    assert snap_compare(make_app(client), run_before=attach, terminal_size=(100, 24))
