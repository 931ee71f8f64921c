"""The sums of heights, against the obvious way of computing them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from athena_tui.tui.transcript.heights import CHUNK, Heights


class HeightsMachine(RuleBasedStateMachine):
    """Whatever is done to heights, they say what a plain list would say."""

    def __init__(self) -> None:
        super().__init__()
        self.plain: list[int] = []
        self.known: list[bool] = []
        self.heights = Heights(lambda index: self.plain[index])

    @rule(count=st.integers(0, 2 * CHUNK + 3), rows=st.integers(0, 9))
    def append(self, count: int, rows: int) -> None:
        self.plain += [rows] * count
        self.known += [False] * count
        self.heights.append(count)

    @rule(count=st.integers(0, CHUNK + 3), rows=st.integers(0, 9))
    def prepend(self, count: int, rows: int) -> None:
        self.plain[:0] = [rows] * count
        self.known[:0] = [False] * count
        self.heights.prepend(count)

    @rule(data=st.data())
    def drop_last(self, data: st.DataObject) -> None:
        count = data.draw(st.integers(0, len(self.plain)))
        self.heights.drop_last(count)
        if count:
            del self.plain[-count:], self.known[-count:]

    @precondition(lambda self: self.plain)
    @rule(data=st.data(), rows=st.integers(0, 50))
    def set(self, data: st.DataObject, rows: int) -> None:
        index = data.draw(st.integers(0, len(self.plain) - 1))
        self.heights.set(index, rows)
        self.plain[index], self.known[index] = rows, True

    @precondition(lambda self: self.plain)
    @rule(data=st.data())
    def look(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.plain) - 1))
        assert self.heights.rows(index) == self.plain[index]
        assert self.heights.is_known(index) == self.known[index]

    @precondition(lambda self: self.plain)
    @rule()
    def look_at_all(self) -> None:
        for index in range(len(self.plain)):
            self.heights.rows(index)
        assert self.heights.total == sum(self.plain)
        index = len(self.plain) // 2
        assert self.heights.row_of(index) == sum(self.plain[:index])
        for row in {0, sum(self.plain) // 2, max(0, sum(self.plain) - 1)}:
            found, line = self.heights.find(row)
            if sum(self.plain):
                assert sum(self.plain[:found]) + line == row
                assert line < self.plain[found]

    @invariant()
    def counts(self) -> None:
        assert len(self.heights) == len(self.plain)
        assert self.heights.row_of(len(self.plain)) == self.heights.total


HeightsMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
TestHeights = HeightsMachine.TestCase


def test_opening_a_long_sequence_estimates_only_its_newest_part() -> None:
    asked: list[int] = []

    def estimate(index: int) -> int:
        asked.append(index)
        return 4

    heights = Heights(estimate)
    heights.reset(100_000)
    assert len(asked) <= CHUNK
    assert min(asked) >= 100_000 - CHUNK
    assert heights.total == 400_000


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.integers(-5, 300))
def test_finding_a_row_past_the_end_tells_by_how_much(rows: list[int], row: int) -> None:
    heights = Heights(lambda index: rows[index])
    heights.append(len(rows))
    heights.rows(0)
    index, line = heights.find(row)
    if row >= sum(rows):
        assert (index, line) == (len(rows), row - sum(rows) if row > 0 else 0)
    else:
        assert sum(rows[:index]) + line == max(0, row)
