"""What the keys and the mouse do in the message pane."""

from __future__ import annotations

import pytest
from textual.events import MouseScrollDown, Paste
from textual.message import Message

from athena_tui.chat.engine_events import ToolAnswered, TurnSent
from athena_tui.chat.parts import ReasoningPart
from athena_tui.client.events import (
    ClientToolCall,
    ReasoningDelta,
    RunFailed,
    RunFinished,
    RunStarted,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
)
from athena_tui.client.models import JsonValue, ToolOutcome
from athena_tui.tui.transcript import (
    ComposerWanted,
    Copied,
    EditWanted,
    LinkWanted,
    OpenWanted,
    RateWanted,
    RetryWanted,
)
from tests.tui.transcript.driving import PaneApp, conversation, of_kind, screen_lines, settled, wait_until

ANSWER = """Here is **code**:

```python
one = 1
```

and more of it, [linked](https://example.com/a), or [not](file:///etc/passwd):

```sh
ls -l
```
"""


def spins(app: PaneApp) -> bool:
    """Whether a timer runs for the indicator."""
    return app.view.spinner.turns


async def test_the_cursor_walks_block_by_block() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(60, 40)) as pilot:
        await settled(pilot, app)
        await pilot.press("g")
        assert app.view.cursor == 0
        await pilot.press("j", "down")
        assert app.view.cursor == 3
        await pilot.press("k")
        assert app.view.cursor == 1
        await pilot.press("G")
        assert app.view.cursor == len(app.transcript.parts) - 2


async def test_the_cursor_never_skips_what_was_not_seen() -> None:
    app = PaneApp(conversation(1, lines=60))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("g", "j")
        assert app.view.cursor == 1
        seen: set[str] = set()
        for _ in range(40):
            seen |= set(screen_lines(app))
            await pilot.press("j")
        assert {f"  answer 0 line {line}" for line in range(60)} <= {line.replace("▎", " ") for line in seen}


async def test_the_cursor_comes_to_a_reader_who_went_elsewhere() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("G", "home", "j")
        assert app.view.cursor == 0


async def test_the_cursor_is_marked_only_while_keys_go_there() -> None:
    app = PaneApp(conversation(2))
    async with app.run_test(size=(60, 30)) as pilot:
        await settled(pilot, app)
        await pilot.press("g")
        assert screen_lines(app)[0].startswith("▎")
        app.set_focus(None)
        await pilot.pause()
        assert not screen_lines(app)[0].startswith("▎")


async def test_a_long_result_is_folded_and_unfolds() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 100)) as pilot:
        result = "\n".join(f"row {number}" for number in range(50))
        app.apply(
            TurnSent("go"),
            RunStarted("r"),
            ServerToolCall("s1", "rows", {"text": "one\ntwo"}),
            ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, result),
            RunFinished("r"),
        )
        await settled(pilot, app)
        shown = "\n".join(screen_lines(app))
        assert "row 11" in shown
        assert "row 12" not in shown
        assert "… 38 more lines" in shown
        await pilot.press("g", "j", "enter")
        assert "row 49" in "\n".join(screen_lines(app))
        await pilot.press("enter")
        assert "row 0" not in "\n".join(screen_lines(app))
        await pilot.press("enter")
        assert "… 38 more lines" in "\n".join(screen_lines(app))


async def test_a_click_on_the_header_folds() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.apply(
            TurnSent("go"),
            RunStarted("r"),
            ServerToolCall("s1", "rows", {"a": 1}),
            ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, "the result"),
        )
        await settled(pilot, app)
        row = next(number for number, line in enumerate(screen_lines(app)) if "rows" in line)
        await pilot.click(app.view, offset=(5, row))
        assert "the result" not in "\n".join(screen_lines(app))


async def test_thinking_is_live_then_collapses_unless_it_is_pinned() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 30)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ReasoningDelta("first\n" + "x\n" * 20 + "newest"))
        await settled(pilot, app)
        shown = "\n".join(screen_lines(app))
        assert "newest" in shown
        assert "first" not in shown
        app.now += 2.1
        app.apply(TextDelta("The answer."))
        await settled(pilot, app)
        shown = "\n".join(screen_lines(app))
        assert "Thought for 2.1 s" in shown
        assert "newest" not in shown
        await pilot.press("g", "j", "p")
        assert isinstance(app.view.part, ReasoningPart)
        shown = "\n".join(screen_lines(app))
        assert "first" in shown
        assert "newest" in shown


