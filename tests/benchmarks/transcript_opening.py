"""What opening and scrolling a long conversation costs, over a short one."""

from __future__ import annotations

import asyncio
import gc
import random
import time
import tracemalloc
from statistics import median, quantiles

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from athena_tui.chat.parts import GrowingText, TextPart, Turn, UserPart
from athena_tui.chat.transcript import Transcript
from athena_tui.client.models import Role
from athena_tui.tui.transcript import TranscriptView

_SENTENCE = "the run streams an answer while every settled block is kept as it was drawn **and** only `what` may"
_WORDS = _SENTENCE.split()
_FRAME_MS = 16.0


def conversation(messages: int) -> Transcript:
    """A conversation of messages of 80 words, half of them Markdown of an agent."""
    words = random.Random(messages)
    transcript = Transcript()
    for number in range(messages):
        turn = Turn(number, Role.ASSISTANT if number % 2 else Role.USER)
        text = (
            " ".join(words.choices(_WORDS, k=70)) + "\n\n- one\n- two `code`\n\n" + " ".join(words.choices(_WORDS, k=8))
        )
        transcript.turns.append(turn)
        transcript.parts.append(
            TextPart(turn, GrowingText(text), settled=True) if number % 2 else UserPart(turn, text[:300])
        )
    return transcript


class _Watched(TranscriptView):
    """A view that tells when it has been drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = asyncio.Event()

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if not self.frames.pending:
            self.drawn.set()
        return strips


class _Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield _Watched()


async def _paint(view: _Watched, transcript: Transcript) -> float:
    """Seconds from `show` to the first paint."""
    gc.collect()
    view.drawn.clear()
    began = time.perf_counter()
    view.show(transcript)
    view.drawn.clear()
    await view.drawn.wait()
    return time.perf_counter() - began


async def _opening(view: _Watched) -> list[tuple[str, float, str]]:
    sizes = {count: conversation(count) for count in (10, 10_000, 100_000)}
    times: dict[int, list[float]] = {count: [] for count in sizes}
    for _ in range(9):
        for count, transcript in sizes.items():
            times[count].append(await _paint(view, transcript))
    ten = median(times[10])
    return [
        (
            f"first paint, {count:,} messages over 10",
            median(times[count]) / ten,
            f"{median(times[count]) * 1000:.1f} ms",
        )
        for count in (10_000, 100_000)
    ]


async def _scrolling(view: _Watched) -> list[tuple[str, float, str]]:
    transcript = conversation(10_000)
    await _paint(view, transcript)
    page = Region(0, 0, view.outer_size.width, view.size.height)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    view.show(transcript)
    await asyncio.sleep(0.1)
    for _ in range(60):
        view.move(-view.size.height)
        view.render_lines(page)
    gc.collect()
    grown = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    rows: list[tuple[str, float, str]] = [
        ("memory beyond the data, 10,000 messages, over 15 MB", grown / 15, f"{grown:.1f} MB")
    ]
    for label, step in (("wheel", -3), ("page", -view.size.height + 1)):
        view.follow()
        view.render_lines(page)
        spent: list[float] = []
        for _ in range(200):
            began = time.perf_counter()
            view.move(step)
            view.render_lines(page)
            spent.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.02)
        p95 = quantiles(spent, n=20)[-1]
        rows.append(
            (f"scroll frame p95 over 16 ms, {label}", p95 / _FRAME_MS, f"{p95:.1f} ms, p50 {median(spent):.1f} ms")
        )
    return rows


async def _measure() -> list[tuple[str, float, str]]:
    app = _Bench()
    async with app.run_test(size=(120, 40)):
        view = app.query_one(_Watched)
        return [*await _opening(view), *await _scrolling(view)]


def measure() -> list[tuple[str, float, str]]:
    """Label, ratio and note of each row."""
    return asyncio.run(_measure())
