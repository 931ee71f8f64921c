"""Which rows of the message pane are drawn, and when."""

from __future__ import annotations

import pytest
from textual.geometry import Region

from athena_tui.chat.engine_events import TurnSent
from athena_tui.client.events import RunStarted, TextDelta
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled


async def test_only_rows_that_look_different_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PaneApp(conversation(20))
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta("The answer begins"))
        await settled(pilot, app)
        regions: list[Region] = []
        monkeypatch.setattr(app.view, "refresh", lambda *given, **_: regions.extend(given))
        app.apply(TextDelta(" and goes on"))
        await settled(pilot, app)
        row = next(number for number, line in enumerate(screen_lines(app)) if "goes on" in line)
        assert regions == [Region(0, row, 60, 1)]
        regions.clear()
        app.view.paint()
        assert regions == []


async def test_what_arrives_out_of_sight_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta("The answer begins"))
        await settled(pilot, app)
        app.view.move(-60)
        app.view.kept.clear()
        app.apply(TextDelta(" and goes on"))
        await settled(pilot, app)
        assert app.view.kept.peek(app.transcript.parts[-1]) is None


async def test_what_is_drawn_between_two_frames_is_what_the_last_one_painted() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.apply(TurnSent("hi"), RunStarted("r"), TextDelta("one"))
        await settled(pilot, app)
        before = screen_lines(app)
        app.apply(TextDelta("\n\ntwo"))
        assert screen_lines(app) == before
        await settled(pilot, app)
        assert "two" in "\n".join(screen_lines(app))
