"""One conversation: intents in, transcript changes out. Drives the screen, the headless command and the tests alike."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeAlias

from athena_tui.chat.engine_events import AnswerFound, ChatEvent, Noted, TurnRetried, TurnSent
from athena_tui.chat.history import answer_to, told_by, turns_of
from athena_tui.chat.journal import NoJournal, RunJournal
from athena_tui.chat.local_conversations import LocalConversations, can_resume
from athena_tui.chat.parts import ErrorPart, UserPart
from athena_tui.chat.run import Gate, Run, RunEnd
from athena_tui.chat.tool_calls import Ruling, ToolDesk
from athena_tui.chat.transcript import Transcript
from athena_tui.chat.turns import NO_CHANGE, Change
from athena_tui.chat.variables import Variables
from athena_tui.chat.watched import not_watched
from athena_tui.client.errors import ClientError
from athena_tui.client.events import RunEvent, RunFailed, RunFinished, RunStarted, RunStatus, TextReset
from athena_tui.client.models import Attachment, Decision, JsonObject, Message, RunRequest
from athena_tui.client.protocol import AgentClient, Feature
from athena_tui.client.sanitise import clean_text
from athena_tui.store.database import StoreError
from athena_tui.store.ended_runs import EndedRun
from athena_tui.tools import ToolPolicy
from athena_tui.tools.runner import ToolRunner

Listener: TypeAlias = Callable[[ChatEvent, Change], None]

_HISTORY_PAGE = 100
_CANCEL_TIMEOUT = 5.0
_INSIST_EVERY = 1.0


class SessionState(StrEnum):
    """What a session is doing."""

    IDLE = "idle"
    RUNNING = "running"
    WAITING_FOR_PERSON = "waiting_for_person"


@dataclass(frozen=True, slots=True)
class SessionOptions:
    """How a session behaves.

    Args:
        agent_id: Whom it talks to.
        conversation_id: The conversation whose history counts.
        kept: Whether turns belong to a conversation: where no id is given, the first turn opens the agent's active one.
        fresh: The first turn opens a new conversation instead of the active one.
        external_user_id: The caller's own user id, for per-user memory.
        stream: Whether to use the platform's streaming endpoint.
        policies: What to do about client tools, by name.
        gate: The answer to every human gate; `None` to wait for `decide`.
        attended: Whether anybody is there to answer; without anyone a gate ends `send`, and client
            tools that ask first are rejected.
    """

    agent_id: str
    conversation_id: str | None = None
    kept: bool = False
    fresh: bool = False
    external_user_id: str | None = None
    stream: bool = True
    policies: Mapping[str, ToolPolicy] = field(default_factory=dict)
    gate: Decision | None = None
    attended: bool = True


class Session:
    """Owns one conversation's transcript and the run that is under way.

    Args:
        client: The platform.
        options: How to behave.
        tools: The client tools; none by default.
        journal: Where runs in flight are kept, so that they can be found after a crash.
        clock: Seconds of a monotonic clock.
        new_key: Makes an idempotency key.
    """

    def __init__(
        self,
        client: AgentClient,
        options: SessionOptions,
        tools: ToolRunner | None = None,
        journal: RunJournal | None = None,
        clock: Callable[[], float] = time.monotonic,
        new_key: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self.client = client
        self.options = options
        self.transcript = Transcript()
        self.conversation_id = options.conversation_id
        self.variables = Variables()
        self._desk = ToolDesk(tools or ToolRunner(), options.policies, self._apply, attended=options.attended)
        self._gate = Gate(options.gate, attended=options.attended)
        self._journal = journal or NoJournal()
        self._clock = clock
        self._new_key = new_key
        self._listeners: list[Listener] = []
        self._turn_lock = asyncio.Lock()
        self._closed = False
        self._request: RunRequest | None = None
        self._following: asyncio.Task[RunEnd] | None = None
        self._ended: RunFinished | RunFailed | None = None
        self._older_lock = asyncio.Lock()
        self._older_cursor: str | None = None
        self._has_older = options.conversation_id is not None
        self._watched: set[str] = set()

    @property
    def state(self) -> SessionState:
        """What the session is doing."""
        if self._following is None:
            return SessionState.IDLE
        waits = bool(self._desk.waiting) or self._gate.waits
        return SessionState.WAITING_FOR_PERSON if waits else SessionState.RUNNING

    @property
    def has_older(self) -> bool:
        """Whether `load_older` has more to bring."""
        return self._has_older

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Be told of every event and what it changed; returns how to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def send(
        self,
        message: str,
        attachments: Sequence[Attachment] = (),
        variables: JsonObject | None = None,
        idempotency_key: str | None = None,
    ) -> RunEnd:
        """Send a turn and see it through; a turn under way is awaited first.

        Args:
            message: What to say.
            attachments: Files the platform holds.
            variables: The agent's inputs; by default those of the session that are due.
            idempotency_key: Where the caller has one of its own for this intent.

        Returns:
            How the run ended. `RunSuspended` when it waits for somebody who is not there.
        """
        async with self._turn_lock:
            request = RunRequest(
                agent_id=self.options.agent_id,
                message=message,
                idempotency_key=idempotency_key or self._new_key(),
                conversation_id=self.conversation_id,
                attachments=tuple(attachments),
                variables=self.variables.due() if variables is None else variables,
                all_variables=self.variables.all() if variables is None else variables,
            )
            self._apply(TurnSent(clean_text(message), tuple(attachments)))
            return await self._follow(self._equipped(request))

    async def retry(self) -> RunEnd | None:
        """Send the last turn again, as a new intent with a key of its own; `None` when there is none."""
        async with self._turn_lock:
            if self._request is None:
                return None
            self._apply(TurnRetried(keeps_text=True))
            variables = self._request.variables | self.variables.due()
            again = self._request.all_variables | self.variables.all()
            request = replace(self._request, variables=variables, all_variables=again)
            return await self._follow(replace(request, idempotency_key=self._new_key()))

    async def resume(self, request: RunRequest, stream: AsyncGenerator[RunEvent, None]) -> RunEnd:
        """See through a run of this conversation that an earlier life of the app left behind.

        Args:
            request: What was sent then.
            stream: What the run says, from its first event.
        """
        async with self._turn_lock:
            with contextlib.suppress(ClientError):  # then the reader asks for it again
                await self.load_older()
            return await self._follow(self._equipped(request), stream)

    @property
    def lost_answer(self) -> bool:
        """Whether the last turn failed in a way that says nothing of its answer, so that `look_again` may find it."""
        turn = self.transcript.turn
        if turn is None or self._following is not None or self._request is None or self.conversation_id is None:
            return False
        return any(isinstance(part, ErrorPart) and part.perhaps_answered for part in self.transcript.parts_of(turn))

    async def look_again(self) -> bool:
        """Show the answer of the last turn, where it was lost here and the platform has it; whether it has.

        Raises:
            ClientError: The conversation could not be had.
        """
        async with self._turn_lock:
            request, turn = self._request, self.transcript.turn
            if not self.lost_answer or request is None or turn is None or self.conversation_id is None:
                return False
            if turn.run_id is not None and isinstance(self.client, LocalConversations) and can_resume(self.client):
                self._apply(TurnRetried())
                await self._follow(request, self.client.resume_run(turn.run_id, request, self.conversation_id))
                return True
            page = await self.client.messages(self.conversation_id, None, _HISTORY_PAGE)
            if found := answer_to(request, turn.run_id, page.items):
                self._apply(AnswerFound(found))
            return bool(found)

    async def cancel(self) -> bool:
        """Stop the run that is under way, here at once; whether there was one.

        Whoever awaits the turn gets its end after the platform was told, where it can be told.
        """
        task = self._following
        if task is None:
            return False
        await _insist(task)
        return True

    async def aclose(self) -> None:
        """Stop what is under way, send nothing any more, and wait until the platform was told, but not for ever."""
        self._closed = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CANCEL_TIMEOUT):
                await self.cancel()
                async with self._turn_lock:
                    pass

    def discard(self) -> None:
        """Take back what the agent said in the last turn; does nothing while a run is under way."""
        if self._following is None:
            self._apply(TextReset("discarded"))

    def rule(self, call_id: str, ruling: Ruling) -> bool:
        """Answer a client tool call that waits for a person; false when it does not wait any more."""
        return self._desk.rule(call_id, ruling)

    def decide(self, decision: Decision) -> bool:
        """Answer the human gate that is open; false when none is."""
        return self._gate.decide(decision)

    async def load_older(self) -> Change:
        """Put one more page of the conversation's history in front.

        Raises:
            ClientError: The page could not be had.
        """
        async with self._older_lock:
            change = NO_CHANGE
            while self._has_older and self.conversation_id is not None and not change:
                page = await self.client.messages(self.conversation_id, self._older_cursor, _HISTORY_PAGE)
                # A cursor that leads nowhere else would have us ask for ever.
                self._has_older = page.next_cursor not in {None, self._older_cursor}
                self._older_cursor = page.next_cursor
                change = self.show_older(page.items, await self._told(page.items))
            return change

    def show_older(self, messages: Sequence[Message], told: Mapping[str, EndedRun] | None = None) -> Change:
        """Put messages, oldest first, in front of the transcript; those of a run that was watched here are there."""
        first = min((turn.id for turn in self.transcript.turns), default=0)
        # Once there is any history before it, nothing that was said here can come any more.
        parts = self.transcript.parts if first >= 0 else ()
        asked = {part.text for part in parts if isinstance(part, UserPart)}
        runs = self._watched | {turn.run_id for turn in self.transcript.turns if turn.id >= 0 and turn.run_id}
        return self.transcript.prepend(*turns_of(not_watched(messages, runs, asked), min(first, 0) - 1, told))

    async def _told(self, messages: Sequence[Message]) -> Mapping[str, EndedRun]:
        """What is remembered of the runs of these messages, each of which is shown once."""
        shown = {turn.run_id for turn in self.transcript.turns}
        run_ids = {message.run_id for message in messages if message.run_id is not None} - shown
        try:
            return await self._journal.recall(run_ids)
        except StoreError:
            return {}  # what is remembered is only an addition

    async def _remember(self) -> None:
        """Keep what the last run told, for when its conversation is opened again."""
        turn = self.transcript.turn
        told = told_by(self.transcript.parts_of(turn)) if turn is not None else None
        if turn is not None and turn.run_id is not None and told is not None:
            with contextlib.suppress(StoreError):  # the run itself is not harmed by that
                await self._journal.remember(turn.run_id, told)

    def _equipped(self, request: RunRequest) -> RunRequest:
        """The request with all that goes along with each turn of this session."""
        has = self.client.capabilities.has
        return replace(
            request,
            client_tools=self._desk.offered if has(Feature.CLIENT_TOOLS) else (),
            external_user_id=self.options.external_user_id,
            stream=self.options.stream and has(Feature.STREAMING),
        )

    async def _follow(self, request: RunRequest, left_behind: AsyncGenerator[RunEvent, None] | None = None) -> RunEnd:
        self._request, self._ended = request, None
        if self._closed:
            never_sent = RunFinished(None, RunStatus.CANCELLED)
            self._apply(never_sent)
            return never_sent
        run: list[Run] = []
        task = asyncio.create_task(self._start(request, run, left_behind))
        self._following = task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            await _insist(task)
            await self._stop(run)
            raise
        finally:
            self._following = None
        end = await self._stop(run) if task.cancelled() else task.result()
        self.variables.followed(request.variables, end)
        await self._remember()
        return end

    async def _start(
        self, request: RunRequest, started: list[Run], left_behind: AsyncGenerator[RunEvent, None] | None
    ) -> RunEnd:
        """Open the conversation if need be, then follow the run."""
        if request.conversation_id is None and self.options.kept:
            try:
                self.conversation_id = await self._open_conversation()
            except ClientError as error:
                end = error.as_event()
                self._apply(end)
                return end
            request = replace(request, conversation_id=self.conversation_id)
            self._request = request
        run = Run(self.client, request, self._desk, self._gate, self._journal, self._apply, left_behind)
        started.append(run)
        return await run.follow()

    async def _open_conversation(self) -> str | None:
        if not self.client.capabilities.has(Feature.CONVERSATIONS):
            return None
        conversation, made = await self.client.open_conversation(self.options.agent_id, fresh=self.options.fresh)
        self._has_older = not made
        return conversation.id

    async def _stop(self, started: Sequence[Run]) -> RunEnd:
        """The run was cut off here, unless it had just ended by itself; in any case nothing of it is under way."""
        end = self._ended or await self._cut_off(started)
        if self._request is not None:
            try:
                await self._journal.end(self._request.idempotency_key)
            except StoreError as error:
                self._apply(Noted(f"This run could not be struck off the list of runs under way: {error}"))
        return end

    async def _cut_off(self, started: Sequence[Run]) -> RunFinished:
        """Show it, then tell the platform."""
        run_id = started[0].run_id if started else None
        end = RunFinished(run_id, RunStatus.CANCELLED)
        self._apply(end)
        reason = self.client.capabilities.reason(Feature.CANCEL)
        if reason is not None:
            self._apply(Noted(reason))
        elif run_id is None and started:
            self._apply(Noted("Stopped before the platform named the run: it may go on there, and be charged."))
        elif run_id is not None:
            try:
                async with asyncio.timeout(_CANCEL_TIMEOUT):
                    await self.client.cancel(run_id)
            except (ClientError, TimeoutError) as error:
                self._apply(
                    Noted(f"Stopped here, but the platform did not confirm it: {str(error) or 'no answer in time'}")
                )
        return end

    def _apply(self, event: ChatEvent) -> None:
        if isinstance(event, RunStarted):
            self._watched.add(event.run_id)
            self.conversation_id = event.conversation_id or self.conversation_id
        elif isinstance(event, RunFinished | RunFailed):
            self._ended = event
        change = self.transcript.apply(event, self._clock())
        for listener in tuple(self._listeners):
            listener(event, change)


async def _insist(task: asyncio.Task[RunEnd]) -> None:
    """Cancel a task until it ends: a library may take one cancellation for the end of a time limit of its own."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_INSIST_EVERY)
