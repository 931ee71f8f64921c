"""Runs: both ways to start one, their limits, their idempotency and their price."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.athena.connection import (
    BRITTLE,
    CONCIERGE,
    ECHO,
    ILLUSTRATOR,
    METRONOME,
    POSTCARD,
    QUERY,
    RESEARCHER,
    SORTER,
    Athena,
    data,
    error,
    events,
    kinds,
    one,
    running,
    text,
)


async def test_a_synchronous_run(athena: Athena) -> None:
    done = await athena.execute(SORTER, "Lunch €18.50")
    assert done["status"] == "completed"
    assert done["execution_id"].startswith("execution:")
    assert done["latency_ms"] >= 0
    output = done["output"]
    assert output["parsed_output"]["amounts"] == [{"label": "Lunch", "value": 18.5, "currency": "€"}]
    usage = output["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert output["cost_microdollars"] == 3 * usage["input_tokens"] + 15 * usage["output_tokens"]
    kept = data(await athena.http.get(f"/executions/{done['execution_id']}"))
    assert kept == done


async def test_a_stream_in_the_order_of_the_event_table(athena: Athena) -> None:
    received = await athena.stream(CONCIERGE, "which keys should I know?")
    assert kinds(received) == [
        "start",
        "node_start",
        "node_complete",
        "node_start",
        "text",
        "llm_final",
        "node_complete",
        "final",
    ]
    final = received[-1]
    assert final["status"] == "Completed"
    assert final["execution_id"] == received[0]["execution_id"]
    assert final["output"]["text"] == text(received)
    assert final["usage"] == final["output"]["usage"] == one(received, "llm_final")["usage"]


async def test_a_stream_in_the_order_of_the_quickstart(athena: Athena) -> None:
    received = await athena.stream(ECHO, "one two three")
    assert received[0] == {"type": "node_start", "node_id": "trigger_1"}
    assert kinds(received) == ["node_start", "text", "llm_final", "final"]
    assert set(received[-2]["usage"]) == {"total_tokens"}
    assert set(received[-1]) == {"type", "status", "execution_id"}
    assert text(received) == "one two three"


@pytest.mark.parametrize("written", ["agent:{key}", "agent%3A{key}", "{key}"])
async def test_ids_are_accepted_however_they_are_written(athena: Athena, written: str) -> None:
    path = written.format(key=ECHO.removeprefix("agent:"))
    answer = await athena.post(f"/agents/{path}/execute", {"message": "hi"})
    assert data(answer)["output"]["text"] == "hi"


async def test_unknown_and_unpublished_agents(athena: Athena) -> None:
    assert (await athena.post("/agents/agent:nobody/execute", {"message": "hi"})).status_code == 404
    closed = await athena.post("/agents/agent:attic000000000000000/execute", {"message": "hi"})
    assert (closed.status_code, error(closed)["code"]) == (403, "forbidden")


def _tools(*names: str) -> list[dict[str, Any]]:
    return [{**QUERY, "name": name} for name in names]


_FILES = [{"filename": "a.txt", "content_type": "text/plain", "storage_key": f"attachments/u/{n}"} for n in range(11)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": 5}, "message"),
        ({"message": "x" * 65_537}, "message"),
        ({"message": "x", "variables": {"v": "x" * 16_384}}, "variables"),
        ({"message": "x", "variables": []}, None),
        ({"message": "x", "variables": "text"}, "variables"),
        ({"message": "x", "attachments": _FILES}, "attachments"),
        ({"message": "x", "attachments": [{"filename": "a.txt"}]}, "attachments[0].storage_key"),
        ({"message": "x", "attachments": _FILES[:1]}, "attachments[0].storage_key"),
        ({"message": "x", "client_tools": _tools(*(f"tool_{n}" for n in range(33)))}, "client_tools"),
        ({"message": "x", "client_tools": _tools("Upper")}, "client_tools[0].name"),
        ({"message": "x", "client_tools": _tools("1st")}, "client_tools[0].name"),
        ({"message": "x", "client_tools": _tools("a" * 65)}, "client_tools[0].name"),
        ({"message": "x", "client_tools": _tools("web_search")}, "client_tools[0].name"),
        ({"message": "x", "client_tools": _tools("twice", "twice")}, "client_tools[1].name"),
        ({"message": "x", "client_tools": [{"name": "t", "parameters": []}]}, "client_tools[0].parameters"),
        ({"message": "x", "client_tools": {}}, None),
        ({"message": "x", "client_tools": "all"}, "client_tools"),
        ({"message": "x", "conversation_scope": 7}, "conversation_scope"),
    ],
)
async def test_the_documented_limits(athena: Athena, body: dict[str, object], field: str | None) -> None:
    before = await athena.active()
    answer = await athena.post(f"/agents/{RESEARCHER}/execute", body)
    if field is None:
        assert answer.status_code == 200
        return
    assert (answer.status_code, error(answer)["code"]) == (422, "validation_error")
    assert [item["field"] for item in error(answer)["details"]["fields"]] == [field]
    assert await athena.active() == before


async def test_the_limits_themselves_are_allowed(athena: Athena) -> None:
    tools = _tools(*(f"tool_{n}" for n in range(31)), "a" * 64)
    body = {"message": "x" * 65_536, "variables": {"v": "x" * (16_384 - 8)}, "client_tools": tools}
    assert (await athena.post(f"/agents/{ECHO}/execute", body)).status_code == 200


async def test_agents_with_variables_need_no_message(athena: Athena) -> None:
    done = data(
        await athena.post(f"/agents/{POSTCARD}/execute", {"variables": {"recipient": "Grace", "place": "Oslo"}})
    )
    assert "Dear Grace" in done["output"]["text"]
    assert "Oslo" in done["output"]["text"]


async def test_an_idempotency_key_runs_once_a_day(athena: Athena) -> None:
    body = {"message": "hi"}
    path = f"/agents/{ECHO}/execute"
    assert (await athena.post(path, body, idempotency_key="k1")).status_code == 200
    before = await athena.active()
    again = await athena.post(path, body, idempotency_key="k1")
    assert (again.status_code, error(again)["code"]) == (409, "idempotency_conflict")
    assert await athena.active() == before
    assert (await athena.post(path, body, idempotency_key="k2")).status_code == 200
    assert (await athena.post(f"{path}/stream", body, idempotency_key="k1")).status_code == 200, "another endpoint"
    athena.state.clock.advance(24 * 3600 + 1)
    key = athena.state.database.one("SELECT key FROM athena_keys WHERE name = 'server'")
    assert key is not None
    late = await athena.post(path, body, idempotency_key="k1", x_api_key=key["key"])
    assert late.status_code == 200


async def test_a_refused_request_does_not_use_up_its_key(athena: Athena) -> None:
    path = f"/agents/{ECHO}/execute"
    assert (await athena.post(path, {}, idempotency_key="k1")).status_code == 422
    assert (await athena.post(path, {"message": "hi"}, idempotency_key="k1")).status_code == 200


async def test_a_run_is_charged_once(athena: Athena) -> None:
    answer = await athena.post(f"/agents/{RESEARCHER}/execute", {"message": "coffee"})
    assert answer.headers["x-credits-remaining"] == "84.4"
    assert await athena.active() == 84.4
    stream = await athena.post(f"/agents/{RESEARCHER}/execute/stream", {"message": "coffee"})
    assert stream.headers["x-credits-remaining"] == "81.4", "the balance at the start"
    assert await athena.active() == 81.4


async def test_a_failed_run_is_refunded(athena: Athena) -> None:
    received = await athena.stream(BRITTLE)
    assert text(received).endswith("go wr")
    failure = received[-1]
    assert failure["type"] == "error"
    assert failure["code"] == "provider_error"
    assert failure["trace_id"]
    assert "final" not in kinds(received)
    assert await athena.active() == 87.4
    failed = await athena.execute(BRITTLE)
    assert failed["status"] == "failed"
    assert failed["output"] is None
    assert failed["error"]["code"] == "provider_error"
    assert await athena.active() == 87.4


async def test_without_credits_nothing_runs() -> None:
    async with running(credits=2.9) as athena:
        answer = await athena.post(f"/agents/{RESEARCHER}/execute/stream", {"message": "coffee"}, idempotency_key="k")
        assert (answer.status_code, error(answer)["code"]) == (402, "payment_required")
        assert await athena.active() == 2.9
        assert (await athena.post(f"/agents/{ECHO}/execute/batch", {"items": []})).status_code == 422


async def test_credits_can_run_out_in_the_middle() -> None:
    async with running(credits=5.0) as athena:
        received = await athena.stream(ILLUSTRATOR, "a lighthouse")
        assert received[-1]["type"] == "error"
        assert received[-1]["code"] == "payment_required"
        assert await athena.active() == 5.0
        blocking = await athena.post(f"/agents/{ILLUSTRATOR}/execute", {"message": "a lighthouse"})
        assert (blocking.status_code, error(blocking)["code"]) == (402, "payment_required")
        assert await athena.active() == 5.0


async def test_credits_come_back_once_a_day() -> None:
    async with running(credits=0.15, key_lifetime=1e6) as athena:
        assert (await athena.post(f"/agents/{ECHO}/execute", {"message": "a"})).status_code == 200
        assert (await athena.post(f"/agents/{ECHO}/execute", {"message": "b"})).status_code == 402
        athena.state.clock.advance(24 * 3600 + 1)
        assert (await athena.post(f"/agents/{ECHO}/execute", {"message": "c"})).status_code == 200


async def test_the_preview_adds_the_rules_that_apply(athena: Athena) -> None:
    path = f"/agents/{POSTCARD}/preview-credits"
    plain = data(await athena.post(path, {"inputs": {"tone": "friendly", "length": "short"}}))
    assert plain == {"total_credits": 1.0, "base_cost": 1.0, "rules": []}
    dear = data(await athena.post(path, {"inputs": {"tone": "poetic", "length": "long"}}))
    assert dear["total_credits"] == 3.5
    assert [rule["adjustment"] for rule in dear["rules"]] == [2.0, 0.5]
    assert await athena.active() == 87.4
    await athena.execute(POSTCARD, variables={"recipient": "Ada", "tone": "poetic", "length": "long"})
    assert await athena.active() == 83.9, "what the preview said"
    assert (await athena.post(path, {"inputs": [1]})).status_code == 422


async def test_the_balance_and_the_recommended_pack(athena: Athena) -> None:
    balance = data(await athena.http.get("/my/credits"))
    assert balance["active_credits"] == 87.4
    assert balance["frozen_credits"] == 25.0
    assert balance["recommended_topup_pack_id"] is None
    assert balance["next_refresh_at"].endswith("Z")
    affordable = data(await athena.http.get("/my/credits", params={"generation_cost": 80}))
    assert affordable["recommended_topup_pack_id"] is None
    short = data(await athena.http.get("/my/credits", params={"generation_cost": 100}))
    assert short["recommended_topup_pack_credits"] == 50.0
    large = data(await athena.http.get("/my/credits", params={"generation_cost": 200}))
    assert large["recommended_topup_pack_credits"] == 200.0
    assert large["recommended_topup_pack_currency"] == "USD"
    assert (await athena.http.get("/my/credits", params={"generation_cost": "much"})).status_code == 400


async def test_a_batch_tells_of_every_item(athena: Athena) -> None:
    items = [{"key": "a", "message": "one"}, {"key": "b", "message": "two"}]
    received = events(await athena.post(f"/agents/{ECHO}/execute/batch", {"items": items}))
    assert [event["type"] for event in received] == [
        "batch_started",
        "batch_progress",
        "batch_progress",
        "batch_completed",
    ]
    assert received[0]["total"] == 2
    assert [(event["key"], event["index"], event["output"]["text"]) for event in received[1:3]] == [
        ("a", 0, "one"),
        ("b", 1, "two"),
    ]
    assert (received[-1]["completed"], received[-1]["failed"]) == (2, 0)
    assert received[-1]["usage"]["total_tokens"] == sum(e["output"]["usage"]["total_tokens"] for e in received[1:3])
    assert len({event["batch_id"] for event in received}) == 1
    assert await athena.active() == 87.2


async def test_a_batch_survives_items_that_fail() -> None:
    async with running(credits=0.1) as athena:
        items = [{"key": "a", "message": "one"}, {"key": "b", "message": "two"}]
        received = events(await athena.post(f"/agents/{ECHO}/execute/batch", {"items": items}))
        assert [event["status"] for event in received[1:3]] == ["completed", "failed"]
        assert received[2]["error"]["code"] == "payment_required"
        assert (received[-1]["completed"], received[-1]["failed"]) == (1, 1)


@pytest.mark.parametrize(
    "items", [None, [], [{"message": "no key"}], [{"key": "a", "message": "x"}] * 2, [{"key": "a"}], ["text"]]
)
async def test_a_batch_is_validated_as_a_whole(athena: Athena, items: object) -> None:
    answer = await athena.post(f"/agents/{ECHO}/execute/batch", {"items": items})
    assert (answer.status_code, error(answer)["code"]) == (422, "validation_error")


async def test_the_metronome_sends_as_many_tokens_as_asked(athena: Athena) -> None:
    received = await athena.stream(METRONOME, "137 tokens at 5000/s")
    assert sum(event["type"] == "text" for event in received) == 137
    assert text(received).endswith("**137**.")
    assert received[-1]["usage"]["output_tokens"] == 137
