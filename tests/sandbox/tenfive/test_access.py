from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from athena_tui.sandbox.tenfive import keys
from athena_tui.sandbox.tenfive.store import Store
from tests.sandbox.tenfive.connection import connected, texts


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "AUTH_MISSING_HEADER"),
        ("Bearer key_nobody:secret", "AUTH_KEY_INVALID"),
        ("Bearer nonsense", "AUTH_KEY_INVALID"),
        ("Basic a2V5OnNlY3JldA==", "AUTH_KEY_INVALID"),
    ],
)
async def test_request_without_a_good_key_is_refused(header: str | None, reason: str) -> None:
    async with connected() as api:
        del api.http.headers["authorization"]
        response = await api.http.get("/v1/usage", headers={"Authorization": header} if header else {})
        assert response.status_code == 401
        assert response.json()["reason_code"] == reason
        assert set(response.json()) == {"error", "reason_code", "request_id"}


async def test_health_needs_no_key() -> None:
    async with connected() as api:
        del api.http.headers["authorization"]
        assert (await api.http.get("/health/ready")).json() == {"status": "ok"}


async def test_what_there_is_not_is_told_in_the_documented_shape() -> None:
    async with connected() as api:
        response = await api.http.get("/v2/anything")
        assert response.status_code == 404
        assert set(response.json()) == {"error", "reason_code", "request_id"}


@pytest.mark.parametrize(
    ("body", "headers", "reason"),
    [
        (b'{"input": {}}', {}, "IDEMPOTENCY_KEY_REQUIRED"),
        (b"{", {"idempotency-key": "k"}, "VALIDATION_FAILED"),
        (b"[]", {"idempotency-key": "k"}, "VALIDATION_FAILED"),
        (b'{"input": 5}', {"idempotency-key": "k"}, "VALIDATION_FAILED"),
    ],
)
async def test_bad_run_request_is_refused(body: bytes, headers: dict[str, str], reason: str) -> None:
    async with connected() as api:
        response = await api.http.post("/v1/runs", content=body, headers=headers)
        assert (response.status_code, response.json()["reason_code"]) == (400, reason)


async def test_bad_position_is_refused() -> None:
    async with connected() as api:
        run = await api.create("@echo hi")
        response = await api.http.get(f"/v1/runs/{run['id']}/events", params={"after_seq": "-1"})
        assert response.status_code == 400


async def test_another_customers_run_and_key_do_not_exist() -> None:
    async with connected() as api:
        run = await api.create("@echo hi")
        state = api.sandbox.state
        stranger = keys.issue(state, Store(state.database), "cus_other", None)
        headers = {"Authorization": f"Bearer {stranger.credential}"}
        own_key = api.http.headers["authorization"].removeprefix("Bearer ").partition(":")[0]
        for response in (
            await api.http.get(f"/v1/runs/{run['id']}", headers=headers),
            await api.http.get(f"/v1/runs/{run['id']}/events/stream", headers=headers),
            await api.http.delete(f"/v1/api-keys/{own_key}", headers=headers),
        ):
            assert response.status_code == 404
        assert (await api.http.get("/v1/usage", headers=headers)).json()["usage"] == []


async def test_key_is_created_rotated_and_revoked() -> None:
    async with connected() as api:

        async def works(credential: str) -> bool:
            response = await api.http.get("/v1/usage", headers={"Authorization": f"Bearer {credential}"})
            return response.is_success

        created = (await api.http.post("/v1/api-keys", json={"name": "laptop"})).json()
        assert created["api_key"] == f"{created['key_id']}:{created['secret']}"
        assert await works(created["api_key"])
        rotated = (await api.http.post(f"/v1/api-keys/{created['key_id']}/rotate")).json()
        assert rotated["key_id"] == created["key_id"]
        assert await works(rotated["api_key"])
        assert not await works(created["api_key"])
        assert (await api.http.delete(f"/v1/api-keys/{created['key_id']}")).status_code == 204
        assert not await works(rotated["api_key"])
        assert (await api.http.delete(f"/v1/api-keys/{created['key_id']}")).status_code == 404


async def test_usage_counts_by_period_and_filters() -> None:
    async with connected() as api:
        for number, workspace in enumerate(("ws_1", "ws_1", "ws_2")):
            run = await api.create("@researcher owls", key=f"k{number}", workspace_id=workspace)
            await api.stream(run["id"])
        body = (await api.http.get("/v1/usage")).json()
        assert body["granularity"] == "day"
        assert body["totals"]["run.created"] == 3
        assert body["totals"]["task.completed"] == 3
        assert body["totals"]["tool.invoked"] == 6
        assert {item["period_start"] for item in body["usage"]} == {"2026-11-22T00:00:00+00:00"}
        tokens = [item for item in body["usage"] if item["event_type"] == "tokens.consumed"]
        assert sum(item["quantity"] for item in tokens) == body["totals"]["tokens.consumed"]
        assert all(item["input_tokens"] + item["output_tokens"] == item["quantity"] for item in tokens)
        one = (await api.http.get("/v1/usage", params={"workspace_id": "ws_2", "event_type": "run.created"})).json()
        assert one["totals"] == {"run.created": 1}


@pytest.mark.parametrize(
    ("granularity", "period"),
    [
        ("hour", "2026-11-22T09:00:00+00:00"),
        ("day", "2026-11-22T00:00:00+00:00"),
        ("month", "2026-11-01T00:00:00+00:00"),
    ],
)
async def test_usage_granularity(granularity: str, period: str) -> None:
    async with connected() as api:
        await api.stream((await api.create("@echo hi"))["id"])
        usage = (await api.http.get("/v1/usage", params={"granularity": granularity})).json()["usage"]
        assert {item["period_start"] for item in usage} == {period}


