"""The message pane: what its keys and its mouse do."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from textual import events
from textual.worker import Worker

from athena_tui.chat.parts import ApprovalPart, ErrorPart, MediaPart, Part, ReasoningPart, ToolPart, Turn, UserPart
from athena_tui.client.models import Role
from athena_tui.tui import surprises, terminal
from athena_tui.tui.clipboard import Clipboard
from athena_tui.tui.transcript import messages
from athena_tui.tui.transcript.browsing import BrowsingTranscript
from athena_tui.tui.transcript.copying import code_near, spoken, suffix_of
from athena_tui.tui.transcript.drawing import Fold
from athena_tui.tui.transcript.keys import BINDINGS
from athena_tui.tui.transcript.pointer import Pointer

SCHEMES = frozenset({"http", "https", "mailto"})


class TranscriptView(BrowsingTranscript, can_focus=True, inherit_bindings=False):
    """Shows a transcript by reference; the owner says what changed and acts on what the reader asks for.

    The arguments are those of `VirtualTranscript`. Posts the messages of `athena_tui.tui.transcript.messages`.
    """

    BINDINGS = BINDINGS
    HELP = "The conversation. Move with j and k, fold with enter, copy with y, search with /."
    ALLOW_SELECT = False
    open_search: Callable[[], Awaitable[None]] | None = None
    """Opens the search and goes to it; the owner's, awaited so that no key comes between."""
    _pointer: Pointer | None = None
    _clipboard: Clipboard | None = None

    @property
    def pointer(self) -> Pointer:
        """The mouse."""
        if self._pointer is None:
            self._pointer = Pointer(self)
        return self._pointer

    @property
    def clipboard(self) -> Clipboard:
        """Where copies go; may be replaced."""
        if self._clipboard is None:
            app = self.app
            self._clipboard = Clipboard(
                os.environ, app.copy_to_clipboard, write=lambda sequence: terminal.write(app, sequence)
            )
        return self._clipboard

    @clipboard.setter
    def clipboard(self, clipboard: Clipboard) -> None:
        self._clipboard = clipboard

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin a click or a selection."""
        if event.button == 1:
            event.stop()
            self.pointer.press(event)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Extend the selection."""
        if self.pointer.dragging:
            event.stop()
            self.pointer.move(event)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End a click or a selection."""
        event.stop()
        self.pointer.release(event)

    def perform(self, action: str) -> None:
        """Do what a clicked word stands for."""
        self.call_later(self.run_action, action)

    def open_link(self, url: str) -> None:
        """Ask for a link to be opened if its scheme is harmless."""
        if url.partition(":")[0].lower() in SCHEMES:
            self.post_message(messages.LinkWanted(url))

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted while one reads is meant for the composer."""
        event.stop()
        self.post_message(messages.ComposerWanted(event.text))

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """A key counts only where what it does makes sense."""
        part = self.part
        match action:
            case "decide":
                return isinstance(part, ToolPart) and part.waits_for_person
            case "gate":
                return isinstance(part, ApprovalPart) and part.approved is None and not self.selection
            case "retry":
                return part is not None
            case "save":
                return isinstance(part, MediaPart) and part.url is not None
            case "match":
                return self.search is not None
            case "pin":
                return isinstance(part, ReasoningPart)
        return True

    def action_decide(self, decision: str) -> None:
        """Decide about the tool call under the cursor."""
        if isinstance(self.part, ToolPart) and self.part.waits_for_person:
            self.post_message(messages.ToolDecided(self.part, messages.Decision(decision)))

    def action_gate(self, answer: str) -> None:
        """Answer the gate under the cursor."""
        part = self.part
        if isinstance(part, ApprovalPart) and part.approved is None:
            comment = answer == "comment" or (part.kind == "input" and answer == "approve")
            self.post_message(messages.GateAnswered(part, answer != "reject", wants_comment=comment))

    def action_cursor(self, step: int) -> None:
        """To the next or previous block."""
        self.step_cursor(step)

    def action_first(self) -> None:
        """To the first block."""
        self.action_start()
        self.put_cursor(self.next_block(-1, 1))

    def action_last(self) -> None:
        """To the last block."""
        self.follow()
        self.put_cursor(self.next_block(len(self.transcript.parts), -1))

    def action_start(self) -> None:
        """To the first line."""
        self.moved(self.geometry.to_start)
        if self.has_older:
            self.post_message(messages.BeginningWanted())

    def action_follow(self) -> None:
        """To the last line, to stay there."""
        self.follow()

    def action_page(self, pages: float) -> None:
        """Pages down, or up; a whole one keeps a line of the last."""
        rows = self.geometry.page * pages
        self.move(round(rows - (1 if rows > 0 else -1) if abs(pages) == 1 else rows))

    def action_fold(self) -> None:
        """Fold or unfold the block."""
        if self.cursor is not None and self.part is not None:
            self.fold(self.cursor)

    def action_pin(self) -> None:
        """Pin the thinking open, or let it go."""
        part = self.part
        if self.cursor is not None and isinstance(part, ReasoningPart):
            self.fold(self.cursor, Fold.DEFAULT if self.folds.get(part) is Fold.OPEN else Fold.OPEN)

    def action_sideways(self, cells: int) -> None:
        """Scroll the wide block in view sideways: that under the cursor, else the first one."""
        if (found := self.wide_block) is not None:
            self.shift_block(*found, cells)

    def action_copy(self) -> None:
        """Copy the selection, or else the block."""
        if not self.copy_selection() and self.part is not None:
            self.copy(spoken(self.part), "the block")

    def action_copy_code(self) -> None:
        """Copy the code in view, exactly as it was sent."""
        part = self.part
        if part is None:
            return
        kept = self.kept.get(part)
        span = next((span for span in self.geometry.spans() if span.index == self.cursor), None)
        code = code_near(kept, span.first, span.first + span.count) if span else code_near(kept, 0, 0)
        if code is None:
            self.post_message(messages.Copied("There is no code in this block."))
        else:
            self.copy(code.source, "the code")

    def action_copy_answer(self) -> None:
        """Copy the whole answer as Markdown."""
        turn = self._agent_turn()
        if turn is not None:
            self.copy(self.transcript.answer(turn), "the answer")

    def action_open(self) -> None:
        """Open the block in the pager or the editor; a picture where it is."""
        part = self.part
        if isinstance(part, MediaPart):
            self.open_link(part.url or "")
        elif part is not None:
            self.post_message(messages.OpenWanted(spoken(part), suffix_of(part)))

    def action_save(self) -> None:
        """Save the picture."""
        if isinstance(self.part, MediaPart) and self.part.url is not None:
            self.post_message(messages.SaveWanted(self.part.url))

    def action_retry(self) -> None:
        """Run the turn again."""
        part = self.part
        if part is not None:
            self.post_message(messages.RetryWanted(part.turn, part if isinstance(part, ErrorPart) else None))

    def action_edit(self) -> None:
        """Edit what was said before the block, and send it again."""
        said = self._said_before()
        if said is not None:
            self.post_message(messages.EditWanted(said.turn, said.text))

    def action_rate(self, value: int) -> None:
        """Rate the agent's turn."""
        turn = self._agent_turn()
        if turn is not None:
            self.post_message(messages.RateWanted(turn, value))

    async def action_search(self) -> None:
        """Search in the conversation; ends when the keys go to the search."""
        if self.open_search is not None:
            await self.open_search()

    def action_match(self, step: int) -> None:
        """To the next or previous match."""
        self.post_message(messages.MatchWanted(step))

    def action_leave(self) -> None:
        """Drop the selection, then the search, then go and write."""
        if self.selection:
            self.select(None)
        elif self.search is not None:
            self.post_message(messages.SearchLeft())
        else:
            self.post_message(messages.ComposerWanted())

    def action_write(self) -> None:
        """Go and write."""
        self.post_message(messages.ComposerWanted())

    # Copying

    def copy_selection(self) -> bool:
        """Copy what is selected; whether anything was."""
        text = self.selected()
        if text:
            self.copy(text, "the selection")
        return bool(text)

    def copy(self, text: str, what: str) -> None:
        """Copy a text and tell by which way it went."""
        if text:
            self.run_worker(self._copy(text, what), group="clipboard", exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    async def _copy(self, text: str, what: str) -> None:
        result = await self.clipboard.copy(text, what)
        self.post_message(messages.Copied(result.how))

    def _agent_turn(self) -> Turn | None:
        """The agent's turn under the cursor, else the newest one."""
        part: Part | None = self.part
        if part is not None and part.turn.role is Role.ASSISTANT:
            return part.turn
        return next((turn for turn in reversed(self.transcript.turns) if turn.role is Role.ASSISTANT), None)

    def _said_before(self) -> UserPart | None:
        """What the user said last, up to the cursor."""
        parts = self.transcript.parts
        last = len(parts) - 1 if self.cursor is None else min(self.cursor, len(parts) - 1)
        return next((part for part in reversed(parts[: last + 1]) if isinstance(part, UserPart)), None)
