"""Client tools, human gates and cancelling: what waits, and how it goes on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.athena.connection import (
    CLOCK,
    ECHO,
    GATEKEEPER,
    LEDGER,
    QUERY,
    Athena,
    data,
    error,
    events,
    kinds,
    one,
    running,
    text,
)

BOOKS = {
    "transactions": [
        {"date": "2026-05-01", "description": "Bakery", "category": "food", "amount": 5.5},
        {"date": "2026-05-02", "description": "Market", "category": "food", "amount": 20},
        {"date": "2026-05-03", "description": "Tram", "category": "transport", "amount": 2.4},
    ],
    "total": 27.9,
}
SSE = {"Accept": "text/event-stream"}


async def answer(athena: Athena, run: str, call: str, *, sse: bool = True, **body: Any) -> httpx.Response:
    """Answer one tool call."""
    said = {"tool_call_id": call, "outcome": "success", **body}
    return await athena.http.post(f"/executions/{run}/tool-result", json=said, headers=SSE if sse else {})


async def test_one_client_tool_streamed(athena: Athena) -> None:
    first = await athena.stream(LEDGER, "What did I spend from 2026-05-01 to 2026-05-07?", client_tools=[QUERY])
    call = one(first, "tool_call_awaiting_client")
    assert call["name"] == "query_transactions"
    assert call["arguments"] == {"start_date": "2026-05-01", "end_date": "2026-05-07"}
    assert call["tool_call_id"].startswith("tc_")
    assert first[-1]["status"] == "AwaitingClientTool"
    assert first[-1]["execution_id"] == call["execution_id"]

    rest = events(await answer(athena, call["execution_id"], call["tool_call_id"], result=BOOKS))
    assert rest[-1]["status"] == "Completed"
    assert "**27.90** in 3 transactions, most of it on **food**" in text(rest)
    assert "| food | 2 | 25.50 | 91% |" in text(rest)
    assert rest[-1]["output"]["text"] == text(first) + text(rest), "the whole run's text"
    assert rest[-1]["usage"]["output_tokens"] > first[-1]["usage"]["output_tokens"]
    assert await athena.active() == 85.9, "one run, one price"


async def test_one_client_tool_without_a_stream(athena: Athena) -> None:
    waiting = await athena.execute(LEDGER, "last 7 days", client_tools=[QUERY])
    assert waiting["status"] == "awaiting_client_tool"
    assert waiting["output"] is None
    (call,) = waiting["pending_tool_calls"]
    done = data(await answer(athena, waiting["execution_id"], call["tool_call_id"], sse=False, result=BOOKS))
    assert done["status"] == "completed"
    assert "27.90" in done["output"]["text"]


async def test_several_client_tools_resume_with_the_last_answer(athena: Athena) -> None:
    first = await athena.stream(LEDGER, "compare both months", client_tools=[QUERY, CLOCK])
    calls = [event for event in first if event["type"] == "tool_call_awaiting_client"]
    assert [call["name"] for call in calls] == ["query_transactions", "query_transactions", "get_current_time"]
    run = calls[0]["execution_id"]
    clock = await answer(athena, run, calls[2]["tool_call_id"], result={"now": "noon"})
    assert clock.headers["content-type"] == "application/json"
    assert data(clock) == {"execution_id": run, "status": "awaiting_client_tool", "remaining_tool_calls": 2}
    less = {"transactions": [{"description": "Bakery", "category": "food", "amount": 10}]}
    assert data(await answer(athena, run, calls[1]["tool_call_id"], result=less))["remaining_tool_calls"] == 1
    rest = events(await answer(athena, run, calls[0]["tool_call_id"], result=BOOKS))
    said = text(rest)
    assert "| food | 25.50 | 10.00 | -15.50 |" in said
    assert "| **Total** | **27.90** | **10.00** | **-17.90** |" in said
    assert "17.90 less" in said
    assert "Your clock says noon" in said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"outcome": "error", "error": "the disk is full"}, "the disk is full"),
        ({"outcome": "error", "result": {"error": "rejected by the user"}}, "rejected by the user"),
        ({"outcome": "rejected"}, "no reason given"),
        ({"result": {"rows": 3}}, "no `transactions` list"),
        ({"result": {"transactions": []}}, "Not a single transaction"),
    ],
)
async def test_the_analyst_says_what_went_wrong(athena: Athena, body: dict[str, Any], expected: str) -> None:
    first = await athena.stream(LEDGER, "last 30 days", client_tools=[QUERY])
    call = one(first, "tool_call_awaiting_client")
    rest = events(await answer(athena, call["execution_id"], call["tool_call_id"], **body))
    assert expected in text(rest)
    assert rest[-1]["status"] == "Completed"


async def test_without_tools_the_analyst_explains(athena: Athena) -> None:
    received = await athena.stream(LEDGER, "last 7 days")
    assert "`query_transactions`" in text(received)
    assert received[-1]["status"] == "Completed"


async def test_tools_are_not_offered_to_agents_that_take_none(athena: Athena) -> None:
    assert (await athena.execute(ECHO, "hi", client_tools=[QUERY]))["status"] == "completed"


async def test_wrong_answers_to_a_tool_call(athena: Athena) -> None:
    waiting = await athena.execute(LEDGER, "compare", client_tools=[QUERY])
    run = waiting["execution_id"]
    first, second = (call["tool_call_id"] for call in waiting["pending_tool_calls"])
    assert (await answer(athena, "execution:nope", first)).status_code == 404
    assert (await answer(athena, run, "tc_nope")).status_code == 404
    assert (await answer(athena, run, first, outcome="maybe")).status_code == 422
    assert (await athena.post(f"/executions/{run}/tool-result", {})).status_code == 422
    assert (await answer(athena, run, first, result=BOOKS)).status_code == 200
    twice = await answer(athena, run, first, result=BOOKS)
    assert (twice.status_code, error(twice)["code"]) == (409, "conflict")
    assert (await answer(athena, run, second, result=BOOKS)).status_code == 200
    assert (await answer(athena, run, second, result=BOOKS)).status_code == 409, "the run is over"


async def test_an_answer_with_a_used_key_changes_nothing(athena: Athena) -> None:
    waiting = await athena.execute(LEDGER, "compare", client_tools=[QUERY])
    path = f"/executions/{waiting['execution_id']}/tool-result"
    first, second = (call["tool_call_id"] for call in waiting["pending_tool_calls"])
    assert (await athena.post(path, {"tool_call_id": first, "result": BOOKS}, idempotency_key="k")).status_code == 200
    again = await athena.post(path, {"tool_call_id": second, "result": BOOKS}, idempotency_key="k")
    assert (again.status_code, error(again)["code"]) == (409, "idempotency_conflict")
    assert (await answer(athena, waiting["execution_id"], second, result=BOOKS)).status_code == 200


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"decision": "approve"}, "Sent to **Mira**"),
        ({"decision": "approve", "comment": "be kind"}, "*be kind*"),
        ({"approved": True}, "Sent to"),
        ({"action": "approve"}, "Sent to"),
        ({"decision": "reject"}, "Not sent, and no hard feelings"),
        ({"approved": False, "comment": "too early"}, "*too early*"),
        ({"response": "rejected", "feedback": "too late"}, "*too late*"),
    ],
)
async def test_a_human_gate(athena: Athena, body: dict[str, Any], expected: str) -> None:
    first = await athena.stream(GATEKEEPER, "Draft a mail to Mira about lunch")
    gate = one(first, "human_gate")
    assert gate["prompt"] == "Send this mail to Mira?"
    assert first[-1]["status"] == "AwaitingApproval"
    assert first[-1]["approval"]["options"] == ["approve", "reject"]
    run = gate["execution_id"]
    rest = events(await athena.http.post(f"/executions/{run}/resume", json=body, headers=SSE))
    assert expected in text(rest)
    assert rest[-1]["status"] == "Completed"
    assert ("tool_call" in kinds(rest)) == ("Sent to" in text(rest))


async def test_a_human_gate_without_a_stream(athena: Athena) -> None:
    waiting = await athena.execute(GATEKEEPER, "Draft a mail")
    assert waiting["status"] == "awaiting_approval"
    assert waiting["approval"]["prompt"] == "Send this mail to the team?"
    path = f"/executions/{waiting['execution_id']}/resume"
    assert (await athena.post(path, {"decision": "perhaps"})).status_code == 422
    assert (await athena.post(path, {})).status_code == 422
    assert data(await athena.post(path, {"decision": "approve"}))["status"] == "completed"
    assert (await athena.post(path, {"decision": "approve"})).status_code == 409
    assert (await athena.post("/executions/execution:nope/resume", {"decision": "approve"})).status_code == 404


async def test_a_suspended_run_can_be_cancelled_and_pays_for_what_it_said(athena: Athena) -> None:
    waiting = await athena.execute(GATEKEEPER, "Draft a mail")
    run = waiting["execution_id"]
    assert await athena.active() == 86.4
    cancelled = data(await athena.post(f"/executions/{run}/cancel"))
    assert cancelled == {"execution_id": run, "status": "cancelled"}
    assert 86.4 < await athena.active() < 87.4
    assert (await athena.post(f"/executions/{run}/resume", {"decision": "approve"})).status_code == 409
    again = await athena.post(f"/executions/{run}/cancel")
    assert (again.status_code, error(again)["code"]) == (409, "conflict")


async def test_a_finished_run_cannot_be_cancelled(athena: Athena) -> None:
    done = await athena.execute(ECHO)
    assert (await athena.post(f"/executions/{done['execution_id']}/cancel")).status_code == 409


async def test_another_customers_run_is_not_there(athena: Athena) -> None:
    waiting = await athena.execute(GATEKEEPER, "Draft a mail")
    path = f"/auth/external/{athena.description['workspace_id']}"
    other = data(await athena.post(path, {"provider": "firebase", "token": "sandbox-somebody-else"}))
    run = f"/executions/{waiting['execution_id']}"
    assert (await athena.http.get(run, headers={"X-API-Key": other["key"]})).status_code == 404
    assert (await athena.http.get(run, headers={"X-API-Key": athena.description["workspace_key"]})).status_code == 200


async def test_suspended_runs_survive_a_restart(tmp_path: Path) -> None:
    async with running(data_directory=tmp_path) as athena:
        first = await athena.stream(LEDGER, "compare", client_tools=[QUERY])
        calls = [event for event in first if event["type"] == "tool_call_awaiting_client"]
        run = calls[0]["execution_id"]
        await answer(athena, run, calls[0]["tool_call_id"], result=BOOKS)
        gate = await athena.execute(GATEKEEPER, "Draft a mail to Mira about lunch")
        key = athena.description["api_key"]
    async with running(data_directory=tmp_path) as athena:
        assert athena.description["api_key"] == key
        rest = events(await answer(athena, run, calls[1]["tool_call_id"], result={"transactions": []}))
        assert "| **Total** | **27.90** | **0.00** | **-27.90** |" in text(rest)
        assert rest[-1]["output"]["text"] == text(first) + text(rest)
        sent = data(await athena.post(f"/executions/{gate['execution_id']}/resume", {"decision": "approve"}))
        assert "Sent to **Mira**" in sent["output"]["text"]


async def test_a_client_that_answers_before_the_stream_ends_is_heard(athena: Athena) -> None:
    body = {"message": "last 7 days", "client_tools": [QUERY]}
    async with athena.http.stream("POST", f"/agents/{LEDGER}/execute/stream", json=body) as stream:
        async for line in stream.aiter_lines():
            if "tool_call_awaiting_client" in line:
                call = json.loads(line.removeprefix("data: "))
                break
        rest = events(await answer(athena, call["execution_id"], call["tool_call_id"], result=BOOKS))
    assert rest[-1]["status"] == "Completed"
    found = data(await athena.http.get(f"/executions/{call['execution_id']}"))
    assert found["status"] == "completed"


async def test_hanging_up_on_a_suspended_run_leaves_it_waiting(athena: Athena) -> None:
    body = {"message": "Draft a mail"}
    async with athena.http.stream("POST", f"/agents/{GATEKEEPER}/execute/stream", json=body) as stream:
        async for line in stream.aiter_lines():
            if "human_gate" in line:
                run = json.loads(line.removeprefix("data: "))["execution_id"]
                break
    resumed = data(await athena.post(f"/executions/{run}/resume", {"decision": "approve"}))
    assert resumed["status"] == "completed"
