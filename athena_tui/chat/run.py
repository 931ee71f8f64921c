"""Follows one run from its request to its end: applies events, fulfils client tools, waits at human gates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import TypeAlias, TypeVar

from athena_tui.chat.engine_events import ChatEvent, GateAnswered, Noted
from athena_tui.chat.journal import RunJournal
from athena_tui.chat.tool_calls import ToolDesk
from athena_tui.client.errors import ClientError, ConnectionFailed, RateLimited
from athena_tui.client.events import (
    ApprovalRequested,
    ClientToolCall,
    InputRequested,
    RunEvent,
    RunFailed,
    RunFinished,
    RunStarted,
    RunSuspended,
)
from athena_tui.client.models import Decision, RunRequest, ToolAnswer
from athena_tui.client.protocol import AgentClient
from athena_tui.store.database import StoreError

RunEnd: TypeAlias = RunFinished | RunSuspended | RunFailed
Answer = TypeVar("Answer", Decision, ToolAnswer)

_PATIENCE = (2.0, 5.0, 10.0, 20.0, 30.0)
"""Seconds between attempts to answer what a run waits for."""


class Gate:
    """A human gate: open while the run waits for a person's decision.

    A yes given beforehand answers whether, never what: where the run asks for input, it still waits.

    Args:
        standing: The answer to every gate, where it was given beforehand.
        attended: Whether anybody is there to answer.
    """

    def __init__(self, standing: Decision | None, *, attended: bool) -> None:
        self._standing = standing
        self._attended = attended
        self._answer: asyncio.Future[Decision] | None = None
        self._asks_for_input = False

    @property
    def waits(self) -> bool:
        """Whether a decision is waited for."""
        return self._answer is not None and not self._answer.done()

    def arrive(self, *, asks_for_input: bool) -> None:
        """The run asks for a decision; from now on one can be given."""
        self._asks_for_input = asks_for_input
        if self._known() is None and self._attended and self._answer is None:
            self._answer = asyncio.get_running_loop().create_future()

    def decide(self, decision: Decision) -> bool:
        """Answer; false when nothing waits."""
        if self._answer is None or self._answer.done():
            return False
        self._answer.set_result(decision)
        return True

    async def decision(self) -> Decision | None:
        """Wait for the answer; `None` when there is nobody to give one."""
        if self._answer is None:
            return self._known()
        try:
            return await self._answer
        finally:
            self._answer = None

    def leave(self) -> None:
        """The run does not ask any more."""
        self._answer = None

    def _known(self) -> Decision | None:
        """The answer that was given beforehand, as far as it answers this."""
        standing = self._standing
        if standing is None or (self._asks_for_input and standing.approved and standing.data is None):
            return None
        return standing


class Run:
    """One run. `run_id` is known once the platform named it.

    Args:
        client: The platform.
        request: What is sent.
        desk: Answers client tool calls.
        gate: Answers human gates.
        journal: Told of everything before it is on the wire.
        report: Receives every event, in order.
        left_behind: What a run says that was started, and written down, in an earlier life of the app.
    """

    def __init__(
        self,
        client: AgentClient,
        request: RunRequest,
        desk: ToolDesk,
        gate: Gate,
        journal: RunJournal,
        report: Callable[[ChatEvent], None],
        left_behind: AsyncGenerator[RunEvent, None] | None = None,
    ) -> None:
        self.run_id: str | None = None
        self._left_behind = left_behind
        self._client = client
        self._request = request
        self._desk = desk
        self._gate = gate
        self._journal = journal
        self._report = report
        self._calls: list[ClientToolCall] = []
        self._under_way: set[str] = set()
        self._at_gate = False

    async def follow(self) -> RunEnd:
        """See the run through; a `ClientError` becomes its `RunFailed`, and so does a turn that cannot be kept."""
        key = self._request.idempotency_key
        sent = False
        try:
            if self._left_behind is None:
                await self._journal.begin(self._request)
            sent = True
            end = await self._see_through()
        except StoreError as error:
            fate = "The run may go on there, and be charged." if sent else "Nothing was sent."
            end = RunFailed("not_kept", f"{error}. {fate}", self.run_id)
            self._report(end)
        finally:
            self._gate.leave()
        try:
            await self._journal.end(key)
        except StoreError as error:
            self._report(Noted(str(error)))
        return end

    async def _see_through(self) -> RunEnd:
        end = await self._drain(self._left_behind or self._client.run(self._request))
        while isinstance(end, RunSuspended) and (self._calls or self._at_gate):
            if self._calls:
                end = await self._answer_calls()
                continue
            decision = await self._gate.decision()
            if decision is None:
                break
            self._at_gate = False
            self._report(GateAnswered(decision.approved, decision.comment, decision.data))
            end = await self._insist(self._client.decide, end.run_id or self.run_id or "", decision)
        return end

    async def _insist(
        self, post: Callable[[str, Answer], AsyncGenerator[RunEvent, None]], run_id: str, answer: Answer
    ) -> RunEnd:
        """Answer what the run waits for; while that certainly does not arrive, try again for a while.

        A tool has run, or a person has decided, so the answer is not given up as easily as a question.
        """
        for delay in _PATIENCE:
            try:
                return await self._drain(post(run_id, answer), strict=True)
            except (ConnectionFailed, RateLimited) as error:
                if not error.retryable:
                    return self._failed(error)
                self._report(Noted(f"{error.message} The answer is kept, and sent again in {delay:.0f} s."))
            await asyncio.sleep(delay)
        return await self._drain(post(run_id, answer))

    def _failed(self, error: ClientError) -> RunEnd:
        end = error.as_event(self.run_id)
        self._report(end)
        return end

    async def _drain(self, stream: AsyncGenerator[RunEvent, None], *, strict: bool = False) -> RunEnd:
        """Report everything one response says; returns how it ended. `strict` lets trouble on the way out as it is."""
        end: RunEnd | None = None
        try:
            async with aclosing(stream):
                async for event in stream:
                    if isinstance(event, RunFinished | RunSuspended | RunFailed):
                        end = event
                    else:
                        await self._notice(event)
                    self._report(event)
        except ClientError as error:
            if strict and isinstance(error, ConnectionFailed | RateLimited):
                raise
            return self._failed(error)
        if end is None:
            end = RunFailed("stream_interrupted", "The platform's answer ended without saying how.", self.run_id)
            self._report(end)
        return end

    async def _notice(self, event: RunEvent) -> None:
        """Keep what this event asks of us."""
        if isinstance(event, RunStarted):
            self.run_id = event.run_id
            await self._write_down(self._journal.accepted(self._request.idempotency_key, event.run_id))
        elif isinstance(event, ClientToolCall):
            # A platform may name those that are still open with each answer: a tool must not run twice for that.
            if event.call_id not in self._under_way:
                self._calls.append(event)
        elif isinstance(event, ApprovalRequested | InputRequested):
            self._at_gate = True
            self._gate.arrive(asks_for_input=isinstance(event, InputRequested))

    async def _write_down(self, step: Awaitable[None]) -> None:
        """Keep what happened; a run that is under way, and paid for, is not given up where that cannot be done."""
        try:
            await step
        except StoreError as error:
            self._report(Noted(f"{error}. This run goes on, but it would not be found again after a crash."))

    async def _answer_calls(self) -> RunEnd:
        """Answer every open call as soon as its answer is there; the last one brings the continuation."""
        calls, self._calls = self._calls, []
        self._under_way = {call.call_id for call in calls}
        answers = [asyncio.ensure_future(self._answer(call)) for call in calls]
        end: RunEnd | None = None
        try:
            for finished in asyncio.as_completed(answers):
                run_id, answer = await finished
                self._under_way.discard(answer.call_id)
                end = await self._insist(self._client.answer_tool, run_id, answer)
                if not isinstance(end, RunSuspended):
                    break
        finally:
            for task in answers:
                task.cancel()
            await asyncio.gather(*answers, return_exceptions=True)
        if end is None:
            raise RuntimeError("a run waited for client tools and there was no call to answer")
        return end

    async def _answer(self, call: ClientToolCall) -> tuple[str, ToolAnswer]:
        return call.run_id, await self._desk.answer(call)
