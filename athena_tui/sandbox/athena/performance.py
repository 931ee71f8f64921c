"""Plays an execution's script and says it in the API's events. Follows the Execute page's event table.

The event shapes that no page documents are the ones the quickstart's fields suggest; a client has to read them
tolerantly in any case.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from athena_tui.sandbox.agents.steps import (
    ClientCalls,
    Fail,
    Gate,
    NodeEnd,
    NodeStart,
    Output,
    Picture,
    Reasoning,
    Reply,
    ServerTool,
    Step,
    Text,
    Tokens,
    Wait,
)
from athena_tui.sandbox.athena.conversations import Conversations
from athena_tui.sandbox.athena.credits import CANCELLED_NOTE, Ledger
from athena_tui.sandbox.athena.executions import Execution, Executions, agent_id
from athena_tui.sandbox.athena.media import Media
from athena_tui.sandbox.athena.spoken import Spoken, chunks
from athena_tui.sandbox.json_text import JsonObject, encode
from athena_tui.sandbox.state import SandboxState

_FIRST_TOKEN_SECONDS = 0.4


class _Stopped(Exception):
    """The client went away, cancelled the run, or the server shuts down."""


class _Failed(Exception):
    """The run cannot go on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Performance:
    """One response of one run: from its start, or from where it was suspended, to its end or the next suspension.

    Args:
        state: The sandbox.
        execution: The run.
        interrupt: Ends the run when set.
        media: Where pictures are kept.
        base_url: Under which the client reaches this platform.
    """

    def __init__(
        self,
        state: SandboxState,
        execution: Execution,
        interrupt: asyncio.Event,
        media: Media,
        base_url: str,
    ) -> None:
        self._state = state
        self._execution = execution
        self._interrupt = interrupt
        self._media = media
        self._base_url = base_url
        self._ledger = Ledger(state)
        self._executions = Executions(state, self._ledger)
        self._conversations = Conversations(state)
        self._pacer = state.pacer(interrupt)
        self._started = state.clock.now()
        self._spoken = Spoken(execution)
        self._node: tuple[str, float] | None = None
        self._settled = False

    async def events(self) -> AsyncGenerator[JsonObject, None]:
        """The events. The run is settled, and written down, before the event that says so is sent."""
        try:
            async for event in self._opening():
                yield event
            async for event in self._play():
                yield event
        except _Stopped:
            yield self._cancelled()
        except _Failed as failure:
            yield self._failed(failure)
        finally:
            if not self._settled:
                self._cancelled()

    async def _opening(self) -> AsyncGenerator[JsonObject, None]:
        execution = self._execution
        if not execution.agent.quickstart_order:
            yield {
                "type": "start",
                "execution_id": execution.id,
                "agent_id": agent_id(execution.agent),
                "conversation_id": execution.conversation_id,
            }
        if execution.answers:
            return
        yield {"type": "node_start", "node_id": "trigger_1"}
        await self._wait(0.003)
        if not execution.agent.quickstart_order:
            yield {"type": "node_complete", "node_id": "trigger_1", "status": "completed", "duration_ms": 3}
            yield self._enter("ai_1")
        await self._wait(_FIRST_TOKEN_SECONDS)

    async def _play(self) -> AsyncGenerator[JsonObject, None]:
        script = self._execution.agent.script(self._execution.start_of_script())
        replies = deque(self._execution.replies())
        reply: Reply = None
        while True:
            try:
                step = script.send(reply)
            except StopIteration:
                break
            reply = None
            if replies:
                if isinstance(step, ClientCalls | Gate):
                    reply = replies.popleft()
                else:
                    self._spoken.remember(step)
                continue
            async for event in self._perform(step):
                yield event
            if isinstance(step, ClientCalls | Gate):
                return
        for event in self._completed():
            yield event

    async def _perform(self, step: Step) -> AsyncGenerator[JsonObject, None]:
        events: AsyncGenerator[JsonObject, None]
        match step:
            case Text() | Tokens() | Reasoning():
                events = self._say(step)
            case ServerTool():
                events = self._server_tool(step)
            case Picture():
                events = self._picture(step)
            case _:
                events = self._turn_point(step)
        async for event in events:
            yield event

    async def _turn_point(self, step: Step) -> AsyncGenerator[JsonObject, None]:
        match step:
            case Wait():
                await self._wait(step.seconds)
            case NodeStart():
                for event in self._leave():
                    yield event
                yield self._enter(step.node_id)
            case NodeEnd():
                for event in self._leave():
                    yield event
            case Output():
                self._spoken.remember(step)
            case Fail():
                raise _Failed(step.code, step.message)
            case ClientCalls():
                for event in self._await_client(step):
                    yield event
            case Gate():
                for event in self._await_person(step):
                    yield event

    async def _say(self, step: Text | Tokens | Reasoning) -> AsyncGenerator[JsonObject, None]:
        for chunk in chunks(step):
            await self._wait(1 / step.rate)
            yield self._spoken.say(step, chunk)

    async def _server_tool(self, step: ServerTool) -> AsyncGenerator[JsonObject, None]:
        call_id = self._call_id()
        call = {"tool_call_id": call_id, "name": step.name, "arguments": dict(step.arguments)}
        yield {"type": "tool_call", **call, "node_id": "ai_1"}
        await self._wait(step.seconds)
        self._save_answer([call])
        self._save("tool", encode(step.result), tool_call_id=call_id, name=step.name)
        yield {
            "type": "tool_result",
            "tool_call_id": call_id,
            "name": step.name,
            "outcome": "success" if step.ok else "error",
            "result": step.result,
            "node_id": "ai_1",
            "duration_ms": round(step.seconds * 1000),
        }

    async def _picture(self, step: Picture) -> AsyncGenerator[JsonObject, None]:
        execution = self._execution
        if not self._ledger.charge(execution.customer_id, step.credits):
            raise _Failed("payment_required", f"The picture costs {step.credits:g} credits; there are not enough left.")
        execution.charged += step.credits
        request_id = f"req_{self._state.ids.key(12)}"
        common = {"node_id": self._node[0] if self._node else "media_1", "request_id": request_id}
        yield {"type": "media_gen_submitted", **common, "media_type": "image", "model": "sandbox/watercolour"}
        interval = self._state.options.heartbeat_interval
        beats = math.ceil(step.seconds / interval) - 1
        for _ in range(beats):
            await self._wait(interval)
            yield {"type": "heartbeat", "timestamp": self._state.timestamp()}
        await self._wait(step.seconds - beats * interval)
        asset = self._media.add(execution.customer_id, execution.id, step.prompt, self._base_url)
        asset_item = {key: asset[key] for key in ("id", "url", "content_type", "width", "height")}
        yield {
            "type": "media_gen_complete",
            **common,
            "media_type": "image",
            "url": asset["url"],
            "media": [asset_item],
        }

    def _await_client(self, step: ClientCalls) -> list[JsonObject]:
        execution = self._execution
        calls: list[JsonObject] = [
            {"tool_call_id": self._call_id(), "name": call.name, "arguments": dict(call.arguments)}
            for call in step.calls
        ]
        execution.pending = {"calls": calls, "replies": {}, "output_tokens": self._spoken.output_tokens}
        self._save_answer(calls)
        self._settle("awaiting_client_tool", {"pending_tool_calls": calls})
        awaiting = [{"type": "tool_call_awaiting_client", "execution_id": execution.id, **call} for call in calls]
        return [*awaiting, self._model_end(), self._final("AwaitingClientTool")]

    def _await_person(self, step: Gate) -> list[JsonObject]:
        execution = self._execution
        approval = {"node_id": step.node_id, "prompt": step.prompt, "options": list(step.options)}
        execution.pending = {"approval": approval, "output_tokens": self._spoken.output_tokens}
        self._save_answer([])
        self._settle("awaiting_approval", {"approval": approval})
        gate = {"type": "human_gate", "execution_id": execution.id, **approval}
        return [gate, self._model_end(), {**self._final("AwaitingApproval"), "approval": approval}]

    def _completed(self) -> list[JsonObject]:
        execution = self._execution
        self._save_answer([])
        self._settle("completed", {"output": self._spoken.output()})
        if execution.agent.quickstart_order:
            usage = {"total_tokens": self._spoken.usage()["total_tokens"]}
            bare = {"type": "final", "status": "Completed", "execution_id": execution.id}
            return [{"type": "llm_final", "usage": usage}, bare]
        final = {**self._final("Completed"), "output": self._spoken.output()}
        return [self._model_end(), *self._leave(), final]

    def _cancelled(self) -> JsonObject:
        execution = self._execution
        execution.charged = self._ledger.settle_cancelled(
            execution.customer_id, execution.charged, self._spoken.output_tokens
        )
        self._save_answer([])
        self._save("system", CANCELLED_NOTE)
        self._settle("cancelled", {"output": self._spoken.output()})
        return {**self._final("Cancelled"), "output": self._spoken.output()}

    def _failed(self, failure: _Failed) -> JsonObject:
        execution = self._execution
        self._ledger.refund(execution.customer_id, execution.charged)
        execution.charged = 0.0
        self._save_answer([])
        self._save("system", f"The run failed: {failure} Its credits were refunded.")
        error = {"code": failure.code, "message": str(failure), "trace_id": self._state.ids.uuid()}
        self._settle("failed", {"error": error})
        return {"type": "error", **error, "execution_id": execution.id}

    def _enter(self, node_id: str) -> JsonObject:
        self._node = (node_id, self._state.clock.now().timestamp())
        return {"type": "node_start", "node_id": node_id}

    def _leave(self) -> list[JsonObject]:
        if self._node is None:
            return []
        (node_id, since), self._node = self._node, None
        milliseconds = round((self._state.clock.now().timestamp() - since) * 1000)
        return [{"type": "node_complete", "node_id": node_id, "status": "completed", "duration_ms": milliseconds}]

    def _model_end(self) -> JsonObject:
        return {"type": "llm_final", "usage": self._spoken.usage()}

    def _final(self, status: str) -> JsonObject:
        return {
            "type": "final",
            "status": status,
            "execution_id": self._execution.id,
            "usage": self._spoken.usage(),
            "cost_microdollars": self._spoken.cost(),
            "latency_ms": self._latency(),
        }

    def _settle(self, status: str, outcome: JsonObject) -> None:
        """Write down how this response left the run; `outcome` is what a synchronous caller is told beside that."""
        execution = self._execution
        execution.status = status
        identity = {"execution_id": execution.id, "status": status, "output": None}
        execution.result = {**identity, **outcome, "latency_ms": self._latency()}
        self._executions.save(execution)
        self._settled = True

    def _latency(self) -> int:
        return round((self._state.clock.now() - self._started).total_seconds() * 1000)

    def _call_id(self) -> str:
        return f"tc_{self._state.ids.key(8)}"

    async def _wait(self, seconds: float) -> None:
        if await self._pacer.wait(seconds):
            raise _Stopped

    def _save_answer(self, calls: Sequence[JsonObject]) -> None:
        """Save what was said since the last time, with the calls it led to."""
        text = self._spoken.take_unsaved()
        if text or calls:
            self._save("assistant", text, tool_calls=list(calls))

    def _save(
        self,
        role: str,
        content: str,
        *,
        tool_calls: object = (),
        tool_call_id: str | None = None,
        name: str | None = None,
    ) -> None:
        if self._execution.conversation_id is not None:
            self._conversations.add(
                self._execution.conversation_id,
                role,
                content,
                execution_id=self._execution.id,
                tool_calls=tool_calls,
                tool_call_id=tool_call_id,
                name=name,
            )
