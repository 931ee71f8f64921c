"""Gates, signals and cancelling."""

from __future__ import annotations

from typing import Any

import pytest

from athena_tui.client.errors import (
    Conflict,
    NotFound,
)
from athena_tui.client.events import (
    ApprovalRequested,
    InputRequested,
    RunEvent,
    RunFinished,
    RunStatus,
    RunSuspended,
)
from athena_tui.client.models import Decision
from tests.client.raw_server import RawServer, Reply, json_reply, sse_reply
from tests.client.tenfive.wiring import (
    CREATED,
    collect,
    connected,
    delta,
    done,
    envelope,
    gate,
    page,
    record,
    refusal,
    request,
    sse,
    succeeded,
    text_of,
)


@pytest.mark.parametrize(
    ("value", "event", "status"),
    [
        (
            {"input_kind": "approval", "reason_code": "AWAITING_APPROVAL"},
            ApprovalRequested("run_1", rejecting_fails=True),
            RunStatus.AWAITING_APPROVAL,
        ),
        ({}, ApprovalRequested("run_1", rejecting_fails=True), RunStatus.AWAITING_APPROVAL),
        (
            {"input_kind": "clarification", "question": "Which one?", "options": ["a", "b", 3], "schema": {"a": 1}},
            InputRequested("run_1", "Which one?", ("a", "b"), {"a": 1}, rejecting_fails=True),
            RunStatus.AWAITING_INPUT,
        ),
        ({"reason_code": "AWAITING_INPUT"}, InputRequested("run_1", rejecting_fails=True), RunStatus.AWAITING_INPUT),
    ],
)
async def test_gate_suspends_the_run(
    raw_server: RawServer, value: dict[str, Any], event: RunEvent, status: RunStatus
) -> None:
    raw_server.script(CREATED, sse_reply(sse(envelope(1, "run.awaiting_input", **value))))
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[1:] == [event, RunSuspended("run_1", status)]


@pytest.mark.parametrize(
    ("kind", "decision", "body"),
    [
        ("approval", Decision(True), {"action": "approve"}),
        ("approval", Decision(True, "fine"), {"action": "approve", "payload": {"comment": "fine"}}),
        ("approval", Decision(False), {"action": "reject"}),
        ("approval", Decision(False, "too dear"), {"action": "reject", "payload": {"reason": "too dear"}}),
        ("input", Decision(True, data="Ada"), {"action": "submit_input", "payload": {"input": "Ada"}}),
        ("input", Decision(True, data={"n": 1}), {"action": "submit_input", "payload": {"input": {"n": 1}}}),
        ("input", Decision(True, "Ada"), {"action": "submit_input", "payload": {"input": "Ada"}}),
        ("input", Decision(True), {"action": "approve"}),
        ("input", Decision(False), {"action": "reject"}),
    ],
)
async def test_decision_is_signalled_and_the_run_followed_from_there(
    raw_server: RawServer, kind: str, decision: Decision, body: dict[str, Any]
) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a"), gate(2, kind))),
        json_reply({"ok": True}),
        sse_reply(sse(delta(3, "b"), done(4), succeeded(5))),
        record(),
    )
    async with connected(raw_server) as testing:
        before = await collect(testing.client.run(request()))
        after = await collect(testing.client.decide("run_1", decision))
    signal, stream = raw_server.requests[2:4]
    assert signal.target == "/v1/runs/run_1/signal"
    assert signal.json() == body
    assert signal.headers["idempotency-key"] != "intent-1"
    assert stream.headers["last-event-id"] == "2"
    assert text_of([*before, *after]) == "ab"
    assert after[-1] == RunFinished("run_1", text="ab")


async def test_gate_of_a_run_from_before_is_found_in_the_list(raw_server: RawServer) -> None:
    raw_server.script(
        page(delta(1, "a"), gate(2, "input")), record("running"), sse_reply(sse(delta(3, "b"), succeeded(4))), record()
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.decide("run_1", Decision(True, data="x")))
    assert raw_server.requests[1].json()["action"] == "submit_input"
    assert raw_server.requests[2].headers["last-event-id"] == "2"
    assert events[-1] == RunFinished("run_1", text="ab")


async def test_gate_that_somebody_else_answered_does_not_stop_us(raw_server: RawServer) -> None:
    raw_server.script(
        page(gate(1)),
        refusal(409, "RUN_NOT_AWAITING_INPUT"),
        record("running"),
        page(gate(2), delta(3, "a")),
        sse_reply(sse(succeeded(4))),
        record(),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.decide("run_1", Decision(True)))
    assert events[-1] == RunFinished("run_1", text="a")


async def test_refused_answer_to_a_gate_that_still_waits_is_raised_and_may_be_repeated(raw_server: RawServer) -> None:
    raw_server.script(
        page(gate(1)),
        refusal(409, "WRONG_KIND"),
        record("awaiting_input"),
        record("running"),
        sse_reply(sse(succeeded(2))),
        record(),
    )
    async with connected(raw_server) as testing:
        with pytest.raises(Conflict):
            await collect(testing.client.decide("run_1", Decision(True)))
        assert isinstance((await collect(testing.client.decide("run_1", Decision(True))))[-1], RunFinished)


@pytest.mark.parametrize("reply", [record("cancelled"), refusal(409, "RUN_TERMINAL"), Reply(record().pieces)])
async def test_cancel_is_asked_for_and_may_come_late(raw_server: RawServer, reply: Reply) -> None:
    raw_server.script(reply)
    async with connected(raw_server) as testing:
        await testing.client.cancel("run_1")
    assert raw_server.targets == ["POST /v1/runs/run_1/cancel"]


async def test_cancel_of_an_unknown_run_is_not_found(raw_server: RawServer) -> None:
    raw_server.script(refusal(404, "RUN_NOT_FOUND"))
    async with connected(raw_server) as testing:
        with pytest.raises(NotFound):
            await testing.client.cancel("run_9")
