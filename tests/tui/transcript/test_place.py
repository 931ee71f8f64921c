"""Whatever happens, and in whatever order: the line at the top stays, or the end does for those who follow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot
from textual.scrollbar import ScrollTo

from athena_tui.chat.engine_events import TurnSent
from athena_tui.chat.parts import Part
from athena_tui.client.events import (
    ReasoningDelta,
    RunFinished,
    RunStarted,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
)
from athena_tui.client.models import ToolOutcome
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled

Step: TypeAlias = tuple[str, int]
WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon"
MOVES = ("wheel", "page", "bar", "end", "home", "cursor")
HAPPENINGS = (
    "stream", "think", "ask", "finish", "call", "result", "prepend", "fold", "width", "height", "theme", "link",
)  # fmt: skip
STEPS = st.lists(st.tuples(st.sampled_from(MOVES + 2 * HAPPENINGS), st.integers(0, 40)), min_size=5, max_size=40)


@dataclass(frozen=True)
class Top:
    """What is at the top of the view: the part, and from which offset to which of its text. None below the last."""

    following: bool
    part: Part | None
    first: int
    last: int


class Scenario:
    """A reader, and everything that can happen around them."""

    def __init__(self, pilot: Pilot[None], app: PaneApp) -> None:
        self.pilot = pilot
        self.app = app
        self.calls = 0
        self.open_calls: list[str] = []
        self.running = False

    def top(self) -> Top:
        """Where the reader is."""
        view = self.app.view
        index, line = view.geometry.top.index, view.geometry.top.line
        if index >= len(view.transcript.parts):
            return Top(view.at_end, None, 0, 0)
        kept = view.kept.get(view.transcript.parts[index])
        lines = kept.drawing.lines
        if line >= len(lines):
            return Top(view.at_end, kept.part, 1 << 40, 1 << 40)
        start = kept.offsets.start(line)
        return Top(view.at_end, kept.part, start, start + len(lines[line].text) + len(lines[line].join))

    async def move(self, name: str, size: int) -> None:
        """The reader goes elsewhere."""
        app, view, pilot = self.app, self.app.view, self.pilot
        match name:
            case "wheel":
                kind = MouseScrollUp if size % 2 else MouseScrollDown
                await pilot._post_mouse_events([kind] * (size // 4 + 1), widget=view, offset=(5, 2))
            case "page":
                await pilot.press("pageup" if size % 3 else "pagedown")
            case "bar":
                view.post_message(ScrollTo(y=view.virtual_size.height * size // 40, animate=False))
            case "end" | "home":
                await pilot.press(name)
            case "cursor":
                await pilot.press("k" if size % 2 else "j")
        await settled(pilot, app)

    async def happen(self, name: str, size: int) -> None:
        """Something happens by itself, or the window changes."""
        self._change_conversation(name, size)
        await self._change_window(name, size)
        await settled(self.pilot, self.app)

    def _change_conversation(self, name: str, size: int) -> None:
        app, view = self.app, self.app.view
        match name:
            case "stream":
                self._begin()
                app.apply(TextDelta(f"{WORDS} {size} [later][{size}] " * (size % 4 + 1) + "\n\n" * (size % 2)))
            case "think":
                self._begin()
                app.apply(ReasoningDelta(f"{WORDS}\n" * (size % 5 + 1)))
            case "ask":
                self._end()
                app.apply(TurnSent(f"{WORDS} {size}"))
            case "finish":
                self._end()
            case "call":
                self._begin()
                self.calls += 1
                self.open_calls.append(f"c{self.calls}")
                app.apply(ServerToolCall(f"c{self.calls}", "look", {"words": WORDS[:size]}))
            case "result" if self.open_calls:
                call = self.open_calls.pop(0)
                app.apply(ServerToolResult(call, "look", ToolOutcome.SUCCESS, f"{WORDS}\n" * size))
            case "prepend":
                older = conversation(size % 7 + 1)
                view.transcript_changed(app.transcript.prepend(older.turns, older.parts))
            case "link" if self.running:
                # What a reference stands for becomes known, so what was drawn above is drawn anew.
                app.apply(TextDelta(f"\n\n[{size}]: http://example.org\n\n"))

    async def _change_window(self, name: str, size: int) -> None:
        app, view = self.app, self.app.view
        match name:
            case "fold" if app.transcript.parts:
                view.fold(size * 7 % len(app.transcript.parts))
            case "width":
                await self.pilot.resize_terminal(30 + 3 * size, app.size.height)
            case "height":
                await self.pilot.resize_terminal(app.size.width, 6 + size)
            case "theme":
                app.theme = ("textual-dark", "textual-light", "nord")[size % 3]

    def _begin(self) -> None:
        if not self.running:
            self.app.apply(TurnSent("next"), RunStarted("r"))
            self.running = True

    def _end(self) -> None:
        if self.running:
            self.app.apply(RunFinished("r"))
            self.running = False
            self.open_calls.clear()


def check_place(scenario: Scenario, before: Top, step: Step) -> None:
    """The reader is where they were."""
    view = scenario.app.view
    after, parts = scenario.top(), view.transcript.parts
    at_end = view.geometry.at_end()
    if before.following and step[0] == "fold" and not at_end:
        # Who unfolds a block reads on from where they are; the chip counts what they have not seen.
        assert (after.following, after.part, after.first) == (False, before.part, before.first), step
        return
    if before.following:
        assert after.following, step
        assert at_end, step
        return
    assert after.following == at_end, step
    if after.following:
        # What is below shrank: then the last page is shown, and nothing above the line was skipped.
        if before.part is not None and after.part is not None:
            assert parts.index(after.part) <= parts.index(before.part), step
        return
    assert after.part is before.part, (step, before, after)
    in_gap = before.first == after.first
    shown = after.first <= before.last and before.first <= after.last
    folded = step[0] in {"fold", "think", "stream", "result", "finish", "ask", "call"} and after.first < 0
    assert in_gap or shown or folded, (step, before, after)


def check_chip(scenario: Scenario) -> None:
    """What the chip counts is below."""
    app, view = scenario.app, scenario.app.view
    chips = [line for line in screen_lines(app) if " new line" in line]
    below = view.geometry.rows_below()
    if view.at_end:
        assert not chips
        assert view.following.new_rows == 0
    elif view.following.new_rows and below > 0 and app.size.width > 40:
        assert f"{min(below, view.following.new_rows):,} new line" in chips[-1]


def play(steps: list[Step], check: Callable[[Scenario], None] = check_chip) -> None:
    """Let it all happen."""

    async def run() -> None:
        app = PaneApp(conversation(12))
        async with app.run_test(size=(80, 20)) as pilot:
            await settled(pilot, app)
            scenario = Scenario(pilot, app)
            for step in steps:
                name, size = step
                if name in MOVES:
                    await scenario.move(name, size)
                    check(scenario)
                    continue
                before = scenario.top()
                await scenario.happen(name, size)
                check_place(scenario, before, step)
                check(scenario)

    asyncio.run(run())


@settings(max_examples=12)
@given(STEPS)
def test_a_reader_is_never_thrown_off_the_line(steps: list[Step]) -> None:
    play(steps)


def test_who_unfolds_the_last_block_reads_on_in_it() -> None:
    play([("wheel", 0), ("wheel", 0), ("think", 1), ("width", 0), ("fold", 27)])


def test_who_follows_does_so_in_a_higher_window() -> None:
    play([("height", 19), ("height", 5), ("height", 30), ("stream", 30)])


def test_many_sizes_later_the_line_is_the_same() -> None:
    async def run() -> None:
        app = PaneApp()
        async with app.run_test(size=(100, 20)) as pilot:
            app.apply(TurnSent(" ".join(f"word{number}" for number in range(2000))))
            await settled(pilot, app)
            app.view.fold(0)
            app.view.move(-30)
            before = screen_lines(app)
            for width in (43, 77, 51, 120, 66, 39, 100):
                await pilot.resize_terminal(width, 20)
                await settled(pilot, app)
            assert screen_lines(app) == before

    asyncio.run(run())
