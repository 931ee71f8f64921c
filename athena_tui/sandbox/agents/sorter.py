"""Sorter: turns a messy note into structured output."""

from __future__ import annotations

import re
from typing import Any

from athena_tui.sandbox.agents.steps import Agent, Output, Reasoning, Script, Text, Turn

_AMOUNT = re.compile(r"(?P<currency>[$€£])\s?(?P<value>\d[\d,]*(?:\.\d+)?)|(?P<plain>\d[\d,]*\.\d\d)\b")
_EXAMPLE = "Lunch with Mira 2026-11-20 €18.50, taxi €24.00, call bank@example.com tomorrow! todo: file the receipts"
_TASK = re.compile(r"\b(?:todo:?|remember to|call|file|send|book|pay|buy)\s+[^.,;!\n]+", re.IGNORECASE)
_SCHEMA = {
    "type": "object",
    "properties": {
        "summary": {"type": "string"},
        "amounts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "label": {"type": "string"},
                    "value": {"type": "number"},
                    "currency": {"type": "string"},
                },
            },
        },
        "total": {"type": "number"},
        "dates": {"type": "array", "items": {"type": "string"}},
        "contacts": {"type": "array", "items": {"type": "string"}},
        "tasks": {"type": "array", "items": {"type": "string"}},
        "urgent": {"type": "boolean"},
    },
}


def sorter(turn: Turn) -> Script:
    """Find amounts, dates, addresses and tasks."""
    note = turn.message
    yield Reasoning("Look for amounts, dates, addresses and verbs that want something done.")
    found = sort_note(note)
    if not any(found[name] for name in ("amounts", "dates", "contacts", "tasks")):
        yield Text(f"There is nothing to sort in that. Try:\n\n> {_EXAMPLE}\n\n")
    else:
        counts = ", ".join(f"{len(found[name])} {name}" for name in ("amounts", "dates", "contacts", "tasks"))
        yield Text(f"Sorted: {counts}.")
    yield Output(found)


def sort_note(note: str) -> dict[str, Any]:
    """What is in a note."""
    amounts: list[dict[str, Any]] = []
    total = 0.0
    start = 0
    for match in _AMOUNT.finditer(note):
        label = re.split(r"[,;.!\n]", note[start : match.start()])[-1]
        label = re.sub(r"\d{4}-\d\d-\d\d", "", label).strip(" :–-") or "unnamed"
        value = float((match["value"] or match["plain"]).replace(",", ""))
        amounts.append({"label": " ".join(label.split()), "value": value, "currency": match["currency"] or ""})
        total += value
        start = match.end()
    return {
        "summary": " ".join(note.split())[:80],
        "amounts": amounts,
        "total": round(total, 2),
        "dates": re.findall(r"\b\d{4}-\d\d-\d\d\b", note),
        "contacts": re.findall(r"\b[\w.+-]+@[\w-]+\.[\w.-]*\w", note),
        "tasks": [" ".join(task.split()) for task in _TASK.findall(note)],
        "urgent": bool(re.search(r"!|\burgent\b|\basap\b", note, re.IGNORECASE)),
    }


SORTER = Agent(
    key="sorter00000000000000",
    name="Sorter",
    description="Turns a messy note into structured data: amounts, dates, contacts, tasks.",
    category="Work",
    credits=0.5,
    script=sorter,
    output_schema=_SCHEMA,
)
