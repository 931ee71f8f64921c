"""A conversation: the transcript, or what stands in for it, and the composer; drives the open session."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.message import Message
from textual.timer import Timer
from textual.worker import Worker, WorkerError

from athena_tui.client.errors import ClientError
from athena_tui.tui import surprises
from athena_tui.tui.symbols import symbols
from athena_tui.tui.widgets.composer_box import ComposerBox
from athena_tui.tui.widgets.deciding import Deciding
from athena_tui.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from athena_tui.chat.parts import ApprovalPart
    from athena_tui.chat.run import RunEnd
    from athena_tui.chat.session import Session
    from athena_tui.chat.transcript import Change
    from athena_tui.chat.workspace import Workspace
    from athena_tui.tui.launch import Launch
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.outbox import Outbox
    from athena_tui.tui.transcript.messages import EditWanted
    from athena_tui.tui.transcript.view import TranscriptView
    from athena_tui.tui.watch import Watch
    from athena_tui.tui.widgets.composer import Composer

_DRAFT_PAUSE = 0.5
"""Seconds after the last key before a draft is written down."""

_AGAIN = 1.5
"""Seconds within which a second escape also discards what was said."""


class Chat(Deciding):
    """The open conversation.

    What the first frame does not show – the transcript, and all that follows a session – is imported and mounted with
    the connection, by `attach`. So handlers of its messages are found by their names.

    Args:
        launch: What the app was started with.
        memory: Keeps drafts and prompts.
        clock: Seconds of a monotonic clock.
    """

    welcome = query_one(Welcome)

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

    def __init__(self, launch: Launch, memory: Memory, clock: Callable[[], float]) -> None:
        super().__init__(memory)
        self._launch = launch
        self._clock = clock
        self._watch: Watch | None = None
        self._outboxes: dict[Session, Outbox] = {}
        self._draft_timer: Timer | None = None
        self._stopped_at = -_AGAIN
        self._restored = ""

    def compose(self) -> ComposeResult:
        """The welcome, and the composer."""
        yield Welcome()
        yield ComposerBox(symbols(ascii_only=self._launch.ascii_only), self._launch.burst)

    def on_mount(self) -> None:
        """Digits stand for what the welcome offers."""
        self.composer.suggestions = lambda: self.welcome.offered

    @property
    def composer(self) -> Composer:
        """Where one writes."""
        return self.box.composer

    @property
    def view(self) -> TranscriptView:
        """The transcript; it is there once there is a connection."""
        return cast("TranscriptView", self.query_one("#transcript"))

    @property
    def session(self) -> Session | None:
        """The open session."""
        return self._session

    @property
    def sessions(self) -> Watch | None:
        """The watch over all sessions."""
        return self._watch

    @property
    def runs(self) -> bool:
        """Whether the open session is at work, or waits for a person."""
        from athena_tui.chat.session import SessionState

        return self._session is not None and self._session.state is not SessionState.IDLE

    @property
    def waits(self) -> bool:
        """Whether the open session waits for a person."""
        from athena_tui.chat.session import SessionState

        return self._session is not None and self._session.state is SessionState.WAITING_FOR_PERSON

    @property
    def question(self) -> ApprovalPart | None:
        """What the open session asks for in words; the composer answers it."""
        if not self.waits:
            return None
        from athena_tui.tui.rulings import asked_text

        return asked_text(self._session)

    async def attach(self, workspace: Workspace) -> None:
        """Work with another connection."""
        from athena_tui.tools import ToolPolicy
        from athena_tui.tui.transcript.pane import transcript_pane
        from athena_tui.tui.watch import Watch

        if not self.query("#pane"):
            await self.mount(transcript_pane(self._launch, self._clock), before=self.box)
        if self._watch is not None:
            self._watch.stop()
        self._workspace = workspace
        self._session = None  # what stands in the composer is the draft of the connection that was left
        self._turn_page()
        self._outboxes.clear()
        self._watch = Watch(workspace, self._drawn, self._stirred)
        self.composer.prompts = self._memory.prompts
        policies = workspace.policies
        for name in [name for name, policy in policies.items() if policy is ToolPolicy.ASK]:
            if self._memory.state.get(f"tool.{name}") == ToolPolicy.AUTO.value:
                policies[name] = ToolPolicy.AUTO

    async def show(self, session: Session | None) -> None:
        """Show a session, with the draft that belongs to it."""
        if session is self._session:
            return
        await self.keep_draft()
        self._session = session
        if session is None or self._watch is None:
            return
        self._watch.follow(session)
        self.view.show(session.transcript, has_older=session.has_older)
        self._turn_page()
        self._show_queue()
        if self.view.has_focus:
            self.composer.focus()
        draft = await self._memory.draft(session.conversation_id)
        if self._session is session:
            self.composer.show(draft)
        if session.has_older and not session.transcript.parts:
            self.action_older()

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

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    def on_unmount(self) -> None:
        """Nothing is drawn any more."""
        if self._watch is not None:
            self._watch.stop()

    async def finish(self) -> None:
        """Stop every run and wait until its end was told to the platform."""
        for outbox in self._outboxes.values():
            outbox.queue.clear()
        for session in self._watch.sessions if self._watch else ():
            await session.cancel()
        sending = [worker for worker in self.app.workers if worker.node is self and worker.group == "send"]
        with contextlib.suppress(WorkerError):
            await self.app.workers.wait_for_complete(sending)

    def action_stop(self) -> None:
        """Stop the run."""
        self.stop()

    def action_follow(self) -> None:
        """Go to the end and stay there."""
        self.view.follow()

    async def action_copy_answer(self) -> None:
        """Copy what the agent said last."""
        session = self._session
        if session is not None and session.transcript.turn is not None:
            text = session.transcript.answer(session.transcript.turn)
            done = await self.view.clipboard.copy(text, "the answer")
            self.app.notify(done.how, timeout=3, markup=False)

    def focus_transcript(self) -> None:
        """Leave the composer for the transcript, and there for what waits."""
        if self.welcome.display:
            return
        self.view.focus()
        self.view.focus_pending()

    def action_older(self) -> None:
        """Fetch one more page of history."""
        if self._session is not None:
            self.run_worker(self._load_older(self._session), group="older", exit_on_error=False)

    async def _load_older(self, session: Session) -> None:
        try:
            change = await session.load_older()
        except ClientError as error:
            if self._session is session and session.transcript.parts:
                self.app.notify(f"{error.message} {error.remedy or ''}", severity="error", markup=False)
            elif self._session is session:
                self.welcome.show(
                    "This conversation cannot be loaded", f"{error.message}\n{error.remedy or ''}", error=True
                )
            return
        if self._session is session:
            self.view.has_older = session.has_older
            self._drawn(change)

    async def _remember(self, text: str, conversation_id: str | None) -> None:
        # The first turn gives a conversation its id; the draft was kept under the one it had before.
        await self._memory.put_draft(conversation_id, "")
        await self._memory.add_prompt(text)

    def _drawn(self, change: Change) -> None:
        self._turn_page()
        self.view.transcript_changed(change)

    def _turn_page(self) -> None:
        """Show the transcript where there is something to show, else the welcome."""
        session = self._session
        there = session is not None and bool(session.transcript.turns)
        if self.welcome.display is there:
            self.welcome.display = not there
            self.query_one("#pane").display = there

    def _stirred(self, session: Session, waits: bool) -> None:  # noqa: FBT001  # called by `Watch`
        self.post_message(self.Stirred(waits, here=session is self._session))

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

    @on(ComposerBox.Leave)
    def _leave(self, event: ComposerBox.Leave) -> None:
        if not (event.escape and not self.waits and self.stop()):
            self.focus_transcript()

    def on_composer_reading(self, event: Composer.Reading) -> None:
        """The conversation is to be moved from the composer."""
        event.stop()
        if not self.welcome.display:
            self.call_later(self.view.run_action, event.action)

    def on_answer_panel_closed(self) -> None:
        """Back to what asked."""
        self.view.focus()

    @on(Welcome.Taken)
    def _taken(self, event: Welcome.Taken) -> None:
        self.composer.show(event.value)
        self.composer.focus()

    def on_older_wanted(self) -> None:
        """The reader comes near the first message there is."""
        self.action_older()

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

    def on_following_changed(self) -> None:
        """Other keys matter now."""
        self.post_message(self.Stirred())
