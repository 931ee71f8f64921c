"""The staff: everything there is to show is shown by somebody."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import athena_tui.tui
from athena_tui.sandbox.agents import concierge
from athena_tui.sandbox.agents.catalogue import AGENTS
from athena_tui.sandbox.agents.metronome import parse_tempo
from athena_tui.sandbox.agents.sorter import sort_note
from athena_tui.sandbox.agents.steps import Agent, ClientCalls, Gate, GateReply, Reply, ToolReply, Turn
from athena_tui.sandbox.chance import seeded
from tests.sandbox.athena.connection import (
    BRITTLE,
    CLOCK,
    CONCIERGE,
    ECHO,
    GATEKEEPER,
    ILLUSTRATOR,
    LEDGER,
    QUERY,
    RESEARCHER,
    Athena,
    events,
    kinds,
    text,
)

EVERY_EVENT = {
    "start",
    "text",
    "reasoning",
    "tool_call",
    "tool_result",
    "tool_call_awaiting_client",
    "node_start",
    "node_complete",
    "media_gen_submitted",
    "media_gen_complete",
    "heartbeat",
    "llm_final",
    "final",
    "error",
    "human_gate",
    "batch_started",
    "batch_progress",
    "batch_completed",
}


async def test_every_event_appears(athena: Athena) -> None:
    seen: set[str] = set()
    for agent in (CONCIERGE, LEDGER, RESEARCHER, GATEKEEPER, ILLUSTRATOR, BRITTLE):
        seen |= set(kinds(await athena.stream(agent, "how are colours drawn?", client_tools=[QUERY])))
    items = {"items": [{"key": "a", "message": "hi"}]}
    seen |= set(kinds(events(await athena.post(f"/agents/{ECHO}/execute/batch", items))))
    assert seen == EVERY_EVENT


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("help", "`F1`"),
        ("Which keys are worth knowing first?", "`ctrl+n`"),
        ("How do tools on my machine work?", "`athena-tui tools list`"),
        ("what about credits", "active credits"),
        ("which agents are there", "Ledger analyst"),
        ("how do I attach files?", "50 MiB"),
        ("what are approvals", "human gate"),
        ("what time is it", "UTC"),
        ("thanks", "My pleasure"),
        ("hello", "Welcome!"),
        ("Give me a tour of what you can do.", "Welcome!"),
        ("What is the meaning of life?", "Welcome!"),
    ],
)
async def test_the_concierge_answers(athena: Athena, message: str, expected: str) -> None:
    assert expected in (await athena.execute(CONCIERGE, message))["output"]["text"]


def test_the_concierge_names_no_key_that_is_not_bound() -> None:
    named = set(re.findall(r"`((?:ctrl\+\w|F\d+|esc))`", Path(concierge.__file__).read_text("utf-8")))
    bound = "".join(path.read_text("utf-8") for path in Path(athena_tui.tui.__file__).parent.rglob("*.py"))
    assert len(named) > 8
    assert {key for key in named if f'{key.lower().replace("esc", "escape")}"' not in bound.replace(",", '"')} == set()


async def test_the_analyst_does_percentages_in_the_head(athena: Athena) -> None:
    done = await athena.execute(LEDGER, "What does the calculator make of 19 % on 84.20?")
    assert "**16.00**, together **100.20**" in done["output"]["text"]


async def test_the_concierge_reads_the_clients_clock(athena: Athena) -> None:
    waiting = await athena.execute(CONCIERGE, "what time is it?", client_tools=[CLOCK])
    (call,) = waiting["pending_tool_calls"]
    path = f"/executions/{waiting['execution_id']}/tool-result"
    done = await athena.post(
        path, {"tool_call_id": call["tool_call_id"], "result": {"time": "2026-05-01T16:00:00+01:00"}}
    )
    assert "**Friday, 01 May, 16:00**" in done.json()["data"]["output"]["text"]


@pytest.mark.parametrize("question", ["colour in terminals", "coffee", "streams and retries", "the price of tea"])
async def test_the_researcher_writes_all_that_markdown_has(athena: Athena, question: str) -> None:
    received = await athena.stream(RESEARCHER, question)
    said = text(received)
    for mark in ("# ", "## ", "| --- |", "```", "> ", "](https://", "\n1. "):
        assert mark in said, mark
    results = [event for event in received if event["type"] == "tool_result"]
    calls = [event for event in received if event["type"] == "tool_call"]
    assert [call["tool_call_id"] for call in calls] == [result["tool_call_id"] for result in results]
    assert results[0]["name"] == "web_search"


def _play(agent: Agent, turn: Turn, reply: Any) -> list[object]:
    steps: list[object] = []
    script = agent.script(turn)
    answer: Reply = None
    while True:
        try:
            step = script.send(answer)
        except StopIteration:
            return steps
        steps.append(step)
        answer = None
        if isinstance(step, ClientCalls):
            answer = tuple(ToolReply(ok=reply is not None, result=reply) for _ in step.calls)
        elif isinstance(step, Gate):
            answer = GateReply(approved=reply is not None)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
@pytest.mark.parametrize("reply", [None, {}, [], [{}, 5, {"amount": "x"}], {"transactions": [{"amount": -3}]}, "text"])
def test_scripts_depend_on_their_turn_alone_and_survive_any_answer(agent: Agent, reply: Any) -> None:
    def turn() -> Turn:
        return Turn(
            message="compare what time it is",
            now=datetime(2026, 3, 1, 12, tzinfo=UTC),
            random=seeded("test"),
            tools=frozenset({"query_transactions", "get_current_time"}),
        )

    steps = _play(agent, turn(), reply)
    assert steps
    assert _play(agent, turn(), reply) == steps


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("500 tokens at 100/s", (500, 100.0)),
        ("1,000 at 2000", (1000, 2000.0)),
        ("20", (20, 50.0)),
        ("go", (200, 50.0)),
        ("0 at 0", (1, 1.0)),
        ("999999 at 999999", (20_000, 20_000.0)),
    ],
)
def test_tempi(message: str, expected: tuple[int, float]) -> None:
    assert parse_tempo(message) == expected


def test_a_note_is_sorted() -> None:
    found = sort_note(
        "Lunch with Mira 2026-11-20 €18.50, taxi $1,024.00! mail bank@example.com. todo: file the receipts"
    )
    assert found["amounts"] == [
        {"label": "Lunch with Mira", "value": 18.5, "currency": "€"},
        {"label": "taxi", "value": 1024.0, "currency": "$"},
    ]
    assert found["total"] == 1042.5
    assert found["dates"] == ["2026-11-20"]
    assert found["contacts"] == ["bank@example.com"]
    assert found["tasks"] == ["todo: file the receipts"]
    assert found["urgent"] is True
