"""A reader is never thrown off their line, whatever happens around them."""

from __future__ import annotations

from textual.events import MouseScrollDown, MouseScrollUp
from textual.message import Message
from textual.scrollbar import ScrollTo

from athena_tui.chat.engine_events import TurnRetried, TurnSent
from athena_tui.chat.parts import NoticePart, Turn
from athena_tui.client.events import ReasoningDelta, RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Role
from athena_tui.tui.transcript import FollowingChanged, OlderWanted
from tests.tui.transcript.driving import PaneApp, conversation, of_kind, screen_lines, settled


def follows(app: PaneApp) -> bool:
    """Whether new text is followed."""
    return app.view.at_end


async def test_a_conversation_opens_at_its_end() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        assert follows(app)
        assert any("answer 49 line 3" in line for line in screen_lines(app))


async def test_new_text_is_followed_at_the_end() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        app.apply(TurnSent("more"), RunStarted("r"), TextDelta("one\n\n" * 30 + "the last line"))
        await settled(pilot, app)
        assert follows(app)
        assert any("the last line" in line for line in screen_lines(app))


async def test_text_that_arrives_elsewhere_moves_nothing_and_is_counted() -> None:
    log: list[Message] = []
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20), message_hook=log.append) as pilot:
        await settled(pilot, app)
        app.view.move(-30)
        before = screen_lines(app)
        app.apply(TurnSent("more"), RunStarted("r"), TextDelta("one\n\n" * 30 + "end"))
        await settled(pilot, app)
        after = screen_lines(app)
        assert after[:-1] == before[:-1]
        assert "new lines" in after[-1]
        assert not follows(app)
        assert [message.following for message in of_kind(log, FollowingChanged)] == [False]


async def test_the_end_key_follows_again() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        app.view.move(-30)
        app.apply(TurnSent("more"), RunStarted("r"), TextDelta("the end"))
        await settled(pilot, app)
        await pilot.press("end")
        await settled(pilot, app)
        assert follows(app)
        assert any("the end" in line for line in screen_lines(app))
        assert not any("new line" in line for line in screen_lines(app))


async def test_a_click_on_the_chip_follows_again() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        app.view.move(-30)
        app.apply(TurnSent("more"), RunStarted("r"), TextDelta("one\n\n" * 5))
        await settled(pilot, app)
        column = screen_lines(app)[-1].index("new")
        await pilot.click(app.view, offset=(column, 19))
        assert follows(app)


async def test_the_wheel_leaves_the_end_and_comes_back() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await pilot._post_mouse_events([MouseScrollUp], widget=app.view, offset=(5, 5))
        assert not follows(app)
        await pilot._post_mouse_events([MouseScrollDown], widget=app.view, offset=(5, 5))
        assert follows(app)


async def test_pages_go_up_and_down_without_losing_a_line() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        first = screen_lines(app)
        await pilot.press("pageup")
        assert screen_lines(app)[-1] == first[0]
        await pilot.press("pageup", "pagedown", "pagedown")
        assert screen_lines(app) == first
        assert follows(app)


async def test_dragging_the_bar_goes_anywhere() -> None:
    app = PaneApp(conversation(400))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        app.view.post_message(ScrollTo(y=0, animate=False))
        await settled(pilot, app)
        assert "question 0" in screen_lines(app)[0]
        app.view.post_message(ScrollTo(y=app.view.virtual_size.height // 2, animate=False))
        await settled(pilot, app)
        assert not follows(app)
        app.view.post_message(ScrollTo(y=app.view.virtual_size.height, animate=False))
        await settled(pilot, app)
        assert follows(app)
        assert app.view.vertical_scrollbar.position == app.view.virtual_size.height - 20


async def test_older_messages_are_asked_for_once_and_put_in_front_silently() -> None:
    log: list[Message] = []
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20), message_hook=log.append) as pilot:
        app.view.show(app.transcript, has_older=True)
        await settled(pilot, app)
        assert not of_kind(log, OlderWanted)
        await pilot.press("home")
        app.view.move(2)
        app.view.move(-1)
        await settled(pilot, app)
        assert len(of_kind(log, OlderWanted)) == 1
        before = screen_lines(app)
        older = Turn(-1, Role.SYSTEM)
        app.view.transcript_changed(
            app.transcript.prepend([older], [NoticePart(older, f"older {number}") for number in range(30)])
        )
        await settled(pilot, app)
        assert screen_lines(app) == before
        app.view.move(-3)
        assert "older 29" in screen_lines(app)[0]


async def test_a_resize_keeps_the_line_at_the_top() -> None:
    app = PaneApp(conversation(1, lines=1))
    words = " ".join(f"word{number}" for number in range(2000))
    app.transcript.apply(TextDelta(words), 0.0)
    async with app.run_test(size=(100, 20)) as pilot:
        await settled(pilot, app)
        app.view.move(-40)
        top = screen_lines(app)[0].split()[0]
        for width in (61, 143, 100):
            await pilot.resize_terminal(width, 20)
            await settled(pilot, app)
            assert top in screen_lines(app)[0].split()


async def test_a_theme_keeps_the_line_at_the_top() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        app.view.move(-33)
        before = screen_lines(app)
        old = app.view.palette
        app.theme = "textual-light"
        await settled(pilot, app)
        assert screen_lines(app) == before
        assert app.view.palette != old


async def test_folding_above_and_below_keeps_the_line_at_the_top() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ReasoningDelta("thought\n" * 50), TextDelta("x\n\n" * 40))
        await settled(pilot, app)
        app.view.move(-5)
        before = screen_lines(app)
        app.view.fold(1)
        await settled(pilot, app)
        assert screen_lines(app)[:-1] == before[:-1]


async def test_a_retried_turn_leaves_nothing_behind() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta("wrong\n\n" * 30), RunFinished("r"))
        await settled(pilot, app)
        app.apply(TurnRetried(), RunStarted("r"), TextDelta("right"))
        await settled(pilot, app)
        shown = screen_lines(app)
        assert any("right" in line for line in shown)
        assert not any("wrong" in line for line in shown)


async def test_wide_characters_never_break_the_frame() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 12)) as pilot:
        app.apply(TurnSent("日本語の文章" * 20), RunStarted("r"), TextDelta("☕ **日本** `コード` 👩‍👩‍👧 " * 20))
        await settled(pilot, app)
        view = app.view
        for strip in view.render_lines(view.outer_size.region):
            assert strip.cell_length == 40
