"""What the events of one run mean. Keeps where the run is, so that a follow-up goes on there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from athena_tui.client.events import (
    ApprovalRequested,
    InputRequested,
    NodeCompleted,
    NodeStarted,
    ReasoningDelta,
    RunEvent,
    RunStatus,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    TextReset,
    UnknownEvent,
    UsageReported,
)
from athena_tui.client.models import JsonObject, ToolOutcome
from athena_tui.client.sanitise import StreamCleaner, clean_json, clean_text
from athena_tui.client.tenfive.wire import (
    AWAITING_INPUT,
    Envelope,
    Gate,
    StepDone,
    StepProgress,
    Tokens,
    ToolProgress,
    Transition,
)

_REASONING = frozenset({"reasoning_delta", "thinking_delta", "reasoning", "thinking"})
_FAILED_OUTCOMES = frozenset({"error", "failed", "failure"})

Value = TypeVar("Value", bound=BaseModel)


class RunProgress:
    """Where a run is: its newest event, its step, what it said, and whether it waits.

    Args:
        run_id: The run.
        seq: The number of the newest event that was seen.
    """

    def __init__(self, run_id: str, seq: int = 0) -> None:
        self.run_id = run_id
        self.seq = seq
        self.gate: Gate | None = None
        self.status: str | None = None
        self.transition = Transition()
        self._done: list[str] = []
        self._step = 0
        self._step_id = ""
        self._step_open = False
        self._begin_text()

    @property
    def text(self) -> str:
        """The answer so far, without what was taken back."""
        return "".join([*self._done, *self._said])

    @property
    def suspension(self) -> RunStatus | None:
        """What the run waits for, if it waits."""
        if self.gate is None:
            return None
        return RunStatus.AWAITING_APPROVAL if self.gate.wants_approval else RunStatus.AWAITING_INPUT

    def read(self, envelope: Envelope) -> Iterator[RunEvent]:
        """The events that an envelope stands for."""
        self.seq = envelope.seq or self.seq
        self.status = clean_text(envelope.status) if envelope.status else self.status
        self.gate = None
        # Deltas are cleaned as a stream, because an escape sequence may be cut between two of them.
        raw = envelope.value
        value = {clean_text(name): clean_json(item) for name, item in raw.items()}
        if envelope.seq is None:
            yield UnknownEvent(clean_text(envelope.type), value)
        elif envelope.type == "step.progress":
            yield from self._read_progress(raw, value)
        elif envelope.type == "step.done":
            yield from self._read_done(value)
        elif envelope.status == AWAITING_INPUT:
            yield self._read_gate(value)
        elif envelope.status is not None or envelope.type == "run.created":
            self.transition = _read(Transition, value) or Transition()
        else:
            yield UnknownEvent(clean_text(envelope.type), value)

    def _read_progress(self, raw: JsonObject, value: JsonObject) -> Iterator[RunEvent]:
        progress = _read(StepProgress, raw)
        if progress is None:
            yield UnknownEvent("step.progress", value)
            return
        yield from self._begin_step(progress.step_id)
        if progress.kind == "content_delta" and progress.content_delta is not None:
            yield from self._say(progress.content_delta)
        elif progress.kind in _REASONING and progress.reasoning_delta is not None:
            thought = self._thoughts.feed(progress.reasoning_delta)
            if thought:
                yield ReasoningDelta(thought)
        else:
            yield _tool_event(progress.kind, value) or UnknownEvent("step.progress", value)

    def _read_done(self, value: JsonObject) -> Iterator[RunEvent]:
        done = _read(StepDone, value)
        if done is None:
            yield UnknownEvent("step.done", value)
            return
        yield from self._begin_step(done.step_id)
        if done.usage is not None:
            yield UsageReported(done.usage.usage)
        if done.outcome == "retry_step":
            self._begin_text()
            yield TextReset(done.reason or "The step is tried again.")
            return
        if done.outcome == "succeeded" and done.content:
            yield from self._settle(done.content)
        yield NodeCompleted(self._step_id, "failed" if done.outcome == "fail_run" else done.outcome)
        self._done += self._said
        self._step_open = False
        self._begin_text()

    def _read_gate(self, value: JsonObject) -> RunEvent:
        gate = self.gate = _read(Gate, value) or Gate()
        options = tuple(option for option in gate.options if isinstance(option, str))
        if gate.wants_approval:
            return ApprovalRequested(self.run_id, gate.prompt, options, rejecting_fails=True)
        return InputRequested(self.run_id, gate.prompt, options, gate.json_schema, rejecting_fails=True)

    def _begin_step(self, step_id: str | None) -> Iterator[RunEvent]:
        if self._step_open:
            return
        self._step += 1
        self._step_open = True
        self._step_id = clean_text(step_id or f"step_{self._step}")
        yield NodeStarted(self._step_id, f"Step {self._step}")

    def _begin_text(self) -> None:
        self._said: list[str] = []
        self._words = StreamCleaner()
        self._thoughts = StreamCleaner()

    def _say(self, delta: str) -> Iterator[RunEvent]:
        text = self._words.feed(delta)
        if text:
            self._said.append(text)
            yield TextDelta(text)

    def _settle(self, content: str) -> Iterator[RunEvent]:
        """The whole text of a step counts where it is not what was streamed."""
        said = "".join(self._said)
        if content.strip() == said.strip():
            return
        rest = content.removeprefix(said)
        if said and rest == content:
            yield TextReset("The platform corrected the text.")
        self._said = [content]
        yield TextDelta(rest)


def _tool_event(kind: str, value: JsonObject) -> RunEvent | None:
    if kind == "usage":
        tokens = _read(Tokens, value)
        return UsageReported(tokens.usage) if tokens else None
    tool = _read(ToolProgress, value) if kind in {"tool_call", "tool_result"} else None
    if tool is None:
        return None
    if kind == "tool_call":
        return ServerToolCall(tool.call_id, tool.name, tool.arguments)
    failed = tool.outcome in _FAILED_OUTCOMES
    outcome = ToolOutcome.ERROR if failed else ToolOutcome.SUCCESS
    return ServerToolResult(tool.call_id, tool.name, outcome, tool.result, tool.duration_ms)


def _read(model: type[Value], value: JsonObject) -> Value | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None
