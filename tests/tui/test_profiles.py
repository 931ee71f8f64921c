"""Profiles side by side: listed, switched to without a restart, each with its own drafts and place."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from athena_tui.chat.workspace import Workspace
from athena_tui.client.events import RunStarted, TextDelta
from athena_tui.client.models import Credits, Platform
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.store.drafts import Draft
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import Connection, KnownProfile, Profile, Sandbox
from athena_tui.tui.screens.connect import ConnectScreen
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.widgets.choice import Choice
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import FakeConnector, connected, main_screen, make_app, scripted, spoken, wait_until

WORK = KnownProfile("work", Platform.ATTHENE, "https://atthene.example/api/v1")
LAB = KnownProfile("lab", Platform.TENFIVE, "http://localhost:3000")


def two_profiles(*clients: ScriptedClient) -> FakeConnector:
    """A connector that knows two profiles."""
    connector = FakeConnector(*clients)
    connector.known = (WORK, LAB)
    return connector


def listed(app: AthenaApp) -> list[str]:
    """What one can connect to."""
    options = app.screen.query_one("#platforms", OptionList)
    return [str(options.get_option_at_index(index).prompt) for index in range(options.option_count)]


async def switch(pilot: Pilot[Any], app: AthenaApp, *keys: str) -> MainScreen:
    """Go to the connect screen, choose, and wait for the connection."""
    main = main_screen(app)
    before = main.connection
    await pilot.press("ctrl+k")
    await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen) and app.screen.focused)
    await wait_until(pilot, lambda: "Profiles" in listed(app)[0])
    await pilot.press(*keys)
    await wait_until(pilot, lambda: main.connection not in {None, before})
    return await connected(pilot, app)


async def test_profiles_stand_above_the_other_choices_with_where_they_lead() -> None:
    app = make_app(connector=two_profiles(scripted()))
    async with app.run_test(size=(80, 24)) as pilot:
        await connected(pilot, app)
        await pilot.press("ctrl+k")
        await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen) and "Profiles" in listed(app)[0])
        assert [line.split() for line in listed(app)[:4]] == [
            ["Profiles"],
            ["work", "Atthene", "atthene.example/api/v1"],
            ["lab", "TenFive", "localhost:3000"],
            ["Somewhere", "else"],
        ]
        assert not app.screen.query_one("#connect-fields").display
        assert not app.screen.query_one("#connect-sandbox").display


async def test_a_switch_stops_what_runs_and_closes_what_was_open() -> None:
    old = scripted([RunStarted("run:9", "conversation:9"), TextDelta("Still "), asyncio.Event()])
    connector = two_profiles(old, scripted())
    app = make_app(connector=connector)
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "Still" in spoken(main))
        await switch(pilot, app, "enter")
        assert connector.targets[-1] == Profile("work")
        assert old.cancelled == ["run:9"]
        assert old.closed
        assert main.connection is not None
        assert main.connection.name == "work"


def test_a_platform_with_one_voice_has_no_agent_to_name() -> None:
    client = scripted()
    client.capabilities = Capabilities({Feature.AGENTS: "There is one voice."})
    assert Connection("lab", Workspace(lambda _: client)).place == ["lab"]


async def test_credits_are_those_of_the_connection() -> None:
    without, other = scripted(), scripted()
    without.capabilities = Capabilities({Feature.CREDITS: "There are none."})
    other.balance = Credits(3.5)
    app = make_app(connector=two_profiles(scripted(), without, other))
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: "87.4 credits" in str(main.status.render()))
        main.status.flash(0.5)
        await switch(pilot, app, "enter")
        assert "credits" not in str(main.status.render())
        await switch(pilot, app, "down", "enter")
        await wait_until(pilot, lambda: "3.5 credits" in str(main.status.render()))
        assert "0.50" not in str(main.status.render())


async def test_drafts_are_those_of_the_profile() -> None:
    app = make_app(connector=two_profiles(scripted(), scripted(), scripted()))
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"for the sandbox")
        await switch(pilot, app, "enter")
        await wait_until(pilot, lambda: main.chat.composer.text == "")
        await pilot.press(*"for work")
        await switch(pilot, app, "down", "enter")
        await wait_until(pilot, lambda: main.chat.composer.text == "")
        assert app.memory.profile == "lab"
        assert await app.memory.draft(None) == Draft()
        app.memory.profile = "work"
        assert await app.memory.draft(None) == Draft("for work")
        app.memory.profile = "sandbox"
        assert await app.memory.draft(None) == Draft("for the sandbox")


@pytest.mark.parametrize(
    ("keys", "platform"), [([], None), (["right"], Platform.ATTHENE), (["right", "right"], Platform.TENFIVE)]
)
async def test_the_sandbox_speaks_what_is_chosen(keys: list[str], platform: Platform | None) -> None:
    connector = FakeConnector()
    app = make_app(connector=connector)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen) and app.screen.focused)
        connector.clients = [scripted()]
        await pilot.press("tab")
        assert isinstance(app.screen.focused, Choice)
        await pilot.press(*keys, "enter")
        await connected(pilot, app)
        assert connector.targets[-1] == Sandbox(platform)
