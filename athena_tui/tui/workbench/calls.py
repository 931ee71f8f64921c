"""The log of calls: read, folded, searched and copied as a conversation is; any call can be made again."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from athena_tui.chat.parts import ToolPart
from athena_tui.tui.transcript.view import TranscriptView


class CallsView(TranscriptView, can_focus=True, inherit_bindings=False):
    """Shows the calls, oldest first. The arguments are those of `VirtualTranscript`."""

    HELP = "Calls"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "screen.again", "Run it again", id="calls.again"),
        Binding("e", "screen.edit", "Edit the arguments and run it", id="calls.edit"),
        Binding("t", "screen.copy_test", "Copy it as a test", id="calls.test"),
        Binding("x", "screen.stop", "Stop it", id="calls.stop"),
        Binding("j,down", "cursor(1)", "Next call", id="calls.next", show=False),
        Binding("k,up", "cursor(-1)", "Previous call", id="calls.previous", show=False),
        Binding("g", "first", "First call", id="calls.first", show=False),
        Binding("G", "last", "Last call", id="calls.last", show=False),
        Binding("end", "follow", "Go to the end and follow", id="calls.end", show=False),
        Binding("pagedown,space,ctrl+d", "page(1)", "Page down", id="calls.page_down", show=False),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", id="calls.page_up", show=False),
        Binding("enter", "fold", "Fold or unfold", id="calls.fold"),
        Binding("y,ctrl+c,super+c", "copy", "Copy the selection or the call", id="calls.copy"),
        Binding("o", "open", "Open in the pager", id="calls.open"),
        Binding("slash", "search", "Search in the calls", id="calls.search"),
        Binding("n", "match(1)", "Next match", id="calls.next_match", show=False),
        Binding("N", "match(-1)", "Previous match", id="calls.previous_match", show=False),
        Binding("escape", "leave", "Drop the selection and the search, then go to the tools", id="calls.leave"),
    ]

    @property
    def call(self) -> ToolPart | None:
        """The call under the cursor, else the newest one; what a call printed stands for it."""
        parts = self.transcript.parts
        last = len(parts) - 1 if self.cursor is None else self.cursor
        return next((part for part in reversed(parts[: last + 1]) if isinstance(part, ToolPart)), None)
