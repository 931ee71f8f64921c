"""An app with nothing but the message pane, and conversations to show in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from athena_tui.chat.engine_events import ChatEvent, TurnSent
from athena_tui.chat.transcript import Transcript
from athena_tui.client.events import RunFinished, RunStarted, TextDelta
from athena_tui.tui.clipboard import Clipboard
from athena_tui.tui.transcript import TranscriptPane, TranscriptView

TIMEOUT = 10.0
Kind = TypeVar("Kind", bound=Message)


class PaneApp(App[None]):
    """Shows one conversation; `now` is its clock, `copied` what was sent to the clipboard."""

    def __init__(self, transcript: Transcript | None = None, *, reduced_motion: bool = True) -> None:
        super().__init__()
        self.transcript = transcript or Transcript()
        self.now = 100.0
        self.copied: list[str] = []
        self.view = TranscriptView(clock=lambda: self.now, reduced_motion=reduced_motion)
        self.view.clipboard = Clipboard({}, self.copied.append, which=lambda _name: None)

    def compose(self) -> ComposeResult:
        """The pane."""
        yield TranscriptPane(self.view)

    def on_mount(self) -> None:
        """Show what there is."""
        self.view.show(self.transcript)
        self.view.focus()

    def apply(self, *events: ChatEvent) -> None:
        """Let events happen."""
        for event in events:
            self.view.transcript_changed(self.transcript.apply(event, self.now))


def conversation(turns: int, *, lines: int = 4) -> Transcript:
    """Questions and answers; every line names its turn."""
    transcript = Transcript()
    for number in range(turns):
        body = "\n\n".join(f"answer {number} line {line}" for line in range(lines))
        for event in (TurnSent(f"question {number}"), RunStarted("r"), TextDelta(body), RunFinished("r")):
            transcript.apply(event, float(number))
    return transcript


def screen_lines(app: PaneApp) -> list[str]:
    """What the view shows, line by line, without the scrollbar."""
    view = app.view
    strips = view.render_lines(view.size.region)
    return [strip.text.rstrip() for strip in strips]


async def wait_until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Wait for a condition to hold."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        await pilot.pause(0.01)


async def settled(pilot: Pilot[None], app: PaneApp) -> None:
    """Wait until everything that changed has been drawn."""
    await pilot.pause()
    await wait_until(pilot, lambda: not app.view.frames.pending)
    await pilot.pause()


def of_kind(log: Sequence[Message], kind: type[Kind]) -> list[Kind]:
    """The messages of one kind, once each."""
    return list({id(message): message for message in log if isinstance(message, kind)}.values())