async def copied(app: PaneApp, key: str) -> str:
    """What a key copies from the newest answer."""
    async with app.run_test(size=(60, 40)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta(ANSWER), RunFinished("r"))
        await settled(pilot, app)
        await pilot.press("g", "j", key)
        await wait_until(pilot, lambda: bool(app.copied))
        return app.copied[0]


@pytest.mark.parametrize(("key", "text"), [("y", ANSWER), ("Y", "one = 1"), ("ctrl+y", ANSWER)])
async def test_copying_gives_what_was_sent(key: str, text: str) -> None:
    assert await copied(PaneApp(), key) == text


async def test_copying_tells_how() -> None:
    log: list[Message] = []
    app = PaneApp(conversation(1))
    async with app.run_test(size=(60, 40), message_hook=log.append) as pilot:
        await settled(pilot, app)
        await pilot.press("g", "y")
        await wait_until(pilot, lambda: bool(of_kind(log, Copied)))
        assert "OSC 52" in of_kind(log, Copied)[0].how


async def test_a_link_is_asked_for_only_if_its_scheme_is_harmless() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(90, 40), message_hook=log.append) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta(ANSWER), RunFinished("r"))
        await settled(pilot, app)
        lines = screen_lines(app)
        row = next(number for number, line in enumerate(lines) if "linked" in line)
        await pilot.click(app.view, offset=(lines[row].index("linked") + 2, row))
        await pilot.click(app.view, offset=(lines[row].index("not") + 1, row))
        await pilot.pause()
        assert [message.url for message in of_kind(log, LinkWanted)] == ["https://example.com/a"]
        app.view.open_link("javascript:alert(1)")
        await pilot.pause()
        assert len(of_kind(log, LinkWanted)) == 1


async def test_an_address_that_is_none_can_be_clicked() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(90, 40), message_hook=log.append) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta("See [here](http://[oops)."), RunFinished("r"))
        await settled(pilot, app)
        lines = screen_lines(app)
        row = next(number for number, line in enumerate(lines) if "here" in line)
        await pilot.click(app.view, offset=(lines[row].index("here") + 1, row))
        await pilot.pause()
        assert len(of_kind(log, LinkWanted)) == 1


async def test_retry_edit_open_and_rate_are_asked_for() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(80, 30), message_hook=log.append) as pilot:
        app.apply(
            TurnSent("the question"),
            RunStarted("r"),
            TextDelta("half"),
            RunFailed("rate_limited", "Too much.", retryable=True, remedy="Wait.", refunded=True, trace_id="t1"),
        )
        await settled(pilot, app)
        shown = "\n".join(screen_lines(app))
        for words in ("rate_limited", "Too much.", "→ Wait.", "credits refunded", "trace t1", "[R]etry"):
            assert words in shown
        await pilot.press("G", "R", "E", "o", "plus")
        await pilot.pause()
        turn = app.transcript.turns[-1]
        retry = of_kind(log, RetryWanted)[0]
        assert retry.turn is turn
        assert retry.part is app.transcript.parts[-1]
        assert of_kind(log, EditWanted)[0].text == "the question"
        assert "Too much." in of_kind(log, OpenWanted)[0].text
        assert [(message.turn, message.value) for message in of_kind(log, RateWanted)] == [(turn, 1)]


async def test_escape_drops_the_selection_before_it_leaves() -> None:
    log: list[Message] = []
    app = PaneApp(conversation(2))
    async with app.run_test(size=(80, 30), message_hook=log.append) as pilot:
        await settled(pilot, app)
        await pilot.mouse_down(app.view, offset=(3, 0))
        await pilot.hover(app.view, offset=(9, 0))
        await pilot.mouse_up(app.view, offset=(9, 0))
        assert app.view.selection
        await pilot.press("escape")
        assert not app.view.selection
        assert not of_kind(log, ComposerWanted)
        await pilot.press("escape")
        assert of_kind(log, ComposerWanted)


