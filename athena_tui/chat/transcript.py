"""Events in, transcript out: the one place where what a run says becomes what a reader sees.

`Transcript.apply` is total and deterministic: the same events with the same times give the same transcript,
however the bytes that carried them were cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from athena_tui.chat import engine_events as engine
from athena_tui.chat.engine_events import ChatEvent
from athena_tui.chat.history import turns_of
from athena_tui.chat.parts import (
    ApprovalPart,
    ErrorPart,
    MediaPart,
    Node,
    NoticePart,
    ReasoningPart,
    StructuredPart,
    TextPart,
    ToolPart,
    ToolState,
    Turn,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.chat.turns import Change, Turns
from athena_tui.client import events
from athena_tui.client.json_text import parse_json
from athena_tui.client.models import JsonValue, Message, Role, ToolOutcome


class Transcript(Turns):
    """The turns of a conversation, as its events tell them."""

    def apply(self, event: ChatEvent, at: float) -> Change:
        """Let one event happen.

        Args:
            event: From the platform or from our own side.
            at: When, in seconds of a monotonic clock.
        """
        before = len(self.parts)
        removed = self._retry(event, at) if isinstance(event, engine.TurnRetried | engine.AnswerFound) else 0
        self._updated.clear()
        self._dispatch(event, at)
        added = len(self.parts) - (before - removed)
        known = len(self.parts) - added
        fresh = {id(part) for part in self.parts[known:]}
        updated = tuple(part for key, part in self._updated.items() if key not in fresh)
        return Change(updated=updated, added=added, removed=removed)

    def _dispatch(self, event: ChatEvent, at: float) -> None:  # noqa: C901, PLR0912 - the table of every event there is
        match event:
            case engine.TurnSent():
                turn = self._begin(Role.USER, TurnState.COMPLETED, at)
                if event.text or event.attachments:
                    self.parts.append(UserPart(turn, event.text, event.attachments))
                self._begin(Role.ASSISTANT, TurnState.RUNNING, at)
            case events.RunStarted():
                self._agent_turn(at).run_id = event.run_id
            case events.TextDelta():
                self._add_text(event.text, at)
            case events.ReasoningDelta():
                self._add_reasoning(event.text, at)
            case events.TextReset():
                self._take_back(event.reason, at)
            case events.ServerToolCall():
                self._add_tool(event.call_id, event.name, event.arguments, at, client=False)
            case events.ServerToolResult():
                self._end_tool(event.call_id, event.name, event.outcome, event.result, event.duration_ms, at)
            case events.ClientToolCall():
                self._add_tool(event.call_id, event.name, event.arguments, at, client=True)
            case engine.ToolNeedsPerson() | engine.ToolRunning() | engine.ToolAnswered():
                self._advance_client_tool(event, at)
            case events.ApprovalRequested() | events.InputRequested() | engine.GateAnswered():
                self._gate(event, at)
            case events.NodeStarted() | events.NodeCompleted():
                self._node(event, at)
            case events.MediaStarted() | events.MediaReady():
                self._media(event, at)
            case events.UsageReported():
                self._usage = event.usage if self._usage is None else self._usage + event.usage
            case engine.Noted() | events.Notice():
                self.parts.append(NoticePart(self._agent_turn(at), event.text))
            case events.RunSuspended():
                self._settle(at)
                self._agent_turn(at).state = TurnState.WAITING
            case events.RunFinished():
                self._finish(event, at)
            case events.RunFailed():
                self._fail(event, at)
            case engine.AnswerFound():
                self._find(event.messages, at)
            case engine.TurnRetried() | events.Heartbeat() | events.UnknownEvent():
                pass

    def _retry(self, event: engine.TurnRetried | engine.AnswerFound, at: float) -> int:
        """Drop the parts of the agent's last turn and let it begin again; returns how many there were."""
        turn = self.turn
        if turn is None or turn.role is not Role.ASSISTANT:
            return 0
        dropped = self.parts_of(turn)
        del self.parts[len(self.parts) - len(dropped) :]
        keeps = isinstance(event, engine.TurnRetried) and event.keeps_text
        texts = [part for part in dropped if keeps and isinstance(part, TextPart) and len(part.text)]
        self.parts += [TextPart(turn, p.text, settled=True, taken_back=p.taken_back or "tried again") for p in texts]
        if not texts:
            self.turns.pop()
        self._begin(Role.ASSISTANT, TurnState.RUNNING, at)
        return len(dropped)

    def _find(self, messages: Sequence[Message], at: float) -> None:
        turn = self._agent_turn(at)
        _, found = turns_of(messages)
        for part in found:
            part.turn = turn
        self.parts += found
        turn.state, turn.message_id, turn.run_id = TurnState.COMPLETED, messages[-1].id, messages[-1].run_id
        turn.ended_at = at

    def _add_text(self, text: str, at: float) -> None:
        turn = self._agent_turn(at)
        turn.state = TurnState.RUNNING
        part = self._newest()
        if not isinstance(part, TextPart) or part.settled:
            self._settle(at)
            part = TextPart(turn)
            self.parts.append(part)
        part.text.append(text)
        self._touch(part)

    def _add_reasoning(self, text: str, at: float) -> None:
        turn = self._agent_turn(at)
        turn.state = TurnState.RUNNING
        part = self._newest()
        if not isinstance(part, ReasoningPart) or part.settled:
            self._settle(at)
            part = ReasoningPart(turn, started_at=at)
            self.parts.append(part)
        part.text.append(text)
        self._touch(part)

    def _take_back(self, reason: str, at: float) -> None:
        self._settle(at)
        for part in self.parts[self._step_start :]:
            if isinstance(part, TextPart) and part.taken_back is None:
                part.taken_back = reason
                self._touch(part)

    def _tool(self, call_id: str) -> ToolPart | None:
        return next((p for p in self._current_parts() if isinstance(p, ToolPart) and p.call_id == call_id), None)

    def _add_tool(self, call_id: str, name: str, arguments: JsonValue, at: float, *, client: bool) -> None:
        if self._tool(call_id) is not None:
            return
        self._settle(at)
        part = ToolPart(self._agent_turn(at), call_id, name, arguments, "server", ToolState.RUNNING, started_at=at)
        if client:
            part.side, part.state = "client", ToolState.WAITING
        self.parts.append(part)

    def _end_tool(
        self, call_id: str, name: str, outcome: ToolOutcome, result: JsonValue, duration_ms: float | None, at: float
    ) -> None:
        self._settle(at)
        part = self._tool(call_id)
        if part is None:
            part = ToolPart(self._agent_turn(at), call_id, name, None, "server", ToolState.RUNNING, started_at=at)
            self.parts.append(part)
        if duration_ms is None and part.started_at is not None:
            duration_ms = (at - part.started_at) * 1000
        part.outcome, part.result, part.duration_ms = outcome, result, duration_ms
        part.state = ToolState.SUCCEEDED if outcome is ToolOutcome.SUCCESS else ToolState.FAILED
        self._touch(part)

    def _advance_client_tool(
        self, event: engine.ToolNeedsPerson | engine.ToolRunning | engine.ToolAnswered, at: float
    ) -> None:
        part = self._tool(event.call_id)
        if part is None:
            return
        part.waits_for_person = isinstance(event, engine.ToolNeedsPerson)
        match event:
            case engine.ToolNeedsPerson():
                part.state = ToolState.WAITING
            case engine.ToolRunning():
                part.state, part.arguments, part.started_at = ToolState.RUNNING, event.arguments, at
            case engine.ToolAnswered():
                self._end_tool(event.call_id, event.name, event.outcome, event.result, event.duration_ms, at)
                if event.rejected:
                    part.state = ToolState.REJECTED
        self._touch(part)

    def _gate(self, event: events.ApprovalRequested | events.InputRequested | engine.GateAnswered, at: float) -> None:
        self._settle(at)
        turn = self._agent_turn(at)
        match event:
            case events.ApprovalRequested():
                turn.state = TurnState.WAITING
                gate = ApprovalPart(turn, event.run_id, "approval", event.prompt, event.options)
                gate.rejecting_fails = event.rejecting_fails
                self.parts.append(gate)
            case events.InputRequested():
                turn.state = TurnState.WAITING
                gate = ApprovalPart(turn, event.run_id, "input", event.prompt, event.options, event.json_schema)
                gate.rejecting_fails = event.rejecting_fails
                self.parts.append(gate)
            case engine.GateAnswered():
                open_gates = (p for p in self._current_parts() if isinstance(p, ApprovalPart) and p.approved is None)
                for part in open_gates:
                    part.approved, part.comment, part.data = event.approved, event.comment, event.data
                    self._touch(part)
                turn.state = TurnState.RUNNING

    def _node(self, event: events.NodeStarted | events.NodeCompleted, at: float) -> None:
        nodes = self._agent_turn(at).nodes
        if isinstance(event, events.NodeStarted):
            self._settle(at)
            nodes.append(Node(event.node_id, event.label))
            self._step_start = len(self.parts)
            return
        node = next((n for n in reversed(nodes) if n.id == event.node_id), None)
        if node is None:
            node = Node(event.node_id)
            nodes.append(node)
        node.status, node.duration_ms = event.status or "completed", event.duration_ms

    def _media(self, event: events.MediaStarted | events.MediaReady, at: float) -> None:
        self._settle(at)
        part = next(
            (
                p
                for p in self._current_parts()
                if isinstance(p, MediaPart) and not p.ready and event.request_id in {None, p.request_id}
            ),
            None,
        )
        if part is None or isinstance(event, events.MediaStarted):
            part = MediaPart(self._agent_turn(at), event.request_id, event.media_type, started_at=at)
            self.parts.append(part)
        if isinstance(event, events.MediaReady):
            part.ready, part.url, part.media_type = True, event.url, event.media_type or part.media_type
            self._touch(part)

    def _finish(self, event: events.RunFinished, at: float) -> None:
        self._settle(at)
        turn = self._agent_turn(at)
        said = any(isinstance(p, TextPart) and p.taken_back is None and len(p.text) for p in self._current_parts())
        if event.text and not said:
            self._add_text(event.text, at)
            self._settle(at)
        if event.parsed_output is not None:
            self._show_structured(turn, event.parsed_output)
        cancelled = event.status is events.RunStatus.CANCELLED
        turn.state = TurnState.CANCELLED if cancelled else TurnState.COMPLETED
        self._close(turn, at)
        latency_ms = event.latency_ms
        if latency_ms is None and turn.started_at is not None:
            latency_ms = (at - turn.started_at) * 1000
        self.parts.append(UsagePart(turn, event.usage or self._usage, event.cost_microdollars, latency_ms))

    def _show_structured(self, turn: Turn, value: JsonValue) -> None:
        for part in self._current_parts():
            if isinstance(part, TextPart) and says_the_same(str(part.text), value):
                part.replaced = True
                self._touch(part)
        self.parts.append(StructuredPart(turn, value))

    def _fail(self, event: events.RunFailed, at: float) -> None:
        self._settle(at)
        turn = self._agent_turn(at)
        turn.state = TurnState.FAILED
        self._close(turn, at)
        self.parts.append(
            ErrorPart(turn, event.code, event.message, event.remedy, event.trace_id, event.retryable, event.refunded)
        )
        if self._usage is not None:
            self.parts.append(UsagePart(turn, self._usage))

    def _close(self, turn: Turn, at: float) -> None:
        """Nothing of this turn goes on: what was open is marked as left, but some platforms tell no tool's result."""
        turn.ended_at = at
        for part in self._current_parts():
            if isinstance(part, ToolPart) and part.state in {ToolState.WAITING, ToolState.RUNNING}:
                untold = turn.state is TurnState.COMPLETED and part.side == "server"
                part.state = ToolState.UNTOLD if untold else ToolState.FAILED
                part.waits_for_person = False
                self._touch(part)


def says_the_same(text: str, value: JsonValue) -> bool:
    """Whether a text is just the JSON of a value."""
    try:
        return bool(parse_json(text) == value)
    except ValueError:
        return False
