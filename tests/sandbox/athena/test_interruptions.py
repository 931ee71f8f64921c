"""Runs that are stopped while they play: by cancelling, by hanging up, by the server's end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from athena_tui.sandbox.server import RunningSandbox
from tests.sandbox.athena.connection import METRONOME, Athena, data, running

# An hour of tokens: no run here ends by itself.
ENDLESS = {"message": "3600 tokens at 1/s"}


@pytest.fixture
async def slow() -> AsyncIterator[Athena]:
    """A sandbox that takes its time, a hundred times as fast as believable."""
    async with running(pace=0.01) as connection:
        yield connection


async def until(athena: Athena, run: str, status: str) -> dict[str, Any]:
    """Wait for a run's status."""
    while True:
        found = data(await athena.http.get(f"/executions/{run}"))
        if found["status"] == status:
            return found


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[dict[str, Any]]:
    async for line in lines:
        if line:
            yield json.loads(line.removeprefix("data: "))


async def _run_id(events: AsyncIterator[dict[str, Any]], texts: int) -> str:
    """The id of the run once it has said so much."""
    run = ""
    async for event in events:
        run = str(event.get("execution_id", run))
        texts -= event["type"] == "text"
        if texts == 0:
            return run
    raise AssertionError("the stream ended")


async def test_cancelling_ends_the_stream_with_a_final(slow: Athena) -> None:
    conversation = await slow.conversation(METRONOME)
    body = {**ENDLESS, "conversation_scope": conversation}
    async with slow.http.stream("POST", f"/agents/{METRONOME}/execute/stream", json=body) as answer:
        events = _events(answer.aiter_lines())
        run = await _run_id(events, 3)
        assert data(await slow.post(f"/executions/{run}/cancel")) == {"execution_id": run, "status": "cancelled"}
        rest = [event async for event in events]
    assert rest[-1]["type"] == "final"
    assert rest[-1]["status"] == "Cancelled"
    assert rest[-1]["output"]["text"].startswith("tick tock tick")
    assert (await slow.post(f"/executions/{run}/cancel")).status_code == 409
    roles = [message["role"] for message in await slow.messages(conversation)]
    assert roles == ["user", "assistant", "system"], "what was said is kept, with the platform's note"


async def test_a_cancelled_run_pays_for_its_tokens_only(slow: Athena) -> None:
    async with slow.http.stream("POST", f"/agents/{METRONOME}/execute/stream", json=ENDLESS) as answer:
        run = await _run_id(_events(answer.aiter_lines()), 3)
        await slow.post(f"/executions/{run}/cancel")
    found = await until(slow, run, "cancelled")
    tokens = found["output"]["usage"]["output_tokens"]
    assert await slow.active() == pytest.approx(87.4 - min(0.1, tokens * 0.01))


async def test_hanging_up_stops_the_run(slow: Athena) -> None:
    async with slow.http.stream("POST", f"/agents/{METRONOME}/execute/stream", json=ENDLESS) as answer:
        run = await _run_id(_events(answer.aiter_lines()), 2)
    found = await until(slow, run, "cancelled")
    assert found["output"]["usage"]["output_tokens"] >= 2


async def test_hanging_up_on_a_synchronous_run_stops_it(slow: Athena) -> None:
    with pytest.raises(httpx.ReadTimeout):
        await slow.http.post(f"/agents/{METRONOME}/execute", json=ENDLESS, timeout=0.3)
    row = slow.state.database.one("SELECT id FROM athena_executions")
    assert row is not None
    await until(slow, row["id"], "cancelled")


async def test_the_server_ends_while_a_stream_is_open() -> None:
    async with asyncio.timeout(10):
        async with running(pace=0.01) as athena:
            request = athena.http.build_request("POST", f"/agents/{METRONOME}/execute/stream", json=ENDLESS)
            answer = await athena.http.send(request, stream=True)
            events = _events(answer.aiter_lines())
            run = await _run_id(events, 2)
            athena.sandbox.stop()
            rest = [event async for event in events]
            await answer.aclose()
            await athena.sandbox.finished()
            row = athena.state.database.one("SELECT status FROM athena_executions WHERE id = ?", (run,))
    assert rest[-1]["status"] == "Cancelled"
    assert row is not None
    assert row["status"] == "cancelled"


async def test_a_run_that_died_with_its_server_is_refunded(tmp_path: Path) -> None:
    async with running(data_directory=tmp_path) as athena:
        done = await athena.execute(METRONOME, "3 at 3")
        run = done["execution_id"]
        # What is left behind by a server that was killed in the middle of this run.
        athena.state.database.execute("UPDATE athena_executions SET status = 'running' WHERE id = ?", (run,))
    async with running(data_directory=tmp_path) as athena:
        found = data(await athena.http.get(f"/executions/{run}"))
        assert found["status"] == "failed"
        assert found["error"]["code"] == "internal_error"
        assert await athena.active() == 87.4


async def test_a_second_server_on_the_same_data_lets_the_runs_of_the_first_go_on(tmp_path: Path) -> None:
    async with running(data_directory=tmp_path) as first:
        run = (await first.execute(METRONOME, "3 at 3"))["execution_id"]
        first.state.database.execute("UPDATE athena_executions SET status = 'running' WHERE id = ?", (run,))
        async with running(data_directory=tmp_path):
            assert data(await first.http.get(f"/executions/{run}"))["status"] == "running"
        async with running(data_directory=tmp_path) as third:
            assert data(await third.http.get(f"/executions/{run}"))["status"] == "running"


async def test_a_run_whose_server_died_is_refunded_though_another_server_is_there(tmp_path: Path) -> None:
    async with running(data_directory=tmp_path) as first:
        async with running(data_directory=tmp_path) as second:
            run = (await second.execute(METRONOME, "3 at 3"))["execution_id"]
            second.state.database.execute("UPDATE athena_executions SET status = 'running' WHERE id = ?", (run,))
        async with running(data_directory=tmp_path):
            assert data(await first.http.get(f"/executions/{run}"))["status"] == "failed"
            assert await first.active() == 87.4


async def test_starting_and_stopping_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    async with RunningSandbox() as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")
    assert asyncio.all_tasks() == before
