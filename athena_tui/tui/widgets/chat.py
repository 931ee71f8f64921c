"""A conversation: the transcript, or what stands in for it, and the composer; drives the open session."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.getters import query_one
from textual.worker import Worker, WorkerError

from athena_tui.client.errors import ClientError
from athena_tui.tui import surprises
from athena_tui.tui.symbols import symbols
from athena_tui.tui.widgets.composer_box import ComposerBox
from athena_tui.tui.widgets.sending import Sending
from athena_tui.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from athena_tui.chat.session import Session
    from athena_tui.chat.turns import Change
    from athena_tui.chat.workspace import Workspace
    from athena_tui.tui.launch import Launch
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.transcript.messages import ComposerWanted
    from athena_tui.tui.watch import Watch
    from athena_tui.tui.widgets.composer import Composer


class Chat(Sending):
    """The open conversation.

    What the first frame does not show – the transcript, and all that follows a session – is imported and mounted with
    the connection, by `attach`. So handlers of its messages are found by their names.

    Args:
        launch: What the app was started with.
        memory: Keeps drafts and prompts.
        clock: Seconds of a monotonic clock.
    """

    welcome = query_one(Welcome)

    def __init__(self, launch: Launch, memory: Memory, clock: Callable[[], float]) -> None:
        super().__init__(memory, clock)
        self._launch = launch
        self._watch: Watch | None = None
        self._turning = asyncio.Lock()

    def compose(self) -> ComposeResult:
        """The welcome, and the composer."""
        yield Welcome()
        yield ComposerBox(symbols(ascii_only=self._launch.ascii_only), self._launch.burst)

    def on_mount(self) -> None:
        """Digits stand for what the welcome offers."""
        self.composer.suggestions = lambda: self.welcome.offered
        self.composer.take_back = self.take_back

    @property
    def session(self) -> Session | None:
        """The open session."""
        return self._session

    @property
    def sessions(self) -> Watch | None:
        """The watch over all sessions."""
        return self._watch

    async def attach(self, workspace: Workspace) -> None:
        """Work with another connection."""
        from athena_tui.tui.tool_policies import ToolPolicies
        from athena_tui.tui.transcript.pane import transcript_pane
        from athena_tui.tui.watch import Watch

        if not self.query("#pane"):
            await self.mount(transcript_pane(self._launch, self._clock), before=self.box)
        if self._watch is not None:
            self._watch.stop()
        self._workspace = workspace
        self.box.capabilities = workspace.client.capabilities
        self._session = None
        self._turn_page()
        self._outboxes.clear()
        self._watch = Watch(workspace, self._drawn, self._stirred)
        self.composer.prompts = self._memory.prompts
        self.policies = ToolPolicies(workspace, self._memory)

    async def show(self, session: Session | None) -> None:
        """Show a session, with the draft that belongs to it."""
        # One after the other: between two a draft would be taken up twice, or by the wrong one.
        async with self._turning:
            await self._show(session)

    async def _show(self, session: Session | None) -> None:
        if session is self._session:
            return
        await self.put_away()
        self._session = session
        if session is None or self._watch is None:
            return
        self._watch.follow(session)
        for idle in self._watch.forget_idle(each for each, box in self._outboxes.items() if box.busy or box.queue):
            self._outboxes.pop(idle, None)
        self.view.show(session.transcript, has_older=session.has_older)
        self._turn_page()
        self._show_queue()
        if self.view.has_focus:
            self.composer.focus()
        draft = await self._memory.draft(session.conversation_id)
        if self._session is session:
            await self._take_up(draft)
        if session.has_older and not session.transcript.parts:
            self.action_older()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    def on_unmount(self) -> None:
        """Nothing is drawn any more."""
        if self._watch is not None:
            self._watch.stop()

    async def finish(self) -> None:
        """Stop every run and wait until its end was told to the platform; what was not sent is kept as a draft."""
        for session, outbox in self._outboxes.items():
            self._give_back(session, outbox.take_back())
            outbox.stop()
        await asyncio.gather(*(session.aclose() for session in (self._watch.sessions if self._watch else ())))
        sending = [worker for worker in self.app.workers if worker.node is self and worker.group == "send"]
        with contextlib.suppress(WorkerError):
            await self.app.workers.wait_for_complete(sending)
        await self.keep_draft()

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

    def action_beginning(self) -> None:
        """Fetch all that was said before and go there, unless the reader moves meanwhile."""
        if self._session is not None:
            self.run_worker(self._load_all(self._session), group="beginning", exclusive=True, exit_on_error=False)

    def stop(self) -> bool:
        """Stop fetching the beginning, else the run of the open session. Whether there was anything to stop."""
        return bool(self.workers.cancel_group(self, "beginning")) or super().stop()

    async def _load_older(self, session: Session) -> bool:
        try:
            change = await session.load_older()
        except ClientError as error:
            if self._session is session and session.transcript.parts:
                self.app.notify(f"{error.message} {error.remedy or ''}", severity="error", markup=False)
            elif self._session is session:
                self.welcome.show(
                    "This conversation cannot be loaded", f"{error.message}\n{error.remedy or ''}", error=True
                )
            return False
        if self._session is session:
            self.view.has_older = session.has_older
            self._drawn(change)
        return True

    async def _load_all(self, session: Session) -> None:
        from athena_tui.tui.widgets.earlier import EarlierLine

        line = EarlierLine()
        await self.query_one("#pane").mount(line)
        try:
            first = self.view.first_shown
            while session is self._session and session.has_older and self.view.first_shown is first:
                line.show(len(session.transcript.turns))
                if not await self._load_older(session):
                    return
            if session is self._session and self.view.first_shown is first:
                self.view.action_first()
        finally:
            await line.remove()

    def _drawn(self, change: Change) -> None:
        self._turn_page()
        self.view.has_older = self._session is not None and self._session.has_older
        self.view.transcript_changed(change)

    def _turn_page(self) -> None:
        """Show the transcript where there is something to show, else the welcome."""
        session = self._session
        there = session is not None and bool(session.transcript.turns)
        if self.welcome.display is there:
            self.welcome.display = not there
            self.query_one("#pane").display = there

    def _stirred(self, session: Session, waits: bool) -> None:  # noqa: FBT001  # called by `Watch`
        here = session is self._session
        if waits and here:
            self._draft_stands = bool(self.composer.text)
        self.post_message(self.Stirred(waits, here=here))

    @on(ComposerBox.Leave)
    def _leave(self, event: ComposerBox.Leave) -> None:
        if event.escape and self.leave_edit():
            return
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

    def on_beginning_wanted(self) -> None:
        """The reader wants to see how the conversation began."""
        self.action_beginning()

    def on_composer_wanted(self, event: ComposerWanted) -> None:
        """Esc in the transcript stops the fetching of the beginning before anything else."""
        if self.workers.cancel_group(self, "beginning"):
            event.stop()

    def on_following_changed(self) -> None:
        """Other keys matter now."""
        self.post_message(self.Stirred())
