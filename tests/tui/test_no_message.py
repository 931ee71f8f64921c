"""Agents that need no message can be run without one; not by accident."""

from __future__ import annotations

from textual.widgets import Static

from athena_tui.chat.parts import UserPart
from athena_tui.client.models import Agent
from tests.tui.fakes import answer, connected, make_app, scripted, spoken, wait_until

POSTCARD = Agent("agent:3", "Postcard writer", needs_message=False)


async def test_enter_twice_runs_it() -> None:
    client = scripted(answer("Wish you were here."))
    client.agent_list = (POSTCARD,)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: not main.chat.box.needs_message)
        await pilot.press("enter")
        await wait_until(pilot, lambda: "needs no message" in str(main.query_one("#composer-note", Static).content))
        assert client.requests == []
        await pilot.press("x", "backspace", "enter")
        assert client.requests == []
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Wish you were here." in spoken(main))
        assert [request.message for request in client.requests] == [""]
        assert main.chat.session is not None
        assert not any(isinstance(part, UserPart) for part in main.chat.session.transcript.parts)
        assert list(main.chat.composer.prompts) == []


async def test_others_want_one() -> None:
    client = scripted()
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("enter", "enter")
        await wait_until(pilot, lambda: "Write a message" in str(main.query_one("#composer-note", Static).content))
        assert client.requests == []
