"""When frames are drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from athena_tui.tui.transcript.frames import LONGEST, SHORTEST, FrameClock


class Loop:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0
        self.drawn: list[float] = []
        self.cost = 0.0
        self.waiting: list[tuple[float, Callable[[], None]]] = []
        self.behind = False
        self.frames = FrameClock(
            self.draw,
            lambda delay, call: self.waiting.append((self.now + delay, call)),
            self.time,
            behind=lambda: self.behind,
        )

    def time(self) -> float:
        return self.now

    def draw(self) -> None:
        self.drawn.append(self.now)
        self.now += self.cost

    def run_until(self, end: float, *, late: float = 0.0) -> None:
        while self.waiting and self.waiting[0][0] <= end:
            due, call = self.waiting.pop(0)
            self.now = max(self.now, due + late)
            call()
        self.now = max(self.now, end)


def test_the_first_change_is_drawn_at_once() -> None:
    loop = Loop()
    loop.frames.request()
    loop.run_until(0.0)
    assert loop.drawn == [0.0]


def test_changes_are_gathered_into_thirty_frames_a_second() -> None:
    loop = Loop()
    for tick in range(1000):
        loop.frames.request()
        loop.run_until((tick + 1) / 1000)
    assert 28 <= len(loop.drawn) <= 31


def test_without_changes_nothing_is_scheduled() -> None:
    loop = Loop()
    loop.frames.request()
    loop.run_until(5.0)
    assert not loop.waiting
    assert not loop.frames.pending


@pytest.mark.parametrize(("cost", "late"), [(0.04, 0.0), (0.0, 0.04)])
def test_frames_lengthen_where_drawing_or_the_terminal_is_slow(cost: float, late: float) -> None:
    loop = Loop()
    loop.cost = cost
    for _ in range(10):
        loop.frames.request()
        loop.run_until(loop.now + 1, late=late)
    assert loop.frames.interval == pytest.approx(0.08)


def test_frames_never_come_further_apart_than_a_quarter_second() -> None:
    loop = Loop()
    loop.cost = 3.0
    loop.frames.request()
    loop.run_until(0.0)
    assert loop.frames.interval == LONGEST
    loop.cost = 0.0
    for _ in range(20):
        loop.frames.request()
        loop.run_until(loop.now + 1)
    assert loop.frames.interval == pytest.approx(SHORTEST, rel=0.01)


def test_nothing_is_drawn_while_the_terminal_is_behind_and_frames_are_fewer_afterwards() -> None:
    loop = Loop()
    loop.behind = True
    loop.frames.request()
    loop.run_until(0.2)
    assert loop.drawn == []
    loop.behind = False
    loop.run_until(0.3)
    assert len(loop.drawn) == 1
    assert loop.frames.interval == LONGEST


def test_a_terminal_that_stays_behind_is_drawn_on_now_and_then() -> None:
    loop = Loop()
    loop.behind = True
    for tick in range(1000):
        loop.frames.request()
        loop.run_until((tick + 1) / 500)
    assert 2 <= len(loop.drawn) <= 6
