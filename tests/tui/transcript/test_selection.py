"""Selecting with the mouse copies logical text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from athena_tui.chat.engine_events import TurnRetried, TurnSent
from athena_tui.client.events import (
    ReasoningDelta,
    RunFinished,
    RunStarted,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
)
from athena_tui.client.models import ToolOutcome
from athena_tui.tui.lines import Line
from athena_tui.tui.markdown import render_markdown
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.drawing import Drawing
from athena_tui.tui.transcript.logical import Offsets
from athena_tui.tui.transcript.selection import Selection, Spot, Unit, cells, column_at, columns, selected_text, unit_at
from athena_tui.tui.transcript.wrapping import wrap
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled, wait_until

TEXT = st.text(alphabet="ab c日本.\n", max_size=120)
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon"


def drawn(text: str, width: int) -> tuple[Drawing, Offsets]:
    """A text as the pane would have it."""
    drawing = Drawing([Line((), words, join=join) for words, join in wrap(text, width)])
    return drawing, Offsets(drawing)


def taken(drawing: Drawing, offsets: Offsets, selection: Selection) -> str:
    """What is selected of it."""
    within = selection.within(0)
    return selected_text(drawing.lines, offsets, *within) if within else ""


@given(TEXT, st.integers(2, 20), st.data())
def test_a_selection_is_what_was_said(text: str, width: int, data: st.DataObject) -> None:
    first, last = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    drawing, offsets = drawn(text, width)
    assert selected_text(drawing.lines, offsets, first, last) == text[first:last]


@given(TEXT, st.integers(2, 20), st.data())
def test_the_marked_characters_are_the_selected_ones(text: str, width: int, data: st.DataObject) -> None:
    first, last = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
    drawing, offsets = drawn(text, width)
    shown = ""
    for number, line in enumerate(drawing.lines):
        span = columns(line, offsets.start(number), first, last)
        shown += line.text[slice(*span)] if span else ""
    assert shown.replace(" ", "") == text[first:last].replace("\n", "").replace(" ", "")


@given(st.text(alphabet="a日☕b", min_size=1, max_size=30), st.integers(0, 4), st.data())
def test_a_cell_finds_the_character_it_shows(text: str, indent: int, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(text) - 1))
    line = Line((), text, indent)
    first, last = cells(line, column, column + 1)
    assert column_at(line, first) == column
    assert last == first + cell_len(text[column])
    assert column_at(line, indent + cell_len(text)) == len(text)


def test_what_looks_like_one_character_is_never_cut() -> None:
    family = "👩\u200d👩\u200d👧"
    line = Line((), f"a{family}b")
    assert cells(line, 1, 2) == cells(line, 3, 4) == (1, 3)
    assert column_at(line, 2) == 1 + len(family)
    assert column_at(line, 3) == 1 + len(family)
    assert column_at(line, 1) == 1


def test_tabs_take_the_cells_they_are_drawn_on() -> None:
    code = render_markdown("```\n\tif x\n```\n", 40, Palette.from_theme({}, no_color=True)).lines[0]
    assert code.strip.text[slice(*cells(code, 1, 3))] == "if"
    assert column_at(code, code.strip.text.index("x")) == code.text.index("x")


@pytest.mark.parametrize("aligned", ["|:--|--:|:-:|", "|--:|:-:|---|", "|:-:|---|--:|"])
def test_the_cells_of_a_table_are_found_where_they_are_drawn(aligned: str) -> None:
    table = f"| first | second | third |\n{aligned}\n| a日 | bb | c |\n"
    for source in (table, "> " + table.replace("\n", "\n> ").rstrip("> ")):
        for line in render_markdown(source, 60, Palette.from_theme({}, no_color=True)).lines:
            for word in filter(None, line.text.split("\t")):
                start = line.text.index(word)
                first, last = cells(line, start, start + len(word))
                assert line.strip.crop(first, last).text == word
                assert column_at(line, first) == start


def test_a_word_and_a_logical_line_are_found() -> None:
    drawing, offsets = drawn("one two-three four five\nsix", 9)
    assert len(drawing.lines) > 3
    spot = Spot(0, 10)
    word = unit_at(drawing.lines, offsets, spot, Unit.WORD)
    assert taken(drawing, offsets, Selection(word, word, Unit.WORD)) == "three"
    line = unit_at(drawing.lines, offsets, spot, Unit.LINE)
    assert taken(drawing, offsets, Selection(line, line, Unit.LINE)) == "one two-three four five"


def test_a_word_cut_by_the_edge_is_taken_whole() -> None:
    drawing, offsets = drawn("abcdefghijklmnop", 6)
    word = unit_at(drawing.lines, offsets, Spot(0, 8), Unit.WORD)
    assert taken(drawing, offsets, Selection(word, word, Unit.WORD)) == "abcdefghijklmnop"


async def test_a_drag_across_blocks_copies_what_was_said() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 30)) as pilot:
        app.apply(TurnSent(WORDS), RunStarted("r"), TextDelta(f"First.\n\n{WORDS}\n\nLast."), RunFinished("r"))
        await settled(pilot, app)
        lines = screen_lines(app)
        await drag(pilot, app, (4, 0), (lines[_row(lines, "Last")].index("Last") + 4, _row(lines, "Last")))
        await pilot.press("y")
        await wait_until(pilot, lambda: bool(app.copied))
        assert app.copied == [f"{WORDS}\n\nFirst.\n\n{WORDS}\n\nLast"]


async def test_a_drag_beyond_the_edge_scrolls_and_selects_on() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await pilot.mouse_down(app.view, offset=(30, 10))
        app.view.pointer._at = (0, -3)
        app.view.pointer._moved = True
        for _ in range(10):
            app.view.pointer._scroll()
        await pilot.mouse_up(app.view, offset=(0, 0))
        assert len(app.view.selected().splitlines()) > 20
        assert not app.view.at_end


async def test_a_double_click_takes_a_word_and_a_triple_click_the_line() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.apply(TurnSent(WORDS))
        await settled(pilot, app)
        column = screen_lines(app)[0].index("beta") + 1
        await pilot.click(app.view, offset=(column, 0), times=2)
        assert app.view.selected() == "beta"
        await pilot.click(app.view, offset=(column + 6, 0), times=3)
        assert app.view.selected() == WORDS


async def test_a_shift_click_extends() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.apply(TurnSent(WORDS))
        await settled(pilot, app)
        line = screen_lines(app)[0]
        await drag(pilot, app, (line.index("alpha"), 0), (line.index("beta"), 0))
        await pilot.mouse_down(app.view, offset=(line.index("gamma"), 0), shift=True)
        await pilot.mouse_up(app.view, offset=(line.index("gamma"), 0), shift=True)
        assert app.view.selected() == "alpha beta "


async def test_a_selection_stays_on_its_text_whatever_happens_around_it() -> None:
    app = PaneApp(conversation(5))
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ServerToolCall("s1", "rows", {}))
        app.apply(TextDelta(f"{WORDS} {WORDS}\n\nLast [later] words"))
        await settled(pilot, app)
        row = _row(screen_lines(app), "alpha")
        await drag(pilot, app, (12, row), (30, row + 3))
        before = app.view.selected()
        assert len(before) > 100
        older = conversation(3)
        app.view.transcript_changed(app.transcript.prepend(older.turns, older.parts))
        app.apply(ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, "row\n" * 9), TextDelta(" more\n\n[later]: /x\n"))
        await settled(pilot, app)
        assert app.view.selected() == before
        app.apply(RunFinished("r"), TurnSent("more"))
        app.theme = "textual-light"
        for width in (47, 90, 60):
            await pilot.resize_terminal(width, 20)
            await settled(pilot, app)
            assert app.view.selected() == before
        app.view.fold(1)
        assert app.view.selected() == before


async def test_a_selection_in_live_thinking_stays_on_its_text() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ReasoningDelta("".join(f"thought {n}\n" for n in range(20))))
        await settled(pilot, app)
        row = _row(screen_lines(app), "thought 18")
        await pilot.click(app.view, offset=(8, row), times=3)
        assert app.view.selected() == "thought 18"
        app.now += 20
        app.apply(ReasoningDelta("thought 20\nthought 21"))
        await settled(pilot, app)
        assert _row(screen_lines(app), "thought 18") < row
        assert app.view.selected() == "thought 18"


async def test_a_retried_turn_takes_only_its_own_selection_with_it() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent(WORDS), RunStarted("r"), TextDelta("wrong"), RunFinished("r"))
        await settled(pilot, app)
        await pilot.click(app.view, offset=(8, 0), times=2)
        assert app.view.selected() == "alpha"
        app.apply(TurnRetried())
        assert app.view.selected() == "alpha"


async def test_nothing_moves_away_while_one_selects() -> None:
    app = PaneApp(conversation(9))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        before = screen_lines(app)
        await pilot.mouse_down(app.view, offset=(4, 3))
        await pilot.hover(app.view, offset=(12, 6))
        app.apply(TurnSent("more"), RunStarted("r"), TextDelta("one\n\n" * 30))
        await settled(pilot, app)
        assert screen_lines(app)[:-1] == before[:-1]
        await pilot.mouse_up(app.view, offset=(12, 6))
        await settled(pilot, app)
        assert not app.view.at_end
        assert "new lines" in screen_lines(app)[-1]


async def test_a_drag_into_the_empty_room_below_takes_the_rest() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.apply(TurnSent("alpha beta"))
        await settled(pilot, app)
        await drag(pilot, app, (10, 0), (30, 12))
        assert app.view.selected() == "beta"
        await drag(pilot, app, (30, 12), (4, 0))
        assert app.view.selected() == "alpha beta"


async def test_code_and_tables_are_copied_as_they_were_sent() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 20)) as pilot:
        code = "def f():\n\tif x:\n\t    return 1  "
        app.apply(
            TurnSent("go"), RunStarted("r"), TextDelta(f"```python\n{code}\n```\n\n| a | b |\n|---|--:|\n| c | d |\n")
        )
        app.apply(RunFinished("r"))
        await settled(pilot, app)
        lines = screen_lines(app)
        await drag(pilot, app, (0, _row(lines, "def")), (40, _row(lines, "c ")))
        assert app.view.selected() == f"{code}\n\na\tb\nc\td"


async def test_a_click_on_what_is_left_out_shows_it() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 30)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ServerToolCall("s1", "rows", {}))
        app.apply(ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, "".join(f"row {n}\n" for n in range(20))))
        await settled(pilot, app)
        row = _row(screen_lines(app), "more lines")
        await pilot.click(app.view, offset=(12, row))
        assert any("row 19" in line for line in screen_lines(app))


async def test_a_click_selects_nothing() -> None:
    app = PaneApp(conversation(5))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await pilot.click(app.view, offset=(10, 3))
        assert not app.view.selected()
        assert not app.view.copy_selection()


async def drag(pilot: Pilot[None], app: PaneApp, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press, move, release."""
    await pilot.mouse_down(app.view, offset=start)
    await pilot.hover(app.view, offset=end)
    await pilot.mouse_up(app.view, offset=end)


def _row(lines: list[str], words: str) -> int:
    return next(number for number, line in enumerate(lines) if words in line)
