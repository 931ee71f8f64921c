"""Selecting with the mouse copies logical text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.pilot import Pilot

from athena_tui.chat.engine_events import TurnSent
from athena_tui.client.events import RunFinished, RunStarted, TextDelta
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.selection import Selection, Spot, Unit, cells, column_at, selected_text, unit_at
from athena_tui.tui.transcript.wrapping import wrap
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled, wait_until

TEXT = st.text(alphabet="ab c日本.\n", max_size=120)
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon"


def wrapped(text: str, width: int) -> list[Line]:
    """Lines of a text as the pane would have them."""
    return [Line((), words, join=join) for words, join in wrap(text, width)]


def spots(lines: list[Line], data: st.DataObject) -> Spot:
    """Any spot of some lines."""
    number = data.draw(st.integers(0, len(lines) - 1))
    return Spot(0, number, data.draw(st.integers(0, len(lines[number].text))))


@given(TEXT, st.integers(2, 20), st.data())
def test_two_neighbouring_selections_make_the_whole(text: str, width: int, data: st.DataObject) -> None:
    lines = wrapped(text, width)
    middle = spots(lines, data)
    start, end = Spot(0, 0, 0), Spot(0, len(lines) - 1, len(lines[-1].text))
    before = selected_text(lines, 0, Selection((start, start), (middle, middle)))
    after = selected_text(lines, 0, Selection((end, end), (middle, middle)))
    assert before + after == "".join(line.text + line.join for line in lines)[:-1]


@given(st.text(alphabet="a日☕b", min_size=1, max_size=30), st.data())
def test_a_cell_finds_the_character_it_shows(text: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(text) - 1))
    first, last = cells(text, column, column + 1)
    assert column_at(text, first) == column
    assert last == first + cell_len(text[column])
    assert column_at(text, cell_len(text)) == len(text)


def test_a_word_and_a_logical_line_are_found() -> None:
    lines = wrapped("one two-three four five", 9)
    spot = Spot(0, 1, 5)
    word = unit_at(lines, spot, Unit.WORD)
    assert selected_text(lines, 0, Selection(word, word, Unit.WORD)) == "three"
    line = unit_at(lines, spot, Unit.LINE)
    assert selected_text(lines, 0, Selection(line, line, Unit.LINE)) == "one two-three four five"


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


async def test_a_selection_survives_what_arrives_and_what_is_put_in_front() -> None:
    app = PaneApp(conversation(5))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot, app)
        await drag(pilot, app, (2, 4), (30, 8))
        before = app.view.selected()
        assert before
        older = conversation(3)
        app.view.transcript_changed(app.transcript.prepend(older.turns, older.parts))
        app.apply(TurnSent("more"))
        await settled(pilot, app)
        assert app.view.selected() == before


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
