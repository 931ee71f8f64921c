"""Which command the palette runs."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.screens.palette import PaletteScreen
from tests.tui.fakes import answer, connected, make_app, scripted, some_conversations, spoken, wait_until


async def type_there(pilot: Pilot[None], app: AthenaApp, typed: str) -> list[str]:
    """Open the palette and type; what is found there, best first."""
    await pilot.press("ctrl+p")
    await wait_until(pilot, lambda: isinstance(app.screen, PaletteScreen))
    await pilot.press(*typed)
    listed = app.screen.query_one(OptionList)
    await wait_until(pilot, lambda: listed.option_count < 15)
    return [str(option.id) for option in listed.options]


async def spoken_to(pilot: Pilot[None], app: AthenaApp) -> MainScreen:
    """A conversation in which something was said."""
    main = await connected(pilot, app)
    await pilot.press(*"hi", "enter")
    await wait_until(pilot, lambda: "Hello." in spoken(main) and not main.chat.runs)
    return main


@pytest.mark.parametrize(("typed", "why"), [("usage", "Usage is not told here."), ("stop", "Nothing runs.")])
async def test_what_was_typed_comes_first_and_says_why_it_cannot_be_done(typed: str, why: str) -> None:
    client = scripted(answer("Hello."), conversations=some_conversations())
    client.capabilities = Capabilities({Feature.USAGE_REPORT: "Usage is not told here."})
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await spoken_to(pilot, app)
        assert (await type_there(pilot, app, typed))[0] == typed
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is main)
        await wait_until(pilot, lambda: why in str(main.chat.box.note.content))
        assert client.archived == []


async def test_nothing_is_ended_or_put_away_by_words_of_its_explanation() -> None:
    app = make_app(scripted(answer("Hello."), conversations=some_conversations()))
    async with app.run_test(size=(100, 40)) as pilot:
        await spoken_to(pilot, app)
        assert not {"archive", "quit", "stop"} & set(await type_there(pilot, app, "put"))


async def test_an_explanation_finds_a_command_after_those_of_that_name() -> None:
    app = make_app(scripted(answer("Hello."), conversations=some_conversations()))
    async with app.run_test(size=(100, 40)) as pilot:
        await spoken_to(pilot, app)
        found = await type_there(pilot, app, "message")
        assert "retry" in found
        found_before = found[: found.index("retry")]
        assert "older" in found_before
