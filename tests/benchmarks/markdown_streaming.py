"""What one more token of a streaming answer costs, in ratios that do not depend on the machine."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator

from athena_tui.tui.markdown import MarkdownDocument
from tests.benchmarks.markdown_kinds import KINDS, fence, mixed
from tests.markdown.samples import PALETTE

_WIDTH = 116
_CHARS_PER_TOKEN = 4

Blocks = Callable[[random.Random], Iterator[str]]


def text_of(kind: Blocks, tokens: int, seed: int = 1) -> str:
    """A document of one kind and at least so many tokens."""
    size = tokens * _CHARS_PER_TOKEN
    parts: list[str] = []
    length = 0
    blocks = kind(random.Random(seed))
    while length < size:
        part = next(blocks)
        parts.append(part)
        length += len(part)
    return "".join(parts)


def microseconds_per_token(text: str, tokens_per_append: int) -> float:
    """CPU time of streaming `text`, per token."""
    step = tokens_per_append * _CHARS_PER_TOKEN
    chunks = [text[at : at + step] for at in range(0, len(text), step)]
    document = MarkdownDocument(_WIDTH, PALETTE)
    gc.collect()
    gc.freeze()
    start = time.process_time()
    for chunk in chunks:
        document.append(chunk)
    document.settle()
    return (time.process_time() - start) * 1e6 / (len(text) / _CHARS_PER_TOKEN)


def ratio(kind: Blocks, tokens: tuple[int, int], tokens_per_append: int, rounds: int = 3) -> tuple[float, float]:
    """Cost per token of one long document over as much text in short ones, and the long one's microseconds per token.

    The short ones differ from one another, so that no cache knows them better than the long one.
    """
    short, long = tokens
    texts = [text_of(kind, short, seed) for seed in range(2, 2 + long // short)]
    whole = text_of(kind, long)
    costs: list[float] = []
    references: list[float] = []
    for _ in range(rounds):
        references.append(sum(microseconds_per_token(text, tokens_per_append) for text in texts) / len(texts))
        costs.append(microseconds_per_token(whole, tokens_per_append))
    return min(costs) / min(references), min(costs)


def measure() -> list[tuple[str, float, str]]:
    """Rows of label, ratio and note."""
    rows: list[tuple[str, float, str]] = []
    for step in (1, 100):
        kinds: list[tuple[str, Blocks, tuple[int, int]]] = [
            ("mixed", mixed, (5_000, 100_000)),
            ("fence", fence, (5_000, 100_000)),
            *[(name, kind, (1_000, 4_000)) for name, kind in KINDS.items()],
            *[(name, kind, (5_000, 20_000)) for name, kind in KINDS.items()],
        ]
        for name, kind, (short, long) in kinds:
            value, cost = ratio(kind, (short, long), step)
            label = f"Markdown, {name}, {long // 1000}k over {short // 1000}k tokens, {step} an append"
            rows.append((label, value, f"{cost:.0f} µs a token"))
    return rows


__all__ = ["measure", "microseconds_per_token", "ratio", "text_of"]

if __name__ == "__main__":
    import sys

    for label, value, note in measure():
        sys.stdout.write(f"{value:6.2f}  {label}  ({note})\n")
        sys.stdout.flush()