async def test_usage_outside_the_asked_time_is_left_out() -> None:
    async with connected() as api:
        await api.stream((await api.create("@echo hi"))["id"])
        body = (await api.http.get("/v1/usage", params={"end": "2026-11-22T10:00:00+02:00"})).json()
        assert body["usage"] == []


@pytest.mark.parametrize("parameters", [{"granularity": "week"}, {"start": "2026-11-01T00:00:00"}, {"end": "soon"}])
async def test_bad_usage_parameters_are_refused(parameters: dict[str, str]) -> None:
    async with connected() as api:
        response = await api.http.get("/v1/usage", params=parameters)
        assert (response.status_code, response.json()["reason_code"]) == (400, "VALIDATION_FAILED")


async def test_injected_trouble_has_the_documented_shape() -> None:
    async with connected(faults="429:1,503:1") as api:
        limited, troubled = [await api.http.get("/v1/usage") for _ in range(2)]
        assert (limited.status_code, limited.json()["reason_code"]) == (429, "RATE_LIMITED")
        assert limited.headers["retry-after"] == "1"
        assert (troubled.status_code, troubled.json()["reason_code"]) == (503, "INTERNAL_ERROR")


async def test_run_survives_the_server_and_is_resumed(tmp_path: Path) -> None:
    async with connected(pace=1.0, data_directory=tmp_path) as api:
        credential = api.http.headers["authorization"]
        run = await api.create("@metronome 3 at 0.01")
        before = await api.stream(run["id"], until="run.worker.started")
    async with connected(data_directory=tmp_path) as api:
        assert api.http.headers["authorization"] == credential
        assert (await api.get(run["id"]))["status"] == "stalled"
        await api.http.post(f"/v1/runs/{run['id']}/resume")
        events = await api.stream(run["id"])
        assert events[: len(before)] == before
        assert texts(events) == "tick1 tick2 tick3 "


async def test_a_second_server_on_the_same_data_lets_the_runs_of_the_first_go_on(tmp_path: Path) -> None:
    async with connected(pace=1.0, data_directory=tmp_path) as first:
        run = await first.create("@metronome 3 at 0.01")
        await first.stream(run["id"], until="run.worker.started")
        async with connected(data_directory=tmp_path):
            assert (await first.get(run["id"]))["status"] == "running"


@asynccontextmanager
async def playing_elsewhere(data: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A run that a worker is at in a sandbox with a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "athena_tui", "sandbox", "--quiet", "--data-dir", str(data)),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        described = json.loads(await process.stdout.readline())["tenfive"]
        headers = {"Authorization": f"Bearer {described['api_key']}", "idempotency-key": "elsewhere"}
        async with httpx.AsyncClient(base_url=described["base_url"], headers=headers) as http:
            created = await http.post("/v1/runs", json={"input": {"prompt": "@metronome 3 at 0.01"}})
            run_id: str = created.json()["id"]
            while (await http.get(f"/v1/runs/{run_id}")).json()["status"] != "running":
                pass
        yield run_id, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_run_of_a_killed_server_is_resumed_though_another_server_is_there(tmp_path: Path) -> None:
    async with connected(pace=1.0, data_directory=tmp_path) as first:
        mine = await first.create("@metronome 3 at 0.01")
        async with playing_elsewhere(tmp_path) as (run_id, process):
            process.kill()
        async with connected(data_directory=tmp_path) as third:
            assert (await third.get(run_id))["status"] == "stalled"
            await third.http.post(f"/v1/runs/{run_id}/resume")
            assert texts(await third.stream(run_id)) == "tick1 tick2 tick3 "
            assert (await first.get(mine["id"]))["status"] == "running"


async def test_starting_recovers_what_a_killed_server_played_on_another_seat(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with connected(data_directory=tmp_path) as first:
            run_id, process = await stack.enter_async_context(playing_elsewhere(tmp_path))
        process.kill()
        await process.wait()
        async with connected(data_directory=tmp_path) as third:
            assert third.sandbox.state.seat == first.sandbox.state.seat
            stored = Store(third.sandbox.state.database).run(run_id)
        assert stored is not None
        assert stored.status == "stalled"


async def test_open_stream_tells_that_the_server_that_played_the_run_was_killed(tmp_path: Path) -> None:
    async with (
        connected(data_directory=tmp_path, heartbeat_interval=0.05) as first,
        playing_elsewhere(tmp_path) as (run_id, process),
        first.http.stream("GET", f"/v1/runs/{run_id}/events/stream") as response,
    ):
        lines = response.aiter_lines()
        async for line in lines:
            if "run.worker.started" in line:
                break
        process.kill()
        async for line in lines:
            if "run.worker.stalled" in line:
                break
        assert (await first.get(run_id))["status"] == "stalled"


async def test_server_ends_open_streams_when_it_stops() -> None:
    async with connected(pace=1.0) as api:
        run = await api.create("@metronome 100000 at 1")
        async with api.http.stream("GET", f"/v1/runs/{run['id']}/events/stream") as response:
            lines = response.aiter_lines()
            await anext(lines)
            api.sandbox.stop()
            rest = [line async for line in lines]
        assert not any("run.worker.succeeded" in line for line in rest)
