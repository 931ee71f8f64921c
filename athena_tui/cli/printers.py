"""What `ask` prints as a run goes on: data to stdout, narration to stderr."""

from __future__ import annotations

import json
import sys

from athena_tui.chat.engine_events import ChatEvent, Noted, ToolAnswered
from athena_tui.chat.run import RunEnd
from athena_tui.chat.session import Session
from athena_tui.chat.turns import Change
from athena_tui.cli.event_json import end_object, event_object
from athena_tui.client import events, observer
from athena_tui.client.models import JsonObject, JsonValue


class Narrator:
    """Tells on stderr what the connection goes through."""

    def connection_changed(self, state: observer.ConnectionState) -> None:
        """Say why nothing comes while that is so."""
        match state:
            case observer.Retrying():
                _tell(f"{state.reason} Retrying in {state.delay:.1f} s ({state.attempt}/{state.attempts})")
            case observer.RateLimited():
                _tell(f"rate-limited; waiting {state.delay:.0f} s ({state.attempt}/{state.attempts})")
            case observer.Reconnecting():
                _tell(f"reconnecting from event {state.after_event} ({state.attempt}/{state.attempts})")

    def balance_reported(self, credits_remaining: float) -> None:
        """Not told."""

    def wire_recorded(self, record: observer.WireRecord) -> None:
        """Not told."""


class JsonPrinter:
    """Prints every event as a JSON object, one a line."""

    def show(self, event: ChatEvent, _change: Change) -> None:
        """Print one event."""
        if isinstance(event, Noted | events.Notice):
            _tell(event.text)
        self._print(event_object(event))

    def finish(self, end: RunEnd, session: Session) -> None:
        """Print the last line."""
        self._print(end_object(end, session.transcript, session.conversation_id))

    def _print(self, found: JsonObject | None) -> None:
        if found is not None:
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
            sys.stdout.flush()


class TextPrinter:
    """Prints the answer's text as it arrives, or with `structured` the structured output at the end.

    With `attended`, what a person is asked is told by whoever asks.
    """

    def __init__(self, *, structured: bool, attended: bool = False) -> None:
        self._structured = structured
        self._attended = attended
        self._at_line_start = True
        self._said = False

    def show(self, event: ChatEvent, _change: Change) -> None:
        """Print text; tell the rest."""
        match event:
            case events.TextDelta() if not self._structured:
                self._write(event.text)
            case events.TextReset():
                self._end_line()
                _tell(f"the step is retried, what it said is taken back: {event.reason}")
            case events.ServerToolCall() | events.ClientToolCall():
                self._end_line()
                side = "client" if isinstance(event, events.ClientToolCall) else "server"
                _tell(f"{event.name} ({side}) {json.dumps(event.arguments, ensure_ascii=False)}")
            case events.ServerToolResult() | ToolAnswered():
                took = "" if event.duration_ms is None else f" in {event.duration_ms:.0f} ms"
                _tell(f"{event.name} {event.outcome.value}{took}")
            case events.ApprovalRequested() | events.InputRequested():
                self._end_line()
                if not self._attended:
                    _tell(f"a person is asked: {event.prompt or 'approve?'}")
            case events.MediaReady():
                _tell(f"{event.media_type or 'media'} ready: {event.url or 'no address given'}")
            case Noted() | events.Notice():
                _tell(event.text)

    def finish(self, end: RunEnd, session: Session) -> None:
        """Print what only the end knows."""
        turn = session.transcript.turn
        answer = session.transcript.answer(turn) if turn else ""
        if isinstance(end, events.RunFailed):
            self._end_line()
            _tell(f"{end.code}: {end.message}")
            if end.remedy:
                _tell(end.remedy)
            if end.trace_id:
                _tell(f"trace id {end.trace_id}")
        elif isinstance(end, events.RunSuspended):
            self._end_line()
            _tell(f"the run waits ({end.status.value}) and nobody is there to answer; see --approve and --reject")
        elif self._structured:
            self._write(json.dumps(_structured(end.parsed_output, answer), ensure_ascii=False, indent=2))
        elif not self._said:
            self._write(answer)
        self._end_line()

    def _write(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()
        if text:
            self._said = True
            self._at_line_start = text.endswith("\n")

    def _end_line(self) -> None:
        if not self._at_line_start:
            self._write("\n")


def _structured(parsed: JsonValue, answer: str) -> JsonValue:
    """The structured output, or where the platform parsed none, what the text itself says."""
    if parsed is not None:
        return parsed
    try:
        value: JsonValue = json.loads(answer)
    except ValueError:
        return answer
    return value


def _tell(text: str) -> None:
    sys.stderr.write(f"· {text}\n")
