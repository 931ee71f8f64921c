"""What a person says in a conversation: drafts, messages that wait for the run before them, and saying it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on
from textual.message import Message
from textual.timer import Timer

from athena_tui.tui.widgets.composer_box import ComposerBox
from athena_tui.tui.widgets.deciding import Deciding

if TYPE_CHECKING:
    from athena_tui.chat.run import RunEnd
    from athena_tui.chat.session import Session
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.outbox import Outbox
    from athena_tui.tui.transcript.messages import EditWanted
    from athena_tui.tui.transcript.view import TranscriptView
    from athena_tui.tui.widgets.composer import Composer

_DRAFT_PAUSE = 0.5
"""Seconds after the last key before a draft is written down."""

_AGAIN = 1.5
"""Seconds within which a second escape also discards what was said."""


class Sending(Deciding):
    """The half of a conversation that says things to the open session, and stops it.

    Args:
        memory: Keeps drafts and prompts.
        clock: Seconds of a monotonic clock.
    """

    @dataclass
    class Stirred(Message):
        """A session began, ended or waits for a person (`waits`, and `here` if it is the open one)."""

        waits: bool = False
        here: bool = False

    class RunEnded(Message):
        """A run is over: balance and list may be others."""

    @dataclass
    class VariablesMissing(Message):
        """A message waits for something the agent asks for beside it."""

        text: str

    def __init__(self, memory: Memory, clock: Callable[[], float]) -> None:
        super().__init__(memory)
        self._clock = clock
        self._outboxes: dict[Session, Outbox] = {}
        self._draft_timer: Timer | None = None
        self._stopped_at = -_AGAIN
        self._restored = ""

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self.box.composer

    @property
    def view(self) -> TranscriptView:
        """The transcript; it is there once there is a connection."""
        return cast("TranscriptView", self.query_one("#transcript"))

    async def keep_draft(self) -> None:
        """Write down what stands in the composer."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        if self._session is not None:
            await self._memory.put_draft(self._session.conversation_id, self.composer.draft)

    def send(self, text: str) -> None:
        """Send a message to the open session, behind those that wait there already."""
        session = self._session
        if session is None:
            self.box.say("There is nobody to talk to yet: ctrl+o shows the agents, ctrl+k connects.", "$text-error")
            return
        self._restored = ""
        self.box.clear()
        outbox = self._outboxes.get(session)
        if outbox is None:
            from athena_tui.tui.outbox import Outbox

            outbox = Outbox(session, self._show_queue, lambda *end: self._ended(session, *end))
            self._outboxes[session] = outbox
        outbox.queue.append(text)
        self.view.follow()
        if not outbox.busy:
            self.run_worker(outbox.send(), group="send", exit_on_error=False)
        self._show_queue()
        self.run_worker(self._remember(text, session.conversation_id), exit_on_error=False)

    def stop(self) -> bool:
        """Stop the run of the open session; soon after another stop, discard what it said. Whether there was one."""
        session = self._session
        if session is None:
            return False
        now = self._clock()
        if self.runs:
            self._stopped_at = now
            self.run_worker(session.cancel(), exit_on_error=False)
            return True
        if now - self._stopped_at < _AGAIN:
            self._stopped_at = -_AGAIN
            session.discard()
            return True
        return False

    def action_stop(self) -> None:
        """Stop the run."""
        self.stop()

    async def _remember(self, text: str, conversation_id: str | None) -> None:
        # The first turn gives a conversation its id; the draft was kept under the one it had before.
        await self._memory.put_draft(conversation_id, "")
        await self._memory.add_prompt(text)

    def _show_queue(self) -> None:
        outbox = self._outboxes.get(self._session) if self._session else None
        self.box.show_queue(tuple(outbox.queue) if outbox and outbox.busy else ())
        self.post_message(self.Stirred())

    def _ended(self, session: Session, text: str, end: RunEnd, given_back: list[str]) -> None:
        from athena_tui.tui.outbox import was_refused

        self.post_message(self.RunEnded())
        texts = [text, *given_back] if was_refused(end) else given_back
        if not texts or session is not self._session:
            return
        there = [self.composer.full_text] if self.composer.text else []
        self._restored = "\n\n".join([*texts, *there])
        self.composer.show(self._restored)

    @on(ComposerBox.Send)
    def _send(self, event: ComposerBox.Send) -> None:
        event.stop()
        question = self.question
        if self._session is not None and question is not None:
            from athena_tui.tui.rulings import answer_text

            self.box.clear()
            answer_text(self._session, question, event.text)
            self.run_worker(self._remember(event.text, self._session.conversation_id), exit_on_error=False)
        elif self._session is not None and self._session.variables.missing:
            self.post_message(self.VariablesMissing(event.text))
        else:
            self.send(event.text)

    @on(ComposerBox.Edited)
    def _edited(self) -> None:
        if self._draft_timer is not None:
            self._draft_timer.stop()
        self._draft_timer = self.set_timer(_DRAFT_PAUSE, self.keep_draft)

    def on_retry_wanted(self) -> None:
        """The agent is to answer again."""
        self.action_retry()

    def action_retry(self) -> None:
        """Let the agent answer the last message again."""
        session = self._session
        if session is None or self.runs:
            return
        if self._restored and self.composer.full_text == self._restored:
            self.box.clear()
        self.view.follow()
        self.run_worker(self._retried(session), group="send", exit_on_error=False)

    async def _retried(self, session: Session) -> None:
        if await session.retry() is not None:
            self.post_message(self.RunEnded())
        else:
            self.app.notify("Nothing was sent since this conversation was opened.", markup=False)

    def on_edit_wanted(self, event: EditWanted) -> None:
        """What was said is to be said differently."""
        self.composer.show(event.text)
        self.composer.focus()
