"""The message pane with its search bar."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from athena_tui.tui.transcript.view import TranscriptView


class TranscriptPane(Vertical):
    """A transcript view and, while one searches, the bar below it. This is what the main screen mounts."""

    def __init__(self, view: TranscriptView, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.view = view

    def compose(self) -> ComposeResult:
        """The view; the bar joins when it is wanted."""
        yield self.view
