"""Messages that wait for the run before them, one box for each session."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from athena_tui.chat.run import RunEnd
from athena_tui.chat.session import Session
from athena_tui.client.events import RunFailed, RunFinished, RunStatus


@dataclass(slots=True, eq=False)
class Outbox:
    """Sends one message after the other; when a run goes wrong, those behind it are given back.

    Args:
        session: Where they are sent.
        changed: Called when the queue is another.
        ended: Called with each message, how its run ended, and what was given back.
    """

    session: Session
    changed: Callable[[], None]
    ended: Callable[[str, RunEnd, list[str]], None]
    queue: deque[str] = field(default_factory=deque)
    busy: bool = False

    async def send(self) -> None:
        """Send everything that waits."""
        if self.busy:
            return
        self.busy = True
        try:
            while self.queue:
                text = self.queue.popleft()
                self.changed()
                end = await self.session.send(text)
                given_back = [] if went_well(end) else self.take_back()
                self.ended(text, end, given_back)
        finally:
            self.busy = False
            self.changed()

    def take_back(self) -> list[str]:
        """Empty the queue; returns what was in it."""
        taken = list(self.queue)
        self.queue.clear()
        return taken


def went_well(end: RunEnd) -> bool:
    """Whether the next message may follow."""
    return isinstance(end, RunFinished) and end.status is RunStatus.COMPLETED


def was_refused(end: RunEnd) -> bool:
    """Whether the platform took nothing of it, so that the text can be changed and sent again."""
    return isinstance(end, RunFailed) and end.run_id is None and end.status is not None and 400 <= end.status < 500
