"""Choosing a theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from athena_tui.tui.screens.themes import ThemesScreen
from tests.tui.fakes import connected, make_app, scripted, wait_until


async def test_a_theme_is_seen_at_once_and_kept_with_enter(tmp_path: Path) -> None:
    database = tmp_path / "state.db"
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"/theme", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, ThemesScreen) and app.screen.focused)
        assert app.theme == "athena-dark"
        await pilot.press("down")
        await wait_until(pilot, lambda: app.theme == "athena-light")
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is main)
        await wait_until(pilot, lambda: app.memory.state.get("theme") == "athena-light")
        await app.action_quit()
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        await connected(pilot, app)
        assert app.theme == "athena-light"


@pytest.mark.parametrize("key", ["escape", "click"])
async def test_who_leaves_has_the_theme_there_was(key: str) -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        app.action_change_theme()
        await wait_until(pilot, lambda: isinstance(app.screen, ThemesScreen) and app.screen.focused)
        await pilot.press("j", "j", "j")
        await wait_until(pilot, lambda: app.theme != "athena-dark")
        if key == "click":
            await pilot.click(offset=(5, 20))
        else:
            await pilot.press(key)
        await wait_until(pilot, lambda: app.screen is main)
        assert app.theme == "athena-dark"


async def test_every_theme_is_there_ours_first() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 30)) as pilot:
        await connected(pilot, app)
        app.action_change_theme()
        await wait_until(pilot, lambda: isinstance(app.screen, ThemesScreen) and app.screen.focused)
        listed = app.screen.query_one(OptionList)
        names = [option.id for option in listed.options]
        assert names[:2] == ["athena-dark", "athena-light"]
        assert set(names) | {"textual-ansi"} == set(app.available_themes) | {"textual-ansi"}
