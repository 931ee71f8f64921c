"""Conversations that were put away."""

from __future__ import annotations

from dataclasses import replace

from textual.widgets import OptionList

from athena_tui.client.models import Page
from tests.tui.fakes import (
    LEDGER,
    answer,
    connected,
    history,
    make_app,
    scripted,
    shown,
    some_conversations,
    wait_until,
)


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


async def test_what_a_new_conversation_puts_away_is_said_before_and_after() -> None:
    client = scripted(answer("Hello."), conversations=some_conversations())
    app = make_app(client)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: "first message here archives Trip planning" in shown(main))
        first, *others = some_conversations()
        client.conversation_pages = [Page((replace(first, archived=True), *others))]
        await pilot.press(*"hi", "enter")
        # Nothing public lists what was notified.
        await wait_until(pilot, lambda: "Archived: Trip planning" in [each.message for each in app._notifications])


async def test_it_is_said_which_conversation_an_agent_goes_on_with() -> None:
    told = replace(some_conversations()[0], agent_id=LEDGER.id)
    client = scripted(conversations=[told])
    client.pages = [history("before", "and after")]
    app = make_app(client)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await connected(pilot, app)
        main.talk_to(LEDGER.id)
        await wait_until(pilot, lambda: "Going on with Trip planning; ctrl+n begins afresh." in shown(main))
