"""Researcher: thinks aloud, uses its own tools and writes at length on a few subjects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from athena_tui.sandbox.agents.steps import Agent, Reasoning, Script, ServerTool, Text, Turn


@dataclass(frozen=True, slots=True)
class _Topic:
    """A subject: the words that lead to it, its page, and what a search for it finds (title, address)."""

    words: str
    page: str
    thought: str
    sources: tuple[tuple[str, str], ...]


_TOPICS = (
    _Topic(
        r"colou?rs?|terminals?|ansi|palette",
        "colour.md",
        "Three generations: 16 colours, the 256 cube, 24 bits. The interesting part is how a program finds out which. "
        "A table of the sequences, a snippet that asks the environment, and the trap with NO_COLOR.",
        (
            (
                "ECMA-48: Control functions for coded character sets",
                "https://ecma-international.org/publications-and-standards/standards/ecma-48/",
            ),
            ("NO_COLOR: disabling ANSI color output by default", "https://no-color.org/"),
            ("XTerm control sequences", "https://invisible-island.net/xterm/ctlseqs/ctlseqs.html"),
        ),
    ),
    _Topic(
        r"coffee|espresso|brew\w*|caffeine",
        "coffee.md",
        "They want to brew, not to read chemistry. Ratio, grind, water, time - in the order in which they matter. A "
        "table for the methods, a checklist for the morning, and one small calculation.",
        (
            ("Brewing fundamentals", "https://example.com/brewing-fundamentals"),
            ("Water for coffee: hardness and alkalinity", "https://example.com/water-for-coffee"),
        ),
    ),
    _Topic(
        r"stream\w*|sse|events?|retry|retries|idempoten\w*|backoff",
        "streams.md",
        "Streaming over HTTP: what the wire looks like, what breaks, what to do about it. Retries need idempotency "
        "keys; say why. Show a parser short enough to be read.",
        (
            ("HTML standard: server-sent events", "https://html.spec.whatwg.org/multipage/server-sent-events.html"),
            ("RFC 9110: HTTP semantics", "https://www.rfc-editor.org/rfc/rfc9110"),
        ),
    ),
)
_GENERAL = _Topic(
    "",
    "general.md",
    "I have no dossier on this. Be honest about it, show how I would go about it, and offer what I do know.",
    (("How to research a question you know nothing about", "https://example.com/research"),),
)


def researcher(turn: Turn) -> Script:
    """Think, search, read, write."""
    message = turn.message.lower()
    topic = next((topic for topic in _TOPICS if re.search(rf"\b(?:{topic.words})\b", message)), _GENERAL)
    yield Reasoning(f"The question is: “{_short(turn.message)}”. {topic.thought}")
    yield Text("Let me see what is known.\n\n")
    hits = [
        {"title": title, "url": url, "score": round(0.97 - 0.08 * rank, 2)}
        for rank, (title, url) in enumerate(topic.sources)
    ]
    yield ServerTool(
        "web_search", {"query": _short(turn.message), "limit": 5}, {"hits": len(hits), "results": hits}, 0.9
    )
    page = _page(topic.page)
    yield ServerTool("fetch", {"url": topic.sources[0][1]}, _fetched(topic, page), 1.3)
    if len(topic.sources) > 2:
        yield ServerTool(
            "fetch", {"url": topic.sources[-1][1]}, {"status": 504, "error": "upstream timed out"}, 1.8, ok=False
        )
        yield Reasoning("The last source did not answer. The first two agree; that will do.")
    yield Text(page, rate=160)
    yield Text("\n" + _references(topic), rate=160)


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= 80 else words[:79] + "…"


def _fetched(topic: _Topic, page: str) -> dict[str, Any]:
    """A long result, as a real page would be: worth folding."""
    lines = [line for line in page.splitlines() if line.strip()]
    return {
        "status": 200,
        "url": topic.sources[0][1],
        "title": topic.sources[0][0],
        "content_type": "text/html; charset=utf-8",
        "outline": [line.lstrip("# ") for line in lines if line.startswith("#")],
        "passages": [{"number": number, "text": line} for number, line in enumerate(lines, start=1)],
    }


def _references(topic: _Topic) -> str:
    return (
        "### Sources\n\n"
        + "\n".join(f"{number}. [{title}]({url})" for number, (title, url) in enumerate(topic.sources, start=1))
        + "\n"
    )


@cache
def _page(name: str) -> str:
    return resources.files("athena_tui.sandbox.agents").joinpath("research", name).read_text("utf-8")


RESEARCHER = Agent(
    key="researcher0000000000",
    name="Researcher",
    description="Thinks aloud, searches, and writes long answers with sources.",
    category="Work",
    credits=3.0,
    script=researcher,
    server_tools=("web_search", "fetch"),
)
