"""What the keys of the search bar do, however fast they come."""

from __future__ import annotations

from textual._xterm_parser import XTermParser
from textual.events import Key

from athena_tui.client.models import Role
from athena_tui.tui.transcript.search import Query
from athena_tui.tui.transcript.search_bar import SearchBar
from tests.tui.transcript.driving import PaneApp, conversation, settled, wait_until


def burst(app: PaneApp, *keys: str) -> None:
    """Press keys as a paste into the terminal does: all of them before the app sees the first."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def test_what_is_typed_right_after_the_slash_is_searched_for() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(90, 20)) as pilot:
        await settled(pilot, app)
        burst(app, "slash", *"Ro/Eline", "backspace")
        await wait_until(pilot, lambda: app.focused is not app.view)
        await wait_until(pilot, lambda: app.query_one(SearchBar).query_now == Query("Ro/Elin"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.focused is app.view)
        burst(app, "slash", *"line 2", "enter")
        await wait_until(pilot, lambda: app.query_one(SearchBar).query_now == Query("line 2"))
        await wait_until(pilot, lambda: app.focused is app.view)
        burst(app, "slash", *"line", "escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))


async def test_alt_and_a_letter_types_nothing() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(90, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("slash", *"line")
        bar = app.query_one(SearchBar)
        # Two at once, as a terminal without the kitty protocol sends them.
        pressed = [event for event in XTermParser().feed("\x1br\x1bc\x1bw") if isinstance(event, Key)]
        assert [event.key for event in pressed] == ["alt+r", "alt+c", "alt+w"]
        for event in pressed:
            app.post_message(event)
        await wait_until(pilot, lambda: bar.query_now == Query("line", case=True, regex=True, role=Role.USER))
        app.post_message(Key("alt+c", "c"))
        await wait_until(pilot, lambda: not bar.case)
        assert bar.query_now.words == "line"
