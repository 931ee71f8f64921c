"""What a person says in a conversation: drafts, messages that wait for the run before them, and saying it again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on
from textual.message import Message
from textual.timer import Timer

from athena_tui.client.errors import ClientError
from athena_tui.client.models import Role
from athena_tui.store.drafts import Draft
from athena_tui.tui.widgets.composer_box import ComposerBox
from athena_tui.tui.widgets.deciding import Deciding

if TYPE_CHECKING:
    from athena_tui.chat.parts import ApprovalPart, Turn
    from athena_tui.chat.run import RunEnd
    from athena_tui.chat.session import Session
    from athena_tui.client.models import Attachment
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.outbox import NotUploaded, Outbox, Outgoing
    from athena_tui.tui.transcript.messages import EditWanted, RetryWanted
    from athena_tui.tui.transcript.view import TranscriptView
    from athena_tui.tui.widgets.composer import Composer

_DRAFT_PAUSE = 0.5
"""Seconds after the last key before a draft is written down."""

_TAP = 0.4
"""Seconds after a stop within which another is taken for a nervous finger."""

_AGAIN = 4.0
"""Seconds for which escape then discards what was said."""


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
        self._offer_timer: Timer | None = None
        self._just_stopped = False
        self.may_discard = False
        """Whether to stop once more discards what was said."""
        self._before_edit: Draft | None = None
        self._asked_again: Turn | None = None
        """The turn that one more `R` runs again."""
        self._restored = ""
        self._draft_stands = False
        """What stands in the composer was begun before the agent asked something, so it is no answer."""

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self.box.composer

    @property
    def view(self) -> TranscriptView:
        """The transcript; it is there once there is a connection."""
        return cast("TranscriptView", self.query_one("#transcript"))

    @property
    def answered(self) -> ApprovalPart | None:
        """What enter answers. A message that was begun before the question came is sent as one instead."""
        return None if self._draft_stands else self.question

    async def keep_draft(self) -> None:
        """Write down what stands in the composer."""
        if self._draft_timer is not None:
            self._draft_timer.stop()
            self._draft_timer = None
        if self._session is not None:
            await self._memory.put_draft(self._session.conversation_id, self.box.draft)

    async def put_away(self) -> None:
        """Leave the open session, if there is one: write down its draft and empty the composer."""
        self._withdraw()
        self._end_edit()
        if self._session is not None:
            await self.keep_draft()
            self._session = None
            await self.box.show_draft(Draft())

    async def _take_up(self, draft: Draft) -> None:
        """Go on with a draft; what was typed meanwhile, such as before there was a connection, follows it."""
        typed = self.box.draft
        if draft:
            text = "\n\n".join(filter(None, (draft.text, typed.text)))
            await self.box.show_draft(Draft(text, (*draft.attachments, *typed.attachments)))
        self._draft_stands = bool(draft.text or typed.text)

    def send(self, text: str) -> None:
        """Send a message to the open session, behind those that wait there already."""
        session = self._session
        if session is None:
            self.box.say("There is nobody to talk to yet: ctrl+o shows the agents, ctrl+k connects.", "$text-error")
            return
        from athena_tui.tui.outbox import Outbox, Outgoing

        self._withdraw()
        before, self._before_edit = self._before_edit, None
        self._restored = ""
        self._draft_stands = False
        outgoing = Outgoing(text, self.box.attachments)
        self.box.clear()
        self.box.attach_exactly(())
        if before is not None:
            self._before_edit = before
            self.leave_edit()
        outbox = self._outboxes.get(session)
        if outbox is None:
            outbox = Outbox(session, self._show_queue, lambda *end: self._ended(session, *end))
            self._outboxes[session] = outbox
        outbox.queue.append(outgoing)
        self.view.follow()
        if not outbox.busy:
            self.run_worker(outbox.send(), group="send", exit_on_error=False)
        self._show_queue()
        self.run_worker(self._remember(text, session.conversation_id), exit_on_error=False)

    @property
    def runs(self) -> bool:
        """Whether the open session is at work, something is uploaded for it, or it waits for a person."""
        return super().runs or self._uploading is not None

    @property
    def _uploading(self) -> Outbox | None:
        outbox = self._outboxes.get(self._session) if self._session else None
        return outbox if outbox and outbox.uploading else None

    def stop(self) -> bool:
        """Stop the run of the open session; once more, discard what it said. Whether there was one."""
        session = self._session
        if session is None:
            return False
        if self._uploading is not None:
            return self._uploading.stop()
        if self.runs:
            if not self._just_stopped:
                self._withdraw()
                self._just_stopped = True
                self._offer_timer = self.set_timer(_TAP, self._offer)
            self.run_worker(session.cancel(), exit_on_error=False)
            return True
        if self.may_discard:
            self._withdraw()
            session.discard()
            return True
        return self._just_stopped

    def _offer(self) -> None:
        """From now on, and for a while, to stop once more discards what was said."""
        transcript = self._session.transcript if self._session is not None else None
        said = transcript is not None and transcript.turn is not None and transcript.answer(transcript.turn)
        self._withdraw()
        if said and not self.runs:
            self.may_discard = True
            self._offer_timer = self.set_timer(_AGAIN, self._withdraw)
            self.post_message(self.Stirred())

    def _withdraw(self) -> None:
        if self._offer_timer is not None:
            self._offer_timer.stop()
            self._offer_timer = None
        if self.may_discard:
            self.post_message(self.Stirred())
        self._just_stopped = self.may_discard = False

    def action_stop(self) -> None:
        """Stop the run."""
        self.stop()

    async def _remember(self, text: str, conversation_id: str | None) -> None:
        # The first turn gives a conversation its id; the draft was kept under the one it had before.
        from athena_tui.store.drafts import Draft

        await self._memory.put_draft(conversation_id, Draft())
        if text:
            await self._memory.add_prompt(text)

    def take_back(self) -> bool:
        """Put the message that was queued last back into the composer; whether there was one."""
        outbox = self._outboxes.get(self._session) if self._session else None
        if self._session is None or outbox is None or not outbox.queue:
            return False
        self._give_back(self._session, [outbox.queue.pop()])
        self._show_queue()
        return True

    def _show_queue(self) -> None:
        outbox = self._outboxes.get(self._session) if self._session else None
        if outbox is None or not outbox.busy:
            self.box.show_queue(())
        else:
            self.box.show_queue(outbox.queue, outbox.uploading)
        self.post_message(self.Stirred())

    def _ended(
        self, session: Session, outgoing: Outgoing, end: RunEnd | NotUploaded, given_back: Sequence[Outgoing]
    ) -> None:
        from athena_tui.tui.outbox import NotUploaded, was_refused

        self.post_message(self.RunEnded())
        self._give_back(session, [outgoing, *given_back] if was_refused(end) else given_back)
        if isinstance(end, NotUploaded) and end.error is not None and session is self._session:
            error = end.error
            why = f"Not sent, as {end.attachment.name} did not arrive: {error.message} {error.remedy or ''}"
            self.box.say(why.rstrip(), "$text-error")

    def _give_back(self, session: Session, unsent: Sequence[Outgoing]) -> None:
        """Put what was not sent before what stands in the composer, or in the draft of a session that is not open."""
        if not unsent:
            return
        if session is not self._session:
            # In the group that is waited for when the app is left.
            self.run_worker(self._add_to_draft(session, unsent), group="send", exit_on_error=False)
            self.app.notify("Not sent, but kept as a draft in the conversation it was for.", markup=False)
            return
        there = [self.composer.full_text] if self.composer.text else []
        self._restored = "\n\n".join([*(each.text for each in unsent), *there])
        self.composer.show(self._restored)
        attached = [*(chosen for each in unsent for chosen in each.attachments), *self.box.attachments]
        self.box.attach_exactly(dict.fromkeys(attached))

    async def _add_to_draft(self, session: Session, unsent: Sequence[Outgoing]) -> None:
        from athena_tui.store.drafts import Draft

        there = await self._memory.draft(session.conversation_id)
        text = "\n\n".join([*(each.text for each in unsent), *([there.text] if there.text else [])])
        sources = [chosen.source for each in unsent for chosen in each.attachments if chosen.source]
        draft = Draft(text, tuple(dict.fromkeys([*sources, *there.attachments])))
        await self._memory.put_draft(session.conversation_id, draft)

    @on(ComposerBox.Send)
    def _send(self, event: ComposerBox.Send) -> None:
        event.stop()
        question = self.answered
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
        if self._draft_stands and not self.composer.text:
            self._draft_stands = False
            self.post_message(self.Stirred())

    def action_attach_file(self) -> None:
        """Let the user choose a file; what was written stays."""
        row, column = self.composer.cursor_location
        before = self.composer.document.get_line(row)[:column]
        self.composer.insert("@" if not before or before[-1].isspace() else " @")
        self.composer.focus()

    def on_retry_wanted(self, event: RetryWanted) -> None:
        """The agent is to answer again; what was answered well costs once more, so it takes a second key."""
        from athena_tui.chat.parts import TurnState

        if self._session is None or self.runs:
            return
        turns = self._session.transcript.turns
        said = max((index for index, turn in enumerate(turns) if turn.role is Role.USER), default=0)
        if event.turn not in turns[said:]:
            self.box.say("Only the last message can be run again; E writes this one anew.", "$text-warning")
        elif turns[-1].state is TurnState.COMPLETED and self._asked_again is not turns[-1]:
            self._asked_again = turns[-1]
            self.set_timer(_AGAIN, self._forget_asked)
            self.box.say("R again runs it again, and it is charged again.", "$text-warning")
        else:
            self._forget_asked()
            self.action_retry()

    def _forget_asked(self) -> None:
        if self._asked_again is not None:
            self._asked_again = None
            self.box.say("")

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
            self.box.say("Only what was sent since the app began can be run again; E writes it anew.", "$text-warning")

    def look_again(self) -> None:
        """Look for the answer of the last turn, where it was lost."""
        session = self._session
        if session is not None and session.lost_answer:
            self.run_worker(self._looked_again(session), group="send", exit_on_error=False)

    async def _looked_again(self, session: Session) -> None:
        try:
            found = await session.look_again()
        except ClientError:
            return  # the header says how the connection is
        if found:
            self.post_message(self.RunEnded())
        elif session is self._session:
            self.box.say("The answer is not there, or not yet: F5 looks again.")

    def on_edit_wanted(self, event: EditWanted) -> None:
        """What was said is to be said differently, in a message of its own."""
        if self._before_edit is None:
            self._before_edit = self.box.draft
        self._draft_stands = True
        self.box.show_editing(wanted=True)
        self.composer.show(event.text)
        self.box.attach_again(self._went_along(event.turn))
        self.composer.focus()

    def leave_edit(self) -> bool:
        """Go back to what stood in the composer before something was to be said differently; whether it was."""
        before = self._before_edit
        if before is None:
            return False
        self._end_edit()
        self.run_worker(self.box.show_draft(before), exit_on_error=False)
        return True

    def _end_edit(self) -> None:
        self._before_edit = None
        self.box.show_editing(wanted=False)

    def _went_along(self, turn: Turn) -> tuple[Attachment, ...]:
        from athena_tui.chat.parts import UserPart

        parts = self._session.transcript.parts if self._session is not None else ()
        said = next((part for part in parts if isinstance(part, UserPart) and part.turn is turn), None)
        return said.attachments if said is not None else ()
