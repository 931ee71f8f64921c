"""Metronome: streams a number of tokens at a steady rate, for measuring."""

from __future__ import annotations

import re

from athena_tui.sandbox.agents.steps import Agent, Script, Tokens, Turn

MAXIMUM_TOKENS = 20_000
MAXIMUM_RATE = 20_000.0
_WORDS = ("tick", "tock")


def metronome(turn: Turn) -> Script:
    """Exactly as many text events as asked for."""
    count, rate = parse_tempo(turn.message)
    chunks = tuple(_chunk(number, count) for number in range(count))
    yield Tokens(chunks, rate)


def parse_tempo(message: str) -> tuple[int, float]:
    """Tokens and tokens a second: "500 tokens at 100/s", "200 at 50", "1000"; 200 at 50 by default."""
    numbers = re.findall(r"\d+(?:\.\d+)?", message.replace(",", ""))
    count = int(float(numbers[0])) if numbers else 200
    rate = float(numbers[1]) if len(numbers) > 1 else 50.0
    return max(1, min(count, MAXIMUM_TOKENS)), max(1.0, min(rate, MAXIMUM_RATE))


def _chunk(number: int, count: int) -> str:
    """Numbers every tenth word and starts a paragraph every hundredth, so that lost tokens show."""
    position = number + 1
    if position == count:
        return f"**{position}**."
    word = f"{position} " if position % 10 == 0 else f"{_WORDS[number % 2]} "
    return word.rstrip() + "\n\n" if position % 100 == 0 else word


METRONOME = Agent(
    key="metronome00000000000",
    name="Metronome",
    description="Streams “500 tokens at 100/s”, or whatever tempo you name.",
    category="Workshop",
    credits=0.1,
    script=metronome,
)
