"""Endless Markdown of one kind each."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

_TEXT = (
    "the run streams an answer while every settled block is kept as it was drawn and only what may still change waits "
    "for more text from the agent because a long conversation costs no more than its visible part costs"
)
_WORDS = _TEXT.split()
_COLUMNS = 100


def _some(words: random.Random, count: int) -> str:
    return " ".join([words.choice(_WORDS) for _ in range(count)])


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


def endless_emphasis(words: random.Random) -> Iterator[str]:
    """A paragraph of which everything is strong."""
    yield "**"
    while True:
        yield _some(words, 8) + " "


def one_word(words: random.Random) -> Iterator[str]:
    """A word that never ends."""
    while True:
        yield "".join(words.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=64))


def ideographs(words: random.Random) -> Iterator[str]:
    """A paragraph without spaces in it."""
    while True:
        yield "".join(words.choices("世界你好回答運行每個設定塊都保留原樣", k=40)) + "，"


def bullets(words: random.Random) -> Iterator[str]:
    """One long list."""
    while True:
        yield f"- {_some(words, 12)}\n"


def nested_list(words: random.Random) -> Iterator[str]:
    """A list in a list in a list."""
    for at, item in enumerate(bullets(words)):
        yield "  " * (at % 4) + item


def quote(words: random.Random) -> Iterator[str]:
    """One long quote."""
    while True:
        yield f"> {_some(words, 14)}\n"


def deep_quote(words: random.Random) -> Iterator[str]:
    """A quote in a quote, twenty times, a paragraph a line."""
    while True:
        yield "> " * 20 + f"{_some(words, 14)}\n" + "> " * 20 + "\n"


def quoted_list(words: random.Random) -> Iterator[str]:
    """Nested lists in a quote."""
    for item in nested_list(words):
        yield f"> {item}"


def fence(words: random.Random) -> Iterator[str]:
    """One long code block."""
    yield "```python\n"
    while True:
        name = words.choice(_WORDS)
        yield f"def {name}(run: Run, count: int = {words.randrange(99)}) -> str:\n"
        yield f'    """Say {name}."""\n    return f"{{run.id}} {name}" + str(count)  # {words.choice(_WORDS)}\n\n'


def one_code_line(words: random.Random) -> Iterator[str]:
    """A code block of one line that never ends."""
    yield "```json\n["
    while True:
        yield f'{{"{words.choice(_WORDS)}": {words.randrange(99)}}}, '


def table(words: random.Random) -> Iterator[str]:
    """One long table."""
    yield "| name | count | what it is |\n|---|--:|---|\n"
    while True:
        yield f"| {words.choice(_WORDS)} | {words.randrange(10_000)} | {_some(words, words.randrange(3, 9))} |\n"


def wide_table(words: random.Random) -> Iterator[str]:
    """A table of a hundred columns."""
    yield "|name" * _COLUMNS + "|\n" + "|-" * _COLUMNS + "|\n"
    while True:
        yield "".join([f"|{words.choice(_WORDS)}" for _ in range(_COLUMNS)]) + "|\n"


def footnotes(words: random.Random) -> Iterator[str]:
    """Paragraphs with notes below them."""
    at = 0
    while True:
        at += 1
        yield f"{_some(words, 20)}[^{at}] {_some(words, 10)}.\n\n[^{at}]: {_some(words, 12)}\n\n"


def late_links(words: random.Random) -> Iterator[str]:
    """Links whose definitions come later."""
    at = 0
    while True:
        at += 1
        yield f"{_some(words, 20)} [link][{at}] {_some(words, 10)}.\n\n[{at}]: https://example.org/{at}\n\n"


def html(words: random.Random) -> Iterator[str]:
    """Blocks of HTML."""
    while True:
        yield f'<div class="note">\n  <p>{_some(words, 8)}</p>\n  <b>{_some(words, 4)}</b><br>\n</div>\n\n'


def mixed(words: random.Random) -> Iterator[str]:
    """Every kind of block in turn; a part holds each of them once, so that documents of any length are alike."""
    kinds = [prose, bullets, nested_list, quote, fence, table, footnotes, html]
    while True:
        parts: list[str] = []
        for kind in kinds:
            blocks = kind(words)
            parts += ["\n## Heading\n\n", *[next(blocks) for _ in range(6)], "```\n" if kind is fence else ""]
        yield "".join(parts)


KINDS: dict[str, Callable[[random.Random], Iterator[str]]] = {
    "prose": prose,
    "list": bullets,
    "nested list": nested_list,
    "quote": quote,
    "quote 20 deep": deep_quote,
    "nested list in a quote": quoted_list,
    "table": table,
    "table of 100 columns": wide_table,
    "fence": fence,
    "fence of one line": one_code_line,
    "footnotes": footnotes,
    "late links": late_links,
    "HTML": html,
    "one paragraph": one_paragraph,
    "one paragraph of ideographs": ideographs,
    "endless emphasis": endless_emphasis,
    "one word": one_word,
}

__all__ = ["KINDS", "fence", "mixed"]
