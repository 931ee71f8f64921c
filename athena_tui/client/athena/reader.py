"""Reads one response of Athena as run events: the rules that need memory.

A response is `RunStarted` as soon as the id of the run is known, then what happens, then exactly one of `RunFinished`,
`RunSuspended` and `RunFailed`. Follows the Execute page for the order of events, and accepts the quickstart's, where
`node_start` comes first and the usage is in `llm_final`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TypeAlias

from pydantic import ValidationError

from athena_tui.client import events
from athena_tui.client.athena import wire
from athena_tui.client.athena.events import (
    UNKNOWN_RUN,
    approval_requested,
    client_tool_call,
    run_events,
    run_failed,
    run_status,
)
from athena_tui.client.athena.fields import WireModel
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.json_text import parse_json
from athena_tui.client.models import JsonValue, Usage
from athena_tui.client.sanitise import StreamCleaner, clean_json, clean_text
from athena_tui.client.sse import ServerEvent

_Question: TypeAlias = events.ClientToolCall | events.ApprovalRequested


class ResponseReader:
    """Turns one response into run events.

    Args:
        run_id: The id of the run where it is known already, as in a continuation.
        conversation_id: The conversation it belongs to, where the request named one.
    """

    def __init__(self, run_id: str | None = None, conversation_id: str | None = None) -> None:
        self.run_id = run_id
        self.ended = False
        self._conversation_id = conversation_id
        self._started = False
        self._usage: Usage | None = None
        self._said_text = False
        self._suspended: RunStatus | None = None
        self._asked_calls: set[str] = set()
        self._waiting_for_id: list[_Question] = []
        self._text = StreamCleaner()
        self._reasoning = StreamCleaner()

    def read(self, event: ServerEvent) -> Iterator[RunEvent]:
        """What one server-sent event says. Nothing follows the end of a run."""
        if self.ended or event.data.strip() == "[DONE]":
            return
        try:
            raw = parse_json(event.data)
        except ValueError:
            yield events.UnknownEvent(clean_text(event.name), clean_text(event.data))
            return
        data = clean_json(raw)
        kind = wire.kind_of(event.name, data)
        try:
            # Deltas are cleaned as a whole: a sequence may begin in one and end in the next.
            parsed = wire.parse_event(kind, raw if kind in {"text", "reasoning"} else data)
        except (ValidationError, RecursionError):  # what is not clean yet is not cut where it is nested too deep either
            parsed = ()
        if not parsed:
            yield events.UnknownEvent(kind, data)
        for wire_event in parsed:
            yield from self._happen(kind, wire_event, data)

    def read_answer(self, value: JsonValue) -> Iterator[RunEvent]:
        """What a JSON answer says: the outcome of a blocking call, or of one that was to be a stream."""
        data = value.get("data", value) if isinstance(value, dict) else None
        outcome = wire.Outcome.model_validate(data)
        status = run_status(outcome.status)
        yield from self._learn(outcome)
        if status is None and outcome.status is not None:
            yield self._end_unknown(outcome)
            return
        if status is None:
            produced = outcome.output.text is not None
            status = RunStatus.COMPLETED if produced else RunStatus.WAITING_FOR_EXTERNAL_EVENT
        yield from self._end_with(outcome, status, data)

    def end_of_stream(self, broken: str | None = None) -> Iterator[RunEvent]:
        """The stream is over without `final`: the run waits for us, or we lost it.

        Args:
            broken: Why the connection broke, where it did not end by itself.
        """
        if self.ended:
            return
        if broken is None and self._suspended is not None:
            yield from self._suspend(self._suspended, wire.Outcome())
            return
        self.ended = True
        reason = broken or "The stream ended before the agent had finished."
        yield events.RunFailed(
            code="stream_interrupted",
            message=f"{reason} The run may have gone on and may have been charged; it was not sent again.",
            run_id=self.run_id,
            remedy="Look for its answer in the conversation before you send the message again.",
        )

    def _happen(self, kind: str, wire_event: WireModel, data: JsonValue) -> Iterator[RunEvent]:
        yield from self._learn(wire_event)
        if isinstance(wire_event, wire.Outcome):
            status = run_status(wire_event.status)
            if status is None and wire_event.status is not None:
                yield self._end_unknown(wire_event)
            else:
                yield from self._end_with(wire_event, status or RunStatus.COMPLETED, data)
            return
        if kind == "error":
            self.ended = True
            yield run_failed(data, self.run_id)
            return
        for event in run_events(kind, wire_event, self.run_id):
            match event:
                case events.TextDelta():
                    text = self._text.feed(event.text)
                    self._said_text = self._said_text or bool(text)
                    if text:
                        yield events.TextDelta(text)
                case events.ReasoningDelta():
                    if reasoning := self._reasoning.feed(event.text):
                        yield events.ReasoningDelta(reasoning)
                case events.ClientToolCall() | events.ApprovalRequested():
                    yield from self._ask(event)
                case events.UsageReported():
                    self._usage = event.usage if self._usage is None else self._usage + event.usage
                    yield event
                case _:
                    yield event

    def _learn(self, wire_event: WireModel) -> Iterator[RunEvent]:
        """Take the ids out of an event; says that the run started once its id is known."""
        if isinstance(wire_event, (wire.StreamEvent, wire.Approval)):
            # Deltas are not clean yet when they come here.
            self.run_id = self.run_id or clean_text(wire_event.execution_id or "") or None
        if isinstance(wire_event, (wire.Start, wire.Outcome)):
            self._conversation_id = wire_event.conversation_id or self._conversation_id
        if self.run_id and not self._started:
            self._started = True
            yield events.RunStarted(self.run_id, self._conversation_id)
            for question in self._waiting_for_id:
                yield replace(question, run_id=self.run_id)
            self._waiting_for_id.clear()

    def _ask(self, question: _Question) -> Iterator[RunEvent]:
        """Something the run waits for. Each call once; nothing before the id under which it is answered."""
        if isinstance(question, events.ClientToolCall):
            if question.call_id in self._asked_calls:
                return
            self._asked_calls.add(question.call_id)
            self._suspended = RunStatus.AWAITING_CLIENT_TOOL
        else:
            self._suspended = RunStatus.AWAITING_APPROVAL
        if self.run_id:
            yield question
        else:
            self._waiting_for_id.append(question)

    def _end_with(self, outcome: wire.Outcome, status: RunStatus, data: JsonValue) -> Iterator[RunEvent]:
        if status is RunStatus.FAILED:
            self.ended = True
            yield run_failed(data, self.run_id)
        elif status in {RunStatus.COMPLETED, RunStatus.CANCELLED}:
            self.ended = True
            yield events.RunFinished(
                run_id=self.run_id,
                status=status,
                text=outcome.output.text,
                parsed_output=outcome.output.parsed_output,
                usage=outcome.usage.usage() or self._usage,
                cost_microdollars=outcome.cost_microdollars,
                latency_ms=outcome.latency_ms,
                conversation_id=self._conversation_id,
            )
        else:
            yield from self._suspend(status, outcome)

    def _end_unknown(self, outcome: wire.Outcome) -> RunEvent:
        """A status that is none of the documented ones is no success."""
        self.ended = True
        return events.RunFailed(
            code=outcome.status or "unknown_status",
            message=f"The run ended with the status “{outcome.status}”, which this version does not know.",
            run_id=self.run_id,
            remedy="Look at what it said, and in the conversation, before you send the message again.",
        )

    def _suspend(self, status: RunStatus, outcome: wire.Outcome) -> Iterator[RunEvent]:
        self.ended = True
        if outcome.output.text and not self._said_text:
            yield events.TextDelta(outcome.output.text)
        if status is RunStatus.AWAITING_CLIENT_TOOL:
            for call in outcome.pending_calls:
                yield from self._ask(client_tool_call(call, self.run_id or UNKNOWN_RUN))
        elif status is RunStatus.AWAITING_APPROVAL and self._suspended is not RunStatus.AWAITING_APPROVAL:
            yield from self._ask(approval_requested(outcome.approval or wire.Approval(), self.run_id or UNKNOWN_RUN))
        if self._waiting_for_id:
            yield events.RunFailed(
                code="unreadable_answer",
                message="The run waits for an answer, but the platform did not say which run it is.",
                remedy="Send the message again; if it happens again, tell the people who run the platform.",
            )
            return
        yield events.RunSuspended(
            run_id=self.run_id,
            status=status,
            usage=outcome.usage.usage() or self._usage,
            cost_microdollars=outcome.cost_microdollars,
            latency_ms=outcome.latency_ms,
        )
