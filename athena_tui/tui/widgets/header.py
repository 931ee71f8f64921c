"""The line at the top: where one is, and how the connection is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from athena_tui.tui.symbols import Symbols

if TYPE_CHECKING:
    from athena_tui.client.observer import ConnectionState

APP = "athena-tui"
_SHORTEST = 6
"""Cells of a conversation's name that are worth showing."""


def describe(state: ConnectionState, seconds: float, signs: Symbols, *, answered: bool = False) -> Content:
    """What to say about a connection.

    Args:
        state: How it is.
        seconds: How long it still waits, where it waits.
        signs: What to draw with.
        answered: Whether what was asked before was answered, so that there is a connection.
    """
    # Imported here because the first frame has no connection yet.
    from athena_tui.client import observer

    left = max(0, round(seconds))
    wait = f"{left} s" if left else ""
    match state:
        case observer.Idle():
            return Content("")
        case observer.Connecting():
            words = "waiting" if answered else "connecting"
            return Content.styled(f"{signs.connecting} {words}", "$foreground 60%")
        case observer.Live():
            return Content.styled(f"{signs.live} live", "$text-success")
        case observer.Retrying():
            return Content.styled(
                f"{signs.retrying} retrying{wait and f' in {wait}'} ({state.reason})", "$text-warning"
            )
        case observer.RateLimited():
            return Content.styled(f"{signs.retrying} rate-limited{wait and f' {wait}'}", "$text-warning")
        case observer.Reconnecting():
            attempt = f"{state.attempt}/{state.attempts}"
            return Content.styled(
                f"{signs.retrying} reconnecting from event {state.after_event} ({attempt})", "$text-warning"
            )
        case observer.Offline():
            return Content.styled(f"{signs.offline} offline", "$text-error")
        case observer.SignedOut():
            return Content.styled(f"{signs.offline} signed out {signs.dot} ctrl+k", "$text-error")


class Header(Widget):
    """Says where one is and how the connection is; counts down while the connection waits.

    Where there is little room the name of the conversation is shortened, never what is said of the connection.

    Args:
        signs: What to draw with.
        clock: Seconds of a monotonic clock.
    """

    def __init__(self, signs: Symbols, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="header")
        self._signs = signs
        self._clock = clock
        self._place: tuple[str, ...] = ()
        self._state: ConnectionState | None = None
        self._since = 0.0
        self._answered = False
        self._countdown: Timer | None = None

    def show_place(self, parts: Sequence[str]) -> None:
        """Name the profile, the agent and the conversation."""
        if tuple(parts) != self._place:
            self._place = tuple(parts)
            self.refresh()

    def show_connection(self, state: ConnectionState) -> None:
        """Show how the connection is."""
        from athena_tui.client.observer import Connecting, Live

        self._answered = isinstance(state, Connecting) and (self._answered or isinstance(self._state, Live))
        self._state, self._since = state, self._clock()
        if self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        if self._left > 0:
            self._countdown = self.set_interval(1.0, self._count)
        self.refresh()

    def render(self) -> Content:
        """The place at the left, the connection at the right."""
        width = self.content_size.width
        connection = (
            Content("")
            if self._state is None
            else describe(self._state, self._left, self._signs, answered=self._answered)
        )
        room = width - connection.cell_length - 1
        place = place_line(self._place, room, self._signs)
        gap = max(1, width - place.cell_length - connection.cell_length)
        return Content.assemble(place, " " * gap, connection)

    @property
    def _left(self) -> float:
        """Seconds the connection still waits."""
        delay: float = getattr(self._state, "delay", 0.0)
        return delay - (self._clock() - self._since) if delay else 0.0

    def _count(self) -> None:
        if self._left <= 0 and self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        self.refresh()


def place_line(parts: Sequence[str], room: int, signs: Symbols) -> Content:
    """Where one is, in so many cells: the last part is shortened first, then the earlier ones go."""
    dim = "$foreground 60%"
    between = f" {signs.dot} "
    shown = list(parts)
    lead = f"{APP}   " if shown else APP
    if shown and len(lead) + cell_len(between.join(shown)) > room:
        lead = ""
        last = max(_SHORTEST, room - cell_len(between.join([*shown[:-1], ""])))
        shown[-1] = shortened(shown[-1], last, signs)
    while len(shown) > 1 and cell_len(between.join(shown)) > room:
        del shown[0]
    if cell_len(lead + between.join(shown)) > room:
        lead, shown = "", [shortened(shown[-1] if shown else APP, max(0, room), signs)]
    joined = Content.styled(between, dim).join([Content.styled(part, "bold") for part in shown])
    return Content.assemble(lead, joined)


def shortened(text: str, room: int, signs: Symbols) -> str:
    """A text in so many cells at most, with an ellipsis where something is left out."""
    if cell_len(text) <= room:
        return text
    return set_cell_size(text, room - 1).rstrip() + signs.ellipsis if room > 0 else ""
