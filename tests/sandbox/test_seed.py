"""The same seed gives the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from athena_tui.sandbox.chance import Clock, Ids
from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from tests.sandbox.athena.connection import (
    BRITTLE,
    ECHO,
    GATEKEEPER,
    ILLUSTRATOR,
    LEDGER,
    QUERY,
    RESEARCHER,
    Athena,
    running,
)

# The address of a picture names the server's: a client that always calls it by the same name gets the same bytes.
HOST = {"Host": "sandbox.local"}


async def _session(athena: Athena) -> bytes:
    """Everything a long session received, headers included."""
    http = athena.http
    http.headers.update(HOST)
    opened = await http.post("/my/conversations", json={"agent_id": RESEARCHER})
    conversation = opened.json()["data"]["id"]
    answers = [opened]
    for agent in (ECHO, RESEARCHER, BRITTLE, ILLUSTRATOR, LEDGER, GATEKEEPER):
        body = {"message": "compare colours", "client_tools": [QUERY], "conversation_scope": conversation}
        answers.append(await http.post(f"/agents/{agent}/execute/stream", json=body))
    waiting = (await http.post(f"/agents/{LEDGER}/execute", json={"message": "x", "client_tools": [QUERY]})).json()[
        "data"
    ]
    result = {"tool_call_id": waiting["pending_tool_calls"][0]["tool_call_id"], "result": {"transactions": []}}
    answers.append(await http.post(f"/executions/{waiting['execution_id']}/tool-result", json=result))
    paths = ("/my/conversations", f"/my/conversations/{conversation}/messages", "/my/credits", "/my/media", "/nothing")
    answers += [await http.get(path) for path in paths]
    answers.append(await http.post("/attachments/upload", files={"file": ("a.txt", b"a", "text/plain")}))
    return b"\n".join(repr(answer.headers.raw).encode() + answer.content for answer in answers)


async def _bytes(**options: Any) -> bytes:
    async with running(**options) as athena:
        return await _session(athena)


async def test_a_session_is_repeatable_byte_for_byte() -> None:
    first = await _bytes(seed=7)
    assert b'"type":"media_gen_complete"' in first
    assert await _bytes(seed=7) == first
    assert await _bytes(seed=7, pace=0.0001) == first, "whatever the pace"
    assert await _bytes(seed=8) != first


async def test_without_a_seed_nothing_repeats() -> None:
    async with RunningSandbox() as first, RunningSandbox() as second:
        assert first.description["athena"]["api_key"] != second.description["athena"]["api_key"]


async def test_the_second_start_on_the_same_data_makes_new_ids(tmp_path: Path) -> None:
    seen = set()
    for _ in range(2):
        async with running(seed=7, data_directory=tmp_path) as athena:
            seen.add((await athena.execute(ECHO))["execution_id"])
    assert len(seen) == 2


async def test_keys_and_announcements_are_repeatable() -> None:
    options = SandboxOptions(seed=3)
    async with RunningSandbox(options) as first, RunningSandbox(options) as second:
        for platform, described in first.description.items():
            assert described["api_key"] == second.description[platform]["api_key"]


def test_a_seeded_clock_never_stands_still() -> None:
    clock = Clock(repeatable=True)
    first, second = clock.now(), clock.now()
    assert first < second
    clock.advance(60)
    assert (clock.now() - second).total_seconds() > 60
    assert Clock(repeatable=True).now() == first


@pytest.mark.parametrize("seed", [None, "1"])
def test_ids_look_like_the_platforms(seed: str | None) -> None:
    ids = Ids(seed)
    assert len({ids.key() for _ in range(100)}) == 100
    assert all(len(key) == 20 and key.isalnum() and key == key.lower() for key in (ids.key() for _ in range(10)))
    assert ids.uuid()[14] == "4"
