"""The line at the top: where one is, and how the connection is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from athena_tui.client import observer
from athena_tui.client.observer import ConnectionState
from athena_tui.tui.symbols import Symbols


def describe(state: ConnectionState, seconds: float, signs: Symbols) -> tuple[str, str]:
    """What to say about a connection and the style to say it in.

    Args:
        state: How it is.
        seconds: How long it still waits, where it waits.
        signs: What to draw with.
    """
    left = max(0, round(seconds))
    match state:
        case observer.Idle():
            return "", "$foreground 60%"
        case observer.Connecting():
            return f"{signs.connecting} connecting", "$foreground 60%"
        case observer.Live():
            return f"{signs.live} live", "$text-success"
        case observer.Retrying():
            return f"{signs.retrying} retrying in {left} s ({state.reason})", "$text-warning"
        case observer.RateLimited():
            return f"{signs.retrying} rate-limited {left} s", "$text-warning"
        case observer.Reconnecting():
            attempt = f"{state.attempt}/{state.attempts}"
            return f"{signs.retrying} reconnecting from event {state.after_event} ({attempt})", "$text-warning"
        case observer.Offline():
            return f"{signs.offline} offline", "$text-error"
        case observer.SignedOut():
            return f"{signs.offline} signed out {signs.dot} ctrl+k", "$text-error"


class Header(Horizontal):
    """Says where one is and how the connection is; counts down while the connection waits.

    Args:
        signs: What to draw with.
        clock: Seconds of a monotonic clock.
    """

    def __init__(self, signs: Symbols, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(id="header")
        self._signs = signs
        self._clock = clock
        self._state: ConnectionState = observer.Idle()
        self._since = 0.0
        self._countdown: Timer | None = None

    def compose(self) -> ComposeResult:
        """The place at the left, the connection at the right."""
        yield Static("", id="place", markup=False)
        yield Static("", id="connection", markup=False)

    def show_place(self, parts: Sequence[str]) -> None:
        """Name the profile, the agent and the conversation."""
        shown = [Content("athena-tui")]
        if parts:
            between = Content.styled(f" {self._signs.dot} ", "$foreground 60%")
            shown += [Content("   "), between.join([Content.styled(part, "bold") for part in parts])]
        self.query_one("#place", Static).update(Content.assemble(*shown))

    def show_connection(self, state: ConnectionState) -> None:
        """Show how the connection is."""
        self._state, self._since = state, self._clock()
        if self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        if isinstance(state, observer.Retrying | observer.RateLimited | observer.Reconnecting):
            self._countdown = self.set_interval(1.0, self._draw)
        self._draw()

    def _draw(self) -> None:
        left = getattr(self._state, "delay", 0.0) - (self._clock() - self._since)
        text, style = describe(self._state, left, self._signs)
        if left <= 0 and self._countdown is not None:
            self._countdown.stop()
            self._countdown = None
        self.query_one("#connection", Static).update(Content.styled(text, style))
