"""What one more token of a streaming answer costs, in ratios that do not depend on the machine."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator

from athena_tui.tui.markdown import MarkdownDocument
from tests.markdown.samples import PALETTE

_WIDTH = 116
_CHARS_PER_TOKEN = 4
_WORDS = [
    "the",
    "run",
    "streams",
    "an",
    "answer",
    "while",
    "every",
    "settled",
    "block",
    "is",
    "kept",
    "as",
    "it",
    "was",
    "drawn",
    "and",
    "only",
    "what",
    "may",
    "still",
    "change",
    "waits",
    "for",
    "more",
    "text",
    "from",
    "the",
    "agent",
    "because",
    "a",
    "long",
    "conversation",
    "costs",
    "no",
    "more",
    "than",
    "its",
    "visible",
    "part",
]


def prose(words: random.Random) -> Iterator[str]:
    """Paragraphs with inline marks."""
    while True:
        sentence = [words.choice(_WORDS) for _ in range(60)]
        sentence[10] = f"**{sentence[10]} {sentence[11]}**"
        sentence[20] = f"`{sentence[20]}`"
        sentence[30] = f"[{sentence[30]}](https://example.org/{sentence[31]})"
        sentence[40] = f"*{sentence[40]}*"
        yield " ".join(sentence) + ".\n\n"


def one_paragraph(words: random.Random) -> Iterator[str]:
    """A paragraph that never ends."""
    for block in prose(words):
        yield block.strip() + " "


def bullets(words: random.Random) -> Iterator[str]:
    """One long list."""
    while True:
        yield "- " + " ".join(words.choice(_WORDS) for _ in range(12)) + "\n"


def nested_list(words: random.Random) -> Iterator[str]:
    """A list in a list in a list."""
    for at, item in enumerate(bullets(words)):
        yield "  " * (at % 4) + item


def quote(words: random.Random) -> Iterator[str]:
    """One long quote."""
    while True:
        yield "> " + " ".join(words.choice(_WORDS) for _ in range(14)) + "\n"


def fence(words: random.Random) -> Iterator[str]:
    """One long code block."""
    yield "```python\n"
    while True:
        name = words.choice(_WORDS)
        yield f"def {name}(run: Run, count: int = {words.randrange(99)}) -> str:\n"
        yield f'    """Say {name}."""\n    return f"{{run.id}} {name}" + str(count)  # {words.choice(_WORDS)}\n\n'


def table(words: random.Random) -> Iterator[str]:
    """One long table."""
    yield "| name | count | what it is |\n|---|--:|---|\n"
    while True:
        what = " ".join(words.choice(_WORDS) for _ in range(words.randrange(3, 9)))
        yield f"| {words.choice(_WORDS)} | {words.randrange(10_000)} | {what} |\n"


def mixed(words: random.Random) -> Iterator[str]:
    """Every kind of block in turn."""
    kinds = [prose, bullets, nested_list, quote, fence, table]
    while True:
        for kind in kinds:
            yield "\n## Heading\n\n"
            blocks = kind(words)
            for _ in range(6):
                yield next(blocks)
            if kind is fence:
                yield "```\n"


KINDS: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "prose": prose,
    "list": bullets,
    "nested list": nested_list,
    "quote": quote,
    "table": table,
    "fence": fence,
    "one paragraph": one_paragraph,
}


def text_of(kind: Callable[[random.Random], Iterator[str]], tokens: int) -> str:
    """A document of one kind and about `tokens` tokens."""
    size = tokens * _CHARS_PER_TOKEN
    parts: list[str] = []
    length = 0
    blocks = kind(random.Random(1))
    while length < size:
        part = next(blocks)
        parts.append(part)
        length += len(part)
    return "".join(parts)[:size]


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


def ratio(
    kind: Callable[[random.Random], Iterator[str]], tokens: tuple[int, int], tokens_per_append: int, rounds: int = 3
) -> tuple[float, float]:
    """Cost per token of the longer over the shorter document, and the longer's microseconds per token."""
    short, long = (text_of(kind, count) for count in tokens)
    microseconds_per_token(short, tokens_per_append)
    pairs = [
        (microseconds_per_token(short, tokens_per_append), microseconds_per_token(long, tokens_per_append))
        for _ in range(rounds)
    ]
    cost = min(after for _, after in pairs)
    return cost / min(before for before, _ in pairs), cost


def measure() -> list[tuple[str, float, str]]:
    """Rows of label, ratio and note."""
    rows: list[tuple[str, float, str]] = []
    for step in (1, 100):
        value, cost = ratio(mixed, (5_000, 100_000), step, rounds=4)
        rows.append((f"Markdown, mixed, 100k over 5k tokens, {step} an append", value, f"{cost:.0f} µs a token"))
        for name, kind in KINDS.items():
            for tokens in ((1_000, 4_000), (5_000, 20_000)):
                value, cost = ratio(kind, tokens, step)
                label = f"Markdown, {name}, {tokens[1] // 1000}k over {tokens[0] // 1000}k tokens, {step} an append"
                rows.append((label, value, f"{cost:.0f} µs a token"))
    return rows


__all__ = ["KINDS", "measure", "microseconds_per_token", "mixed", "ratio", "text_of"]

if __name__ == "__main__":
    import sys

    for label, value, note in measure():
        sys.stdout.write(f"{value:6.2f}  {label}  ({note})\n")
        sys.stdout.flush()
