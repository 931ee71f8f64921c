"""Conversations that were put away."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import OptionList

from tests.tui.fakes import connected, make_app, scripted, some_conversations, wait_until


async def test_what_was_put_away_stands_at_the_end_under_a_word_that_says_so() -> None:
    first, *others = some_conversations()
    app = make_app(scripted(conversations=[replace(first, archived=True), *others]))
    async with app.run_test(size=(120, 40)) as pilot:
        main = await connected(pilot, app)
        listed = main.query_one("#conversations", OptionList)
        await wait_until(pilot, lambda: listed.option_count > len(others))
        said = [str(option.prompt).strip() for option in listed.options]
        assert said[-2] == "Archived"
        assert "Trip planning" in said[-1]
