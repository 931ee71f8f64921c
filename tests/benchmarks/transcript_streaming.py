"""What streaming into the message pane costs, over a plain log and over Textual's own Markdown."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Log, Markdown

from athena_tui.chat.engine_events import TurnSent
from athena_tui.chat.transcript import Transcript
from athena_tui.client.events import TextDelta
from athena_tui.tui.transcript import TranscriptView

_CHARS_PER_TOKEN = 4
_FLUSH_TOKENS = 16
_LENGTH = 20_000
_MEASURED = 1_000
_SENTENCE = "the run streams an answer while every settled block is kept as it was drawn and **only** `what` may"
_WORDS = _SENTENCE.split()

Feed = Callable[[str], Awaitable[None]]


def text(tokens: int) -> str:
    """Prose in paragraphs, with lists in between."""
    words = random.Random(1)
    pieces: list[str] = []
    size = 0
    while size < tokens * _CHARS_PER_TOKEN:
        paragraph = " ".join(words.choices(_WORDS, k=60)) + "\n\n- one\n- two `code`\n\n"
        pieces.append(paragraph)
        size += len(paragraph)
    return "".join(pieces)[: tokens * _CHARS_PER_TOKEN]


class _Bench(App[None]):
    """One widget that fills the screen."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


async def _cost(widget: Widget, prepare: Callable[[str], Awaitable[Feed]], *, measured: int = _MEASURED) -> float:
    """CPU seconds for 1,000 tokens more at 20,000 on screen."""
    whole = text(_LENGTH + measured)
    cut = _LENGTH * _CHARS_PER_TOKEN
    async with _Bench(widget).run_test(size=(120, 40)) as pilot:
        feed = await prepare(whole[:cut])
        await pilot.pause(0.5)
        began = time.process_time()
        step = _FLUSH_TOKENS * _CHARS_PER_TOKEN
        for start in range(cut, len(whole), step):
            await feed(whole[start : start + step])
            await asyncio.sleep(0.035)
        await pilot.pause()
        return (time.process_time() - began) * _MEASURED / measured


async def _ours() -> float:
    view = TranscriptView()
    transcript = Transcript()

    async def feed(more: str) -> None:
        view.transcript_changed(transcript.apply(TextDelta(more), 0.0))

    async def prepare(first: str) -> Feed:
        view.show(transcript)
        view.transcript_changed(transcript.apply(TurnSent("Tell me."), 0.0))
        await feed(first)
        return feed

    return await _cost(view, prepare)


async def _log() -> float:
    log = Log()

    async def feed(more: str) -> None:
        log.write(more)

    async def prepare(first: str) -> Feed:
        log.write(first)
        return feed

    return await _cost(log, prepare)


async def _stock() -> float:
    markdown = Markdown()
    scroll = VerticalScroll(markdown)

    async def prepare(first: str) -> Feed:
        await markdown.update(first)
        scroll.anchor()
        stream = Markdown.get_stream(markdown)

        async def feed(more: str) -> None:
            await stream.write(more)

        return feed

    return await _cost(scroll, prepare, measured=_MEASURED // 4)


async def _measure() -> list[tuple[str, float, str]]:
    ours, log, stock = await _ours(), await _log(), await _stock()
    note = f"{ours * 1000:.0f} ms for 1,000 tokens at 20,000"
    return [
        ("streaming over Textual's Log", ours / log, f"{note}; Log {log * 1000:.0f} ms"),
        ("streaming over MarkdownStream", ours / stock, f"{note}; stock {stock * 1000:.0f} ms"),
    ]


def measure() -> list[tuple[str, float, str]]:
    """Label, ratio and note of each row."""
    return asyncio.run(_measure())