async def test_a_wide_block_scrolls_sideways() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        code = "a = '" + "0123456789" * 10 + "'"
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta(f"```python\n{code}\n```\n"), RunFinished("r"))
        await settled(pilot, app)
        before = screen_lines(app)
        assert any(line.endswith("›") for line in before)
        await pilot.press("g", "j", "l")
        after = screen_lines(app)
        assert any("‹" in line for line in after)
        await pilot.press("h")
        assert [line.lstrip("▎ ") for line in screen_lines(app)] == [line.lstrip("▎ ") for line in before]
        row = next(number for number, line in enumerate(before) if line.endswith("›"))
        await pilot._post_mouse_events([MouseScrollDown], widget=app.view, offset=(5, row), shift=True)
        assert any("‹" in line for line in screen_lines(app))
        assert app.view.at_end


async def test_every_binding_has_an_id_and_a_description() -> None:
    app = PaneApp()
    bindings = [binding for _, binding in app.view._bindings]
    assert bindings
    assert all(binding.id and binding.description for binding in bindings)


async def test_the_indicator_turns_only_while_something_runs() -> None:
    app = PaneApp(reduced_motion=False)
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        assert not spins(app)
        app.apply(TurnSent("go"), RunStarted("r"))
        app.now += 1.5
        await settled(pilot, app)
        assert spins(app)
        assert any("1.5 s" in line for line in screen_lines(app))
        app.apply(TextDelta("words"))
        await settled(pilot, app)
        assert not spins(app)
        assert not any("1.5 s" in line for line in screen_lines(app))


async def test_reduced_motion_has_no_timer() -> None:
    app = PaneApp(reduced_motion=True)
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"))
        await settled(pilot, app)
        assert not spins(app)


@pytest.mark.parametrize("value", [[{"name": "Ann", "age": 3}], {"total": 5.5, "text": "one\ntwo"}, [1, [2]]])
async def test_a_structured_output_shows_its_shape_and_raw_on_demand(value: JsonValue) -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), RunFinished("r", parsed_output=value))
        await settled(pilot, app)
        shaped = screen_lines(app)
        assert any("Structured output" in line for line in shaped)
        if not isinstance(value, list) or isinstance(value[0], dict):
            await pilot.press("g", "j", "enter")
            assert any("as JSON" in line for line in screen_lines(app))


async def test_markup_is_never_parsed() -> None:
    words = "[b]not bold[/b] [/] [x"
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.apply(
            TurnSent(words),
            RunStarted("r"),
            ClientToolCall("r", "c1", "tool", {words: words}),
            ToolAnswered("c1", "tool", ToolOutcome.ERROR, words),
            RunFailed(words, words),
        )
        await settled(pilot, app)
        assert "\n".join(screen_lines(app)).count("[b]not bold[/b]") == 6


async def test_a_long_paste_is_folded_and_unfolds() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 120)) as pilot:
        app.apply(TurnSent("\n".join(f"row {number}" for number in range(100))))
        await settled(pilot, app)
        shown = "\n".join(screen_lines(app))
        assert "row 29" in shown
        assert "row 30" not in shown
        assert "… 70 more lines" in shown
        await pilot.press("g", "enter")
        assert "row 99" in "\n".join(screen_lines(app))
        await pilot.press("enter")
        assert "… 70 more lines" in "\n".join(screen_lines(app))


async def test_what_is_pasted_while_reading_goes_to_the_composer() -> None:
    log: list[Message] = []
    app = PaneApp(conversation(2))
    async with app.run_test(size=(60, 20), message_hook=log.append) as pilot:
        await settled(pilot, app)
        app.view.post_message(Paste("pasted"))
        await pilot.pause()
        assert [message.text for message in of_kind(log, ComposerWanted)] == ["pasted"]


async def test_a_wide_block_scrolls_though_the_cursor_is_elsewhere_and_says_how() -> None:
    transcript = conversation(1)
    table = "| a | b |\n| - | - |\n| " + "x" * 90 + " | end |\n"
    for event in (TurnSent("a table"), RunStarted("r"), TextDelta(table), RunFinished("r"), TurnSent("thanks")):
        transcript.apply(event, 1.0)
    app = PaneApp(transcript)
    async with app.run_test(size=(60, 40)) as pilot:
        await settled(pilot, app)
        assert app.view.part is transcript.parts[-1]
        assert any("← → scrolls" in line for line in screen_lines(app))
        assert not any("end" in line for line in screen_lines(app))
        for _ in range(12):
            await pilot.press("right")
        await settled(pilot, app)
        assert any("end" in line for line in screen_lines(app))
