"""Where one writes: the text area with its keys, pastes and recalled prompts."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Selection

PLACEHOLDER = "Ask anything · / commands"

FOLDED_LINES = 20
"""Pastes of more lines than this are folded into a chip."""

FOLDED_CHARACTERS = 2000
"""So are pastes of more characters than this."""

_CHIP = re.compile(r"\[paste #(\d+) · [\d,]+ (?:lines|characters)\]")


class Composer(TextArea):
    """A message being written.

    Args:
        burst: Seconds within which a newline after another key counts as pasted: some terminals paste key by key.
        clock: Seconds of a monotonic clock.
    """

    HELP = "Message"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send", id="composer.send"),
        Binding("shift+enter,alt+enter,ctrl+j", "newline", "Break the line", id="composer.newline"),
        Binding("up", "up", "Earlier message", id="composer.up"),
        Binding("down", "down", "Later message", id="composer.down"),
        Binding("ctrl+g", "external_editor", "Write in $EDITOR", id="composer.editor"),
        Binding("ctrl+r", "reveal_pastes", "Unfold pastes", id="composer.reveal"),
        Binding("tab", "complete", "Read the conversation, or complete a command", id="composer.complete"),
        Binding("escape", "leave", "Stop the run (again: discard it), or read", id="composer.leave"),
        Binding("pageup", "read('page(-1)')", "Conversation: a page up", id="composer.page_up"),
        Binding("pagedown", "read('page(1)')", "Conversation: a page down", id="composer.page_down"),
        Binding("ctrl+home", "read('start')", "Conversation: to its start", id="composer.start"),
        Binding("ctrl+end", "read('follow')", "Conversation: to its end", id="composer.end"),
    ]

    @dataclass
    class Submitted(Message):
        """A message is to be sent; pastes are unfolded."""

        text: str

    @dataclass
    class Moved(Message):
        """A list of completions is to be moved through by so many lines."""

        lines: int

    @dataclass
    class Reading(Message):
        """The conversation is to be moved by an action of its view, without leaving the composer."""

        action: str

    @dataclass
    class Dropped(Message):
        """Files, or a picture, were pasted; `text` is what to put there where they cannot be attached."""

        sources: tuple[str, ...]
        text: str

    class AttachmentsWanted(Message):
        """There is no text before the cursor, and the writer goes back further."""

    class CompletionWanted(Message):
        """The highlighted completion is to be taken, or the composer left where there is none."""

    class EditorWanted(Message):
        """The text is to be edited in `$EDITOR`."""

    class Left(Message):
        """The writer pressed escape."""

    def __init__(self, burst: float = 0.008, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(
            id="composer",
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder=PLACEHOLDER,
        )
        self.cursor_blink = False
        self.prompts: Sequence[str] = ()
        self.completing = False
        self.suggestions: Callable[[], Sequence[str]] = tuple
        """What digits stand for at this moment: only what the writer sees."""
        self.take_back: Callable[[], bool] = lambda: False
        """Puts what waits to be sent back here; whether there was something."""
        self._burst = burst
        self._clock = clock
        self._last_key = -1.0
        self._recalled = -1
        self._before_recall = ""
        self._pastes: dict[int, str] = {}
        self._suggested: tuple[str, str] | None = None

    @property
    def full_text(self) -> str:
        """The text with every paste unfolded."""
        return _CHIP.sub(lambda chip: self._pastes.get(int(chip[1]), chip[0]), self.text)

    @property
    def draft(self) -> str:
        """What was typed: a suggestion that nobody has taken yet is only the digit."""
        if self._suggested is not None and self.text == self._suggested[1]:
            return self._suggested[0]
        return self.full_text

    def show(self, text: str) -> None:
        """Put a text there, with the cursor at its end."""
        self._suggested = None
        self.load_text(text)
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        since = event.time - self._last_key
        self._last_key = event.time
        if event.key == "enter" and since < self._burst:
            event.prevent_default()
            event.stop()
            self.action_newline()
            return
        if event.is_printable and event.character is not None:
            if not self.text and event.character in "123":
                suggestions = self.suggestions()
                if int(event.character) <= len(suggestions):
                    event.prevent_default()
                    event.stop()
                    self.show(suggestions[int(event.character) - 1])
                    self._suggested = (event.character, self.text)
                    return
            if self._suggested is not None and self.text == self._suggested[1]:
                # It was no wish for the suggestion but the beginning of a message.
                self.show(self._suggested[0])
        self._suggested = None
        if event.key not in {"up", "down"}:
            self._recalled = -1
        if not event.is_printable:
            await self._run_binding(event)

    async def _run_binding(self, event: events.Key) -> None:
        """Do at once what a key is for: Textual does so later, and what is typed meanwhile would come before it."""
        active = self.screen.active_bindings.get(event.key)
        if active is not None and active.node is self and active.enabled:
            event.prevent_default()
            event.stop()
            await self.run_action(active.binding.action)
        elif event.key == "enter":
            event.prevent_default()

    async def _on_paste(self, event: events.Paste) -> None:
        from athena_tui.tui.attaching.dropped import dropped_files

        event.stop()
        event.prevent_default()
        if event.text.startswith("data:image/"):
            self.post_message(self.Dropped((event.text.strip(),), event.text))
        elif not self.app.is_web and (files := await asyncio.to_thread(dropped_files, event.text)):
            self.post_message(self.Dropped(tuple(map(str, files)), event.text))
        else:
            self.put_paste(event.text)

    def put_paste(self, text: str) -> None:
        """Put a pasted text where the cursor is; a long one is folded."""
        lines = len(text.splitlines())
        if lines > FOLDED_LINES or len(text) > FOLDED_CHARACTERS:
            size = f"{lines} lines" if lines > FOLDED_LINES else f"{len(text):,} characters"
            number = len(self._pastes) + 1
            self._pastes[number] = "\n".join(text.splitlines())
            text = f"[paste #{number} · {size}]"
        self._replace_via_keyboard(text, *self.selection)

    def action_send(self) -> None:
        """Send, unless a backslash asks for another line."""
        row, column = self.cursor_location
        if self.document.get_line(row)[:column].endswith("\\"):
            self.action_delete_left()
            self.action_newline()
            return
        self.post_message(self.Submitted(self.full_text))

    def action_newline(self) -> None:
        """Break the line."""
        self._replace_via_keyboard("\n", *self.selection)

    def action_delete_left(self) -> None:
        """Delete a character, or a whole folded paste."""
        row, column = self.cursor_location
        before = self.document.get_line(row)[:column]
        chip = next((found for found in _CHIP.finditer(before) if found.end() == column), None)
        if self.selection == Selection.cursor((0, 0)):
            self.post_message(self.AttachmentsWanted())
        elif chip is not None and self.selection.is_empty:
            self.delete((row, chip.start()), (row, column), maintain_selection_offset=False)
        else:
            super().action_delete_left()

    def action_reveal_pastes(self) -> None:
        """Put the text of folded pastes in their place."""
        if (full := self.full_text) != self.text:
            self.show(full)

    def action_external_editor(self) -> None:
        """Write in the editor."""
        self.post_message(self.EditorWanted())

    def action_complete(self) -> None:
        """Take a completion, or leave."""
        self.post_message(self.CompletionWanted())

    def action_read(self, action: str) -> None:
        """Move the conversation."""
        self.post_message(self.Reading(action))

    def action_leave(self) -> None:
        """Tell that escape was pressed."""
        self.post_message(self.Left())

    def action_up(self) -> None:
        """Move up; from the first line to earlier prompts."""
        if self.completing:
            self.post_message(self.Moved(-1))
        elif self.text or not self.take_back():
            self._up()

    def _up(self) -> None:
        if self.navigator.is_first_wrapped_line(self.cursor_location):
            self._recall(self._recalled + 1)
        else:
            self.action_cursor_up()

    def action_down(self) -> None:
        """Move down; from the last line to later prompts, while one is recalled."""
        if self.completing:
            self.post_message(self.Moved(1))
        elif self._recalled >= 0 and self.navigator.is_last_wrapped_line(self.cursor_location):
            self._recall(self._recalled - 1)
        else:
            self.action_cursor_down()

    def _recall(self, index: int) -> None:
        if index >= len(self.prompts):
            return
        if self._recalled < 0:
            self._before_recall = self.full_text
        self._recalled = index
        self.show(self.prompts[index] if index >= 0 else self._before_recall)
        if index >= 0:
            self.move_cursor((0, 0))
