"""A platform that was out of reach is found again without a key being pressed."""

from __future__ import annotations

import pytest

from athena_tui.client.errors import ConnectionFailed
from athena_tui.client.events import RunFailed, RunStarted, TextDelta
from athena_tui.client.models import Credits, Message, Page, Role
from athena_tui.client.observer import Live, Offline
from athena_tui.tui import offline
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import CONCIERGE, LEDGER, connected, make_app, scripted, spoken, wait_until


class Away(ScriptedClient):
    """A platform that answers only after so many attempts to ask for the balance."""

    away = 0

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """The balance, or not."""
        if self.away:
            self.away -= 1
            raise ConnectionFailed("The platform cannot be reached.")
        return await super().credits(generation_cost)


async def test_it_is_asked_until_it_answers_and_everything_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_PATIENCE", (0.0,))
    client = Away()
    client.agent_list = (CONCIERGE,)
    app = make_app(client)
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        assert main.workspace is not None
        client.away = 3
        client.agent_list = (CONCIERGE, LEDGER)
        main.workspace.connection_changed(Offline("nothing there"))
        await wait_until(pilot, lambda: main.workspace and main.workspace.agents == (CONCIERGE, LEDGER))
        assert client.away == 0


async def test_nobody_is_asked_once_something_else_got_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offline, "_PATIENCE", (0.0,))
    client = Away()
    client.agent_list = (CONCIERGE,)
    app = make_app(client)
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        assert main.workspace is not None
        client.away = 1
        main.workspace.connection_changed(Offline("nothing there"))
        main.workspace.connection_changed(Live())
        await wait_until(pilot, lambda: not [each for each in app.workers if each.group == "seek"])
        assert client.away == 1


async def test_f5_finds_an_answer_that_was_lost() -> None:
    client = scripted(
        [RunStarted("run:1", "conversation:1"), TextDelta("The wh"), RunFailed("stream_interrupted", "Lost.", "run:1")]
    )
    client.pages = [Page(()), Page((Message("m2", Role.ASSISTANT, "The whole answer.", run_id="run:1"),))]
    app = make_app(client)
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        session = main.chat.session
        assert session is not None
        await wait_until(pilot, lambda: session.lost_answer)
        await pilot.press("f5")
        await wait_until(pilot, lambda: len(client.pages) == 1 and session.lost_answer)
        await pilot.press("f5")
        await wait_until(pilot, lambda: "The whole answer." in spoken(main))
        assert not session.lost_answer
        assert len(client.requests) == 1
