"""The message pane: a virtual view of a transcript, drawn line by line."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual.scroll_view import ScrollView

from athena_tui.chat.transcript import Change, Transcript
from athena_tui.tui.palette import Palette


class TranscriptView(ScrollView, can_focus=True):
    """Shows a transcript by reference; the owner says what changed.

    Args:
        clock: Gives seconds of the clock whose readings are given to `Transcript.apply`.
        reduced_motion: Nothing moves by itself: no spinner, elapsed times only as they change anyway.
        ascii_only: Draw with ASCII glyphs.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        reduced_motion: bool = False,
        ascii_only: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.reduced_motion = reduced_motion
        self.has_older = False
        self.clock = clock
        self.ascii_only = ascii_only

    @property
    def at_end(self) -> bool:
        """Whether the last line is in sight and new text is followed."""
        return True

    @property
    def palette(self) -> Palette:
        """The styles of the app's current theme."""
        raise NotImplementedError

    def show(self, transcript: Transcript, *, has_older: bool = False) -> None:
        """Show another conversation, from its end. `has_older` says that older messages can be asked for."""

    def transcript_changed(self, change: Change) -> None:
        """Draw, with the next frame, what happened to the transcript; call it after each `Transcript.apply`."""

    def follow(self) -> None:
        """Go to the end and stay there as text arrives."""

    def focus_pending(self) -> bool:
        """Put the block cursor on the newest part that waits for a person; whether there was one."""
        return False

    def copy_selection(self) -> bool:
        """Copy what is selected; whether anything was."""
        return False
