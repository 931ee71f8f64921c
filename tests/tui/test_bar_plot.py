"""Bars made of characters."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.tui.bar_plot import bar_plot, short


def drawn(values: list[float], labels: list[str], width: int, height: int, *, ascii_only: bool = False) -> list[str]:
    """A plot as it is seen."""
    lines = bar_plot(values, labels, width, height, ascii_only=ascii_only)
    return [(line.axis + line.bars).rstrip() for line in lines]


def test_bars_stand_on_a_base_between_axis_and_labels() -> None:
    assert drawn([0, 2, 4, 3], ["a", "b", "c", "d"], 12, 2) == [
        "4 ┤    █ ▄",
        "  │  █ █ █",
        "0 └───────",
        "   a b c d",
    ]


def test_ascii_takes_the_place_of_blocks() -> None:
    assert drawn([0, 2, 4, 3], ["a", "b", "c", "d"], 12, 2, ascii_only=True) == [
        "4 |    # #",
        "  |  # # #",
        "0 +-------",
        "   a b c d",
    ]


def test_the_newest_are_kept_where_there_is_too_little_room() -> None:
    assert drawn([9, 9, 9, 1, 2], ["a", "b", "c", "d", "e"], 5, 1)[0] == "9 ┤▁▂"


def test_the_least_value_is_still_seen() -> None:
    assert drawn([1, 1_000_000], ["a", "b"], 20, 4)[3].strip("│ ").startswith("▁")


def test_labels_do_not_touch_and_the_last_one_is_there() -> None:
    labels = [f"{day:02} Oct" for day in range(1, 31)]
    line = drawn([1.0] * 30, labels, 70, 3)[-1]
    assert line.split("  ")[-1].strip() == "30 Oct"
    assert all(part.strip() in labels for part in line.split("  ") if part.strip())
    assert line.strip().startswith("01 Oct")


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (7, "7"), (0.25, "0.25"), (9_999, "9,999"), (12_345, "12.3k"), (3_400_000, "3.4M"), (2e9, "2.0G")],
)
def test_numbers_are_short(number: float, text: str) -> None:
    assert short(number) == text


def test_without_values_or_room_there_is_nothing() -> None:
    assert bar_plot([], [], 40, 5) == []
    assert bar_plot([1], ["a"], 3, 5) == []
    assert bar_plot([1], ["a"], 40, 0) == []


@given(
    st.lists(st.floats() | st.integers(-10, 10**15), min_size=1, max_size=60),
    st.integers(1, 120),
    st.integers(1, 12),
    st.booleans(),
)
def test_a_plot_is_never_wider_than_its_room(values: list[float], width: int, height: int, ascii_only: bool) -> None:
    lines = drawn(values, [f"{index} h" for index in range(len(values))], width, height, ascii_only=ascii_only)
    assert len(lines) in {0, height + 2}
    assert all(len(line) <= width for line in lines)


@given(st.lists(st.floats(0, 1e12, allow_nan=False), min_size=1, max_size=20))
def test_a_greater_value_has_no_lower_bar(values: list[float]) -> None:
    lines = bar_plot(values, [""] * len(values), 200, 6)[:6]
    slot = min(6, (200 - len(lines[0].axis)) // len(values))
    heights = [sum(line.bars[index * slot] != " " for line in lines) for index in range(len(values))]
    by_value = sorted(zip(values, heights, strict=True))
    assert [height for _, height in by_value] == sorted(height for _, height in by_value)
    assert all((height > 0) == (value > 0) for value, height in by_value if not math.isclose(value, 0.0))
