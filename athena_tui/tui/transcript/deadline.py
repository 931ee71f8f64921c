"""A limit for what cannot be asked to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(Exception):
    """What ran took more time than it was given."""


def can_interrupt() -> bool:
    """Whether this system, and this thread, can interrupt itself."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Let what is inside take no more than so many seconds of the processor.

    A regular expression holds the interpreter from its first step to its last, so neither a thread nor a task could
    stop one that explodes; but it looks for signals on its way, and their handler may raise.

    Raises:
        TooLong: It took longer.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        # Again and again, as Python drops what is raised while it happens to finalise an object.
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds, seconds)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
