"""The execution endpoints. Follows the Execute page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from starlette.responses import Response

from athena_tui.sandbox.agents.catalogue import agent_by_id
from athena_tui.sandbox.agents.steps import Agent
from athena_tui.sandbox.athena.api import Call, LiveRun, data
from athena_tui.sandbox.athena.credits import CANCELLED_NOTE
from athena_tui.sandbox.athena.errors import ApiError, invalid
from athena_tui.sandbox.athena.executions import SUSPENDED, Execution
from athena_tui.sandbox.athena.performance import Performance
from athena_tui.sandbox.athena.validation import ExecuteRequest, batch_items, execute_request
from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.sse import EventStream, frame, watch_disconnect

_FAILURES = ("error", "failure", "failed", "rejected", "cancelled")


async def execute(call: Call) -> Response:
    """POST /agents/{id}/execute: run and answer when done or suspended."""
    agent = callable_agent(call)
    execution = _begin(call, agent, execute_request(agent, await call.body()))
    return await _blocking(call, execution)


async def execute_stream(call: Call) -> Response:
    """POST /agents/{id}/execute/stream: run and tell of it as it happens."""
    agent = callable_agent(call)
    execution = _begin(call, agent, execute_request(agent, await call.body()))
    return _streaming(call, execution)


async def execute_batch(call: Call) -> Response:
    """POST /agents/{id}/execute/batch: several runs, one after the other."""
    agent = callable_agent(call)
    items = batch_items(agent, await call.body())
    _afford(call, agent.credits)
    call.claim()
    interrupt = call.api.state.interrupt()
    return EventStream(_batch_frames(call, agent, items, interrupt), interrupt)


async def preview_credits(call: Call) -> Response:
    """POST /agents/{id}/preview-credits: what a run with these inputs would cost."""
    agent = callable_agent(call)
    inputs = (await call.body()).get("inputs") or {}
    if not isinstance(inputs, dict):
        raise invalid({"inputs": "Must be an object."})
    rules = [
        {"name": rule.name, "variable": rule.variable, "value": rule.value, "adjustment": rule.adjustment}
        for rule in agent.price_rules
        if inputs.get(rule.variable) == rule.value
    ]
    return data({"total_credits": price(agent, inputs), "base_cost": agent.credits, "rules": rules})


async def tool_result(call: Call) -> Response:
    """POST /executions/{id}/tool-result: answer a client tool call; the last answer resumes the run."""
    body = await call.body()
    execution = _execution(call)
    call_id, outcome = body.get("tool_call_id"), body.get("outcome", "success")
    if not isinstance(call_id, str):
        raise invalid({"tool_call_id": "The id of the call."})
    if outcome != "success" and outcome not in _FAILURES:
        raise invalid({"outcome": "Either success or error."})
    if execution.status != "awaiting_client_tool":
        raise ApiError(409, f"The execution is {execution.status}; it waits for no tool.")
    asked = next((asked for asked in execution.pending["calls"] if asked["tool_call_id"] == call_id), None)
    if asked is None:
        raise ApiError(404, "The execution has no such tool call.")
    if call_id in execution.pending["replies"]:
        raise ApiError(409, "This tool call was answered already.")
    call.claim()
    result = body.get("result") if outcome == "success" else body.get("error", body.get("result"))
    execution.pending["replies"][call_id] = {"ok": outcome == "success", "result": result}
    _note_tool_result(call, execution, asked, result)
    remaining = len(execution.open_calls())
    if remaining:
        call.api.executions.save(execution)
        status = {"execution_id": execution.id, "status": execution.status, "remaining_tool_calls": remaining}
        return data(status)
    replies = execution.pending["replies"]
    return await _continue(call, execution, [replies[asked["tool_call_id"]] for asked in execution.pending["calls"]])


async def resume(call: Call) -> Response:
    """POST /executions/{id}/resume: what a person decided at the gate."""
    body = await call.body()
    execution = _execution(call)
    if execution.status != "awaiting_approval":
        raise ApiError(409, f"The execution is {execution.status}; it waits for no decision.")
    approved = _decision(body)
    comment = body.get("comment") or body.get("feedback") or ""
    call.claim()
    return await _continue(call, execution, {"approved": approved, "comment": str(comment)})


async def cancel(call: Call) -> Response:
    """POST /executions/{id}/cancel: stop a run; what it did not use of its credits goes back."""
    execution = _execution(call)
    live = call.api.live.get(execution.id)
    if execution.status in SUSPENDED:
        call.claim()
        _cancel_suspended(call, execution)
    elif execution.status == "running" and live is not None:
        call.claim()
        live.interrupt.set()
        # A client that reads slowly holds its stream up; the run is then settled a little later.
        with suppress(TimeoutError):
            await asyncio.wait_for(live.done.wait(), 1)
        if _execution(call).status not in ("running", "cancelled"):
            raise ApiError(409, "The execution ended before it could be cancelled.")
    else:
        raise ApiError(409, f"The execution is {execution.status} already.")
    return data({"execution_id": execution.id, "status": "cancelled"})


async def get_execution(call: Call) -> Response:
    """GET /executions/{id}: where a run stands."""
    execution = _execution(call)
    return data({**execution.result, "execution_id": execution.id, "status": execution.status})


def callable_agent(call: Call) -> Agent:
    """The agent in the path.

    Raises:
        ApiError: 404 when there is none, 403 when the API may not call it.
    """
    agent = agent_by_id(call.record_id("agent"))
    if agent is None:
        raise ApiError(404, "There is no such agent.")
    if not agent.api_enabled:
        raise ApiError(403, f"{agent.name} is not open to the API: publish it with api_enabled.")
    return agent


def price(agent: Agent, variables: JsonObject) -> float:
    """Credits a run with these variables costs."""
    rules = (rule.adjustment for rule in agent.price_rules if variables.get(rule.variable) == rule.value)
    return round(agent.credits + sum(rules), 4)


def _execution(call: Call) -> Execution:
    execution = call.api.executions.find(call.record_id("execution"), call.caller.customer_id)
    if execution is None:
        raise ApiError(404, "There is no such execution.")
    return execution


def _cancel_suspended(call: Call, execution: Execution) -> None:
    tokens = execution.pending["output_tokens"]
    execution.charged = call.api.ledger.settle_cancelled(execution.customer_id, execution.charged, tokens)
    execution.status, execution.pending = "cancelled", {}
    execution.result = {"execution_id": execution.id, "status": "cancelled", "output": None, "latency_ms": 0}
    if execution.conversation_id is not None:
        call.api.conversations.add(execution.conversation_id, "system", CANCELLED_NOTE, execution_id=execution.id)
    call.api.executions.save(execution)


def _decision(body: JsonObject) -> bool:
    for name in ("decision", "action", "outcome", "response", "input"):
        word = body.get(name)
        if isinstance(word, str) and word.lower().startswith(("approve", "reject")):
            return word.lower().startswith("approve")
    approved = body.get("approved")
    if isinstance(approved, bool):
        return approved
    raise invalid({"decision": "Either approve or reject."})


def _payer(call: Call, request: ExecuteRequest) -> str | None:
    if call.caller.customer_id is None and request.external_user_id is not None:
        return call.api.ledger.customer(request.external_user_id)
    return call.caller.customer_id


def _afford(call: Call, credits_: float, customer_id: str | None = None) -> None:
    customer_id = customer_id or call.caller.customer_id
    if customer_id is None:
        return
    active = call.api.ledger.balance(customer_id)["active"]
    if active < credits_:
        raise ApiError(402, f"This run costs {credits_:g} credits; {active:g} are left. Top up to go on.")


def _begin(call: Call, agent: Agent, request: ExecuteRequest) -> Execution:
    """Everything that can refuse a run, then its start: saved and paid for."""
    customer_id = _payer(call, request)
    conversation_id = _conversation(call, request)
    _known_attachments(call, request)
    cost = price(agent, request.variables)
    _afford(call, cost, customer_id)
    call.claim()
    return _create(call, agent, request, customer_id, conversation_id, cost)


def _create(
    call: Call, agent: Agent, request: ExecuteRequest, customer_id: str | None, conversation_id: str | None, cost: float
) -> Execution:
    api = call.api
    if not api.ledger.charge(customer_id, cost):
        raise ApiError(402)
    balance = None if customer_id is None else api.ledger.balance(customer_id)["active"]
    turn: dict[str, Any] = {
        "message": request.message,
        "now": timestamp(api.state.clock.now()),
        "history": [] if conversation_id is None else api.conversations.history(conversation_id),
        "variables": request.variables,
        "attachments": list(request.attachments),
        "tools": list(request.tools) if agent.accepts_client_tools else [],
        "credits": balance,
    }
    execution = api.executions.create(agent, customer_id, conversation_id, turn, cost)
    if conversation_id is not None:
        api.conversations.add(
            conversation_id, "user", request.message, execution_id=execution.id, attachments=list(request.attachments)
        )
    return execution


def _conversation(call: Call, request: ExecuteRequest) -> str | None:
    if request.conversation_id is None:
        return None
    conversation_id = f"conversation:{request.conversation_id.removeprefix('conversation:')}"
    customer_id = _payer(call, request)
    if customer_id is None:
        raise invalid({"conversation_scope": "With a workspace key, external_user_id says whose conversation it is."})
    call.api.conversations.item(customer_id, conversation_id)
    return conversation_id


def _known_attachments(call: Call, request: ExecuteRequest) -> None:
    for index, attachment in enumerate(request.attachments):
        key = attachment["storage_key"]
        row = call.api.state.database.one("SELECT 1 FROM athena_attachments WHERE storage_key = ?", (key,))
        if row is None:
            raise invalid({f"attachments[{index}].storage_key": "There is no such upload."})


def _note_tool_result(call: Call, execution: Execution, asked: JsonObject, result: Any) -> None:
    if execution.conversation_id is not None:
        call.api.conversations.add_tool_result(
            execution.conversation_id, execution.id, asked["tool_call_id"], asked["name"], result
        )


async def _continue(call: Call, execution: Execution, answer: Any) -> Response:
    execution.answers.append(answer)
    execution.pending = {}
    execution.status = "running"
    call.api.executions.save(execution)
    return _streaming(call, execution) if call.wants_stream else await _blocking(call, execution)


def _streaming(call: Call, execution: Execution) -> Response:
    interrupt = call.api.state.interrupt()

    async def frames() -> AsyncGenerator[str, None]:
        async for event in _live_events(call, execution, interrupt):
            yield frame(event)

    return EventStream(frames(), interrupt)


async def _blocking(call: Call, execution: Execution) -> Response:
    interrupt = call.api.state.interrupt()
    watcher = asyncio.create_task(watch_disconnect(call.request.receive, interrupt))
    try:
        async for _ in _live_events(call, execution, interrupt):
            pass
    finally:
        watcher.cancel()
    error = execution.result.get("error", {})
    if error.get("code") == "payment_required":
        raise ApiError(402, error["message"])
    return data(execution.result)


async def _live_events(call: Call, execution: Execution, interrupt: asyncio.Event) -> AsyncGenerator[JsonObject, None]:
    live = call.api.live[execution.id] = LiveRun(interrupt)
    performance = Performance(call.api.state, execution, interrupt, call.api.media, call.base_url)
    events = performance.events()
    try:
        async for event in events:
            yield event
    finally:
        await events.aclose()
        # A quick client may have answered, and so started the next response, before this one was closed.
        if call.api.live.get(execution.id) is live:
            del call.api.live[execution.id]
        live.done.set()


async def _batch_frames(
    call: Call, agent: Agent, items: list[tuple[str, ExecuteRequest]], interrupt: asyncio.Event
) -> AsyncGenerator[str, None]:
    batch = {"batch_id": f"batch:{call.api.state.ids.key()}"}
    counts = {"completed": 0, "failed": 0, "total": len(items)}
    tokens = cost = 0
    yield frame({"type": "batch_started", **batch, "total": len(items)})
    for index, (key, request) in enumerate(items):
        if interrupt.is_set():
            return
        result = await _batch_item(call, agent, request, interrupt)
        counts["completed" if result["status"] == "completed" else "failed"] += 1
        output = result.get("output") or {}
        tokens += output.get("usage", {}).get("total_tokens", 0)
        cost += output.get("cost_microdollars", 0)
        yield frame({"type": "batch_progress", **batch, "key": key, "index": index, **result, **counts})
    totals = {"usage": {"total_tokens": tokens}, "cost_microdollars": cost}
    yield frame({"type": "batch_completed", **batch, **counts, **totals})


async def _batch_item(call: Call, agent: Agent, request: ExecuteRequest, interrupt: asyncio.Event) -> JsonObject:
    try:
        customer_id = _payer(call, request)
        conversation_id = _conversation(call, request)
        _known_attachments(call, request)
        cost = price(agent, request.variables)
        execution = _create(call, agent, request, customer_id, conversation_id, cost)
    except ApiError as error:
        return {"status": "failed", "error": {"code": error.code, "message": str(error)}}
    async for _ in _live_events(call, execution, interrupt):
        pass
    return execution.result
