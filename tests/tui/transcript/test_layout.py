"""The reader's place in a virtual column, with estimates that are wrong."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.tui.transcript.heights import Heights
from athena_tui.tui.transcript.layout import Layout, Place

ROWS = st.lists(st.integers(0, 12), min_size=1, max_size=60)


def layout_of(rows: list[int], page: int = 10, *, seed: int = 0) -> Layout:
    """A layout whose estimates have nothing to do with the truth."""
    guess = random.Random(seed)
    layout = Layout(Heights(lambda _index: guess.randint(0, 12)), lambda index: rows[index])
    layout.heights.reset(len(rows))
    layout.page = page
    return layout


def shown(layout: Layout) -> list[tuple[int, int]]:
    """Every line in view."""
    return [(span.index, span.first + k) for span in layout.spans() for k in range(span.count)]


def lines(rows: list[int]) -> list[tuple[int, int]]:
    """Every line there is."""
    return [(index, line) for index, count in enumerate(rows) for line in range(count)]


@given(ROWS, st.integers(1, 20))
def test_the_end_shows_the_last_lines(rows: list[int], page: int) -> None:
    layout = layout_of(rows, page)
    layout.to_end()
    assert shown(layout) == lines(rows)[-page:]
    assert layout.at_end()


@given(ROWS, st.integers(1, 20), st.lists(st.integers(-25, 25), max_size=12))
def test_moving_is_exact_whatever_was_estimated(rows: list[int], page: int, moves: list[int]) -> None:
    layout = layout_of(rows, page)
    layout.to_end()
    everything = lines(rows)
    top = max(0, len(everything) - page)
    for move in moves:
        layout.move(move)
        top = max(0, min(top + move, len(everything) - page))
        assert shown(layout) == everything[top : top + page]


@given(ROWS, st.integers(1, 20), st.integers(0, 800))
def test_jumping_anywhere_shows_a_full_page(rows: list[int], page: int, row: int) -> None:
    layout = layout_of(rows, page)
    layout.to_end()
    layout.jump(row)
    everything = lines(rows)
    seen = shown(layout)
    assert len(seen) == min(page, len(everything))
    assert not seen or everything[everything.index(seen[0]) :][: len(seen)] == seen


@given(ROWS, st.integers(1, 20), st.integers(0, 40), st.lists(st.integers(0, 9), max_size=30))
def test_what_is_put_in_front_moves_nothing(rows: list[int], page: int, up: int, older: list[int]) -> None:
    everything = list(rows)
    layout = layout_of(everything, page)
    layout.to_end()
    layout.move(-up)
    before = [(index + len(older), line) for index, line in shown(layout)]
    everything[:0] = older
    layout.prepended(len(older))
    assert shown(layout) == before


@given(ROWS, st.integers(1, 20), st.data())
def test_a_revealed_item_is_in_view(rows: list[int], page: int, data: st.DataObject) -> None:
    layout = layout_of(rows, page)
    layout.to_end()
    index = data.draw(st.integers(0, len(rows) - 1))
    layout.reveal(index)
    wanted = [(index, line) for line in range(rows[index])][:page]
    assert set(wanted) <= set(shown(layout))


def test_a_revealed_item_in_view_moves_nothing() -> None:
    layout = layout_of([3] * 20)
    layout.to_end()
    before = layout.top
    layout.reveal(18)
    assert layout.top == before


def test_a_change_above_the_reader_leaves_them_where_they_are() -> None:
    layout = layout_of([4] * 30)
    layout.to_end()
    layout.move(-20)
    before = shown(layout)
    layout.resized(0, 400)
    assert shown(layout) == before


def test_an_item_that_shrinks_under_the_reader_keeps_them_inside() -> None:
    rows = [40, 4, 4, 4, 4, 4]
    layout = layout_of(rows)
    layout.top = Place(0, 35)
    rows[0] = 2
    layout.resized(0, 2)
    assert layout.top == Place(0, 1)


@pytest.mark.parametrize("tail", [0, 2])
def test_rows_after_the_last_item_belong_to_the_end(tail: int) -> None:
    layout = layout_of([3] * 10)
    layout.tail = tail
    layout.to_end()
    assert shown(layout)[-1] == ((10, tail - 1) if tail else (9, 2))
    assert layout.rows_below() == 0
    layout.move(-1)
    assert layout.rows_below() == 1
    assert not layout.at_end()


def test_few_rows_start_at_the_top() -> None:
    layout = layout_of([1, 1])
    layout.to_end()
    assert layout.top == Place(0, 0)
    assert layout.at_end()
