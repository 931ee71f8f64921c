"""Writing: lines, pastes, bursts of keys."""

from __future__ import annotations

from textual import events
from textual.app import App, ComposeResult

from athena_tui.tui.widgets.composer import FOLDED_LINES, Composer

LONG = "\n".join(f"line {number}" for number in range(FOLDED_LINES + 1))


class Page(App[None]):
    """A composer and what it sent."""

    def __init__(self, burst: float = 0) -> None:
        super().__init__()
        self.composer = Composer(burst)
        self.sent: list[str] = []

    def compose(self) -> ComposeResult:
        """Just the composer."""
        yield self.composer

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """Write it down."""
        self.sent.append(event.text)


async def test_lines_are_broken_and_enter_sends() -> None:
    app = Page()
    async with app.run_test() as pilot:
        await pilot.press("a", "shift+enter", "b", "ctrl+j", "c", "backslash", "enter", "d")
        assert app.sent == []
        await pilot.press("enter")
        assert app.sent == ["a\nb\nc\nd"]


async def test_a_newline_right_after_a_key_was_pasted_and_sends_nothing() -> None:
    app = Page(burst=60)
    async with app.run_test() as pilot:
        await pilot.press("a", "enter", "b")
        assert app.sent == []
        assert app.composer.text == "a\nb"


async def test_a_paste_never_sends() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.composer.post_message(events.Paste("one\ntwo\n"))
        await pilot.pause()
        assert app.sent == []
        assert app.composer.text == "one\ntwo\n"


async def test_a_long_paste_is_folded_and_sent_in_full() -> None:
    app = Page()
    async with app.run_test() as pilot:
        await pilot.press(*"see ")
        app.composer.post_message(events.Paste(LONG.replace("\n", "\r")))
        await pilot.pause()
        assert app.composer.text == f"see [paste #1 · {FOLDED_LINES + 1} lines]"
        await pilot.press("enter")
        assert app.sent == [f"see {LONG}"]


async def test_a_folded_paste_is_unfolded_or_deleted_as_one() -> None:
    app = Page()
    async with app.run_test() as pilot:
        for _ in range(2):
            app.composer.post_message(events.Paste(LONG))
        await pilot.pause()
        await pilot.press("backspace")
        assert app.composer.text == f"[paste #1 · {FOLDED_LINES + 1} lines]"
        await pilot.press("ctrl+r")
        assert app.composer.text == LONG


async def test_a_long_paste_of_one_line_is_folded_too() -> None:
    app = Page()
    async with app.run_test() as pilot:
        app.composer.post_message(events.Paste("x" * 70_000))
        await pilot.pause()
        assert app.composer.text == "[paste #1 · 70,000 characters]"
        await pilot.press("enter")
        assert app.sent == ["x" * 70_000]


async def test_keys_do_what_they_are_for_in_the_order_in_which_they_come() -> None:
    """However fast one types: nothing is awaited between these."""
    app = Page()
    async with app.run_test() as pilot:
        for key, character in (("a", "a"), ("ctrl+j", None), ("b", "b"), ("backspace", None), ("c", "c")):
            app.post_message(events.Key(key, character))
        app.post_message(events.Key("enter", "\r"))
        app.post_message(events.Key("d", "d"))
        await pilot.pause()
        await pilot.pause()
        assert app.sent == ["a\nc"]
        assert app.composer.text == "a\ncd"
