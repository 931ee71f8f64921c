"""Answers the client tool calls of a run: by their handlers, or by a person where the policy asks for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from athena_tui.chat.engine_events import EngineEvent, ToolAnswered, ToolNeedsPerson, ToolRunning
from athena_tui.client.events import ClientToolCall
from athena_tui.client.models import JsonValue, ToolAnswer, ToolDefinition, ToolOutcome
from athena_tui.client.record import record
from athena_tui.client.sanitise import clean_json
from athena_tui.tools import ToolPolicy
from athena_tui.tools.runner import ToolError, ToolRunner, ToolRunResult, failure


@record(frozen=True, slots=True)
class RunIt:
    """Let the handler answer; `arguments` replace the agent's where a person edited them."""

    arguments: JsonValue = None
    edited: bool = False


@record(frozen=True, slots=True)
class AnswerIt:
    """A person's own answer."""

    result: JsonValue


@record(frozen=True, slots=True)
class RejectIt:
    """A person says no."""

    reason: str | None = None


Ruling = RunIt | AnswerIt | RejectIt


class ToolDesk:
    """Where client tool calls wait and get their answers.

    Args:
        runner: Runs the handlers.
        policies: What to do about each tool, by name; a tool's own policy counts where nothing is said.
        report: Receives what happens, in order.
        attended: Whether a person is there to decide; without one, what they would decide is rejected.
    """

    def __init__(
        self,
        runner: ToolRunner,
        policies: Mapping[str, ToolPolicy],
        report: Callable[[EngineEvent], None],
        *,
        attended: bool = True,
    ) -> None:
        self._runner = runner
        self._policies = policies
        self._report = report
        self._attended = attended
        self._waiting: dict[str, asyncio.Future[Ruling]] = {}

    @property
    def waiting(self) -> tuple[str, ...]:
        """The ids of the calls that wait for a person, oldest first."""
        return tuple(call_id for call_id, future in self._waiting.items() if not future.done())

    @property
    def offered(self) -> tuple[ToolDefinition, ...]:
        """The tools an agent is told about."""
        return tuple(
            tool.definition for name, tool in self._runner.tools.items() if self.policy(name) is not ToolPolicy.OFF
        )

    def policy(self, name: str) -> ToolPolicy:
        """What happens to calls of this tool."""
        tool = self._runner.tools.get(name)
        return self._policies.get(name) or (tool.policy if tool else ToolPolicy.AUTO)

    def rule(self, call_id: str, ruling: Ruling) -> bool:
        """Say what a person decided; false when the call does not wait any more."""
        future = self._waiting.get(call_id)
        if future is None or future.done():
            return False
        future.set_result(ruling)
        return True

    async def answer(self, call: ClientToolCall) -> ToolAnswer:
        """See one call through to its answer."""
        policy = self.policy(call.name)
        ruling = await self._ask(call) if policy in {ToolPolicy.ASK, ToolPolicy.MANUAL} else RunIt()
        match ruling:
            case RunIt():
                arguments = ruling.arguments if ruling.edited else call.arguments
                self._report(ToolRunning(call.call_id, clean_json(arguments)))
                done = await self._run(call.name, arguments, policy)
                duration_ms: float | None = done.duration_ms
            case AnswerIt():
                done, duration_ms = ToolRunResult(ToolOutcome.SUCCESS, ruling.result), None
            case RejectIt():
                why = ruling.reason or "the user declined this call"
                done, duration_ms = failure(ToolError.REJECTED, why), None
        self._report(
            ToolAnswered(
                call.call_id,
                call.name,
                done.outcome,
                clean_json(done.result),
                duration_ms,
                rejected=isinstance(ruling, RejectIt),
            )
        )
        return ToolAnswer(call.call_id, done.outcome, done.result)

    async def _run(self, name: str, arguments: JsonValue, policy: ToolPolicy) -> ToolRunResult:
        if policy is ToolPolicy.OFF:
            return failure(ToolError.REJECTED, f"{name} is switched off on this machine")
        if policy is ToolPolicy.STUB:
            return ToolRunResult(ToolOutcome.SUCCESS, {"stub": True, "tool": name})
        return await self._runner.run(name, arguments)

    async def _ask(self, call: ClientToolCall) -> Ruling:
        if not self._attended:
            return RejectIt("nobody is there to decide about this call")
        future: asyncio.Future[Ruling] = asyncio.get_running_loop().create_future()
        self._waiting[call.call_id] = future
        self._report(ToolNeedsPerson(call.call_id))
        try:
            return await future
        finally:
            del self._waiting[call.call_id]
