"""Variables: the form, the line above the composer, and what is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, Static

from athena_tui.chat.workspace import Workspace
from athena_tui.client.models import Agent, JsonObject
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.commands import named
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.screens.variables import VariablesScreen
from athena_tui.tui.widgets.choice import Choice
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import CONCIERGE, answer, connected, make_app, scripted, spoken, wait_until

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "user_id": {"type": "string", "description": "Customer number"},
        "seats": {"type": "integer", "minimum": 1},
        "language": {"enum": ["English", "French", "Finnish"], "default": "English"},
        "features": {"type": "array", "items": {"type": "string"}},
        "query": {"type": "string", "x-every-execution": True},
    },
    "required": ["user_id", "seats", "query"],
}
SCHEMA_NAMES = ("user_id", "seats", "language", "features", "query")
ONBOARDING = Agent("agent:3", "Onboarding", variables=SCHEMA)
GIVEN = {"user_id": "u1", "seats": 5, "query": "bills"}


def platform(*agents: Agent, runs: int = 2) -> ScriptedClient:
    """A platform whose first agent asks for variables."""
    client = scripted(*(answer(f"Answer {number}") for number in range(runs)))
    client.agent_list = agents or (ONBOARDING, CONCIERGE)
    return client


def said(pilot: Pilot[Any]) -> str:
    """Everything static on the screen on top."""
    return "\n".join(str(each.render()) for each in pilot.app.screen.query(Static))


def given(main: MainScreen) -> str:
    """The line above the composer."""
    shown = main.chat.box.given
    return str(shown.render()) if shown.is_mounted and shown.display else ""


def is_asked(app: AthenaApp) -> bool:
    """Whether the form has the keyboard."""
    return isinstance(app.screen, VariablesScreen) and app.screen.focused is not None


async def fill(pilot: Pilot[Any]) -> None:
    """Fill in what is needed, as a person does."""
    await pilot.press(*"u1", "tab", *"5", "tab", "tab", "tab", *"bills")


async def test_the_form_opens_by_itself_and_then_the_message_goes() -> None:
    client = platform()
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        assert "user_id, seats, query needed" in given(main)
        await pilot.press(*"hello", "enter")
        await wait_until(pilot, lambda: is_asked(app))
        assert client.requests == []
        await fill(pilot)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "Answer 0" in spoken(main))
        assert client.requests[0].message == "hello"
        assert client.requests[0].variables == GIVEN
        assert main.chat.composer.text == ""
        assert "user_id=u1  seats=5  query=bills" in given(main)
        await pilot.press(*"again", "enter")
        await wait_until(pilot, lambda: "Answer 1" in spoken(main))
        assert client.requests[1].variables == {"query": "bills"}


async def test_who_leaves_the_form_keeps_the_message() -> None:
    client = platform()
    app = make_app(client)
    async with app.run_test(size=(80, 24)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hello", "enter")
        await wait_until(pilot, lambda: is_asked(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: app.screen is main)
        assert main.chat.composer.text == "hello"
        assert client.requests == []


async def test_what_is_wrong_stands_below_its_field_until_it_is_right() -> None:
    app = make_app(platform())
    async with app.run_test(size=(100, 40)) as pilot:
        await connected(pilot, app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: is_asked(app))
        await pilot.press("tab", *"none", "tab")
        await wait_until(pilot, lambda: "A whole number is needed" in said(pilot))
        assert "This is needed." not in said(pilot)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "This is needed." in said(pilot))
        screen = app.screen
        assert isinstance(screen.focused, Input)
        assert screen.focused.value == ""
        await pilot.press("tab", *["backspace"] * 4, *"3")
        await wait_until(pilot, lambda: "A whole number is needed" not in said(pilot))


async def test_what_is_chosen_is_sent_and_a_default_is_not() -> None:
    client = platform()
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: is_asked(app))
        await pilot.press(*"u1", "tab", *"5", "tab")
        assert isinstance(app.screen.focused, Choice)
        assert app.screen.focused.value == "English"
        await pilot.press("right", "tab", *'["a"]', "tab", *"bills", "enter")
        await wait_until(pilot, lambda: app.screen is main)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "Answer 0" in spoken(main))
        assert client.requests[0].variables == GIVEN | {"language": "French", "features": ["a"]}


async def test_more_than_the_platform_takes_is_refused_here() -> None:
    app = make_app(platform())
    async with app.run_test(size=(100, 40)) as pilot:
        await connected(pilot, app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: is_asked(app))
        await fill(pilot)
        screen = app.screen
        screen.query(Input).first().value = "é" * 9_000
        await pilot.pause()
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: "at most 16,384 (16 KiB)" in said(pilot))
        assert app.screen is screen


async def test_what_was_given_is_there_in_the_next_conversation_and_after_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    app = make_app(platform(), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: is_asked(app))
        await fill(pilot)
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: app.screen is main)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: "user_id=u1" in given(main))
        await app.action_quit()
    app = make_app(platform(), database=database)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: "user_id=u1" in given(main))


async def test_an_agent_without_variables_shows_none_and_says_so() -> None:
    app = make_app(platform(CONCIERGE))
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        assert given(main) == ""
        assert isinstance(main.workspace, Workspace)
        assert named("variables").obstacle(main.workspace) == "This agent asks for nothing beside the message."
        await pilot.press("f2")
        await pilot.pause()
        assert app.screen is main


async def test_everything_optional_is_at_its_default_and_asked_for_by_nobody() -> None:
    relaxed = replace(ONBOARDING, variables={**SCHEMA, "required": []})
    client = platform(relaxed)
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        assert "5 variables at their defaults" in given(main)
        await pilot.press(*"hello", "enter")
        await wait_until(pilot, lambda: "Answer 0" in spoken(main))
        assert client.requests[0].variables == {}


async def test_brackets_in_a_schema_are_no_markup() -> None:
    odd: JsonObject = {
        "properties": {"[b]x[/b]": {"enum": ["[red]", "[/]"], "description": "[/oops]", "title": "[b]x[/b]"}}
    }
    app = make_app(platform(Agent("agent:4", "[/]", variables=odd)))
    async with app.run_test(size=(80, 24)) as pilot:
        await connected(pilot, app)
        await pilot.press("f2")
        await wait_until(pilot, lambda: is_asked(app))
        assert "[b]x[/b]" in said(pilot)
        assert "[/oops]" in said(pilot)


async def test_a_variable_is_found_by_its_name_and_the_form_begins_there() -> None:
    app = make_app(platform())
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"for #")
        await wait_until(pilot, lambda: main.chat.composer.completing)
        assert [offer.value for offer in main.chat.box.completions.offers] == list(SCHEMA_NAMES)
        assert "needed  Customer number" in str(main.chat.box.completions.offers[0].label)
        await pilot.press(*"se", "enter")
        await wait_until(pilot, lambda: is_asked(app))
        assert main.chat.composer.text == "for "
        screen = app.screen
        assert isinstance(screen, VariablesScreen)
        await pilot.press(*"5")
        focused = screen.focused
        assert isinstance(focused, Input)
        assert focused.value == "5"


async def test_without_variables_the_sign_means_nothing() -> None:
    client = platform(CONCIERGE)
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"#", "enter")
        await wait_until(pilot, lambda: "Answer 0" in spoken(main))
        assert client.requests[0].message == "#"
