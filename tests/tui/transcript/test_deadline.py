"""What cannot be asked to stop is stopped, and nothing of that stays behind."""

from __future__ import annotations

import signal
import sys
import time

import pytest

from athena_tui.tui.transcript.deadline import TooLong, at_most


def work(seconds: float) -> None:
    """Keep the processor busy."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_the_timer_and_the_handler_are_put_back() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TooLong), at_most(0.02):
        work(5)
    with at_most(60):
        assert signal.getsignal(signal.SIGVTALRM) is not before
    assert signal.getsignal(signal.SIGVTALRM) is before
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)


def test_it_ends_as_well_what_begins_with_the_end_of_an_object(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda problem: dropped.append(problem.exc_type))

    class Slow:
        def __del__(self) -> None:
            work(5)

    def drop_and_work() -> None:
        Slow()
        work(5)

    with pytest.raises(TooLong), at_most(0.02):
        drop_and_work()
    assert dropped == [TooLong]
