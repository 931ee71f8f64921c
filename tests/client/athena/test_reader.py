"""Whole responses: both documented orders, every way to end, any cut."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client import events
from athena_tui.client.athena.reader import ResponseReader
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.models import Usage
from athena_tui.client.sse import ServerEvent, server_events
from tests.client import raw_server

RUN = "execution:xyz"
START = {"type": "start", "execution_id": RUN}
CALL = {"type": "tool_call_awaiting_client", "execution_id": RUN, "tool_call_id": "tc", "name": "f", "arguments": {}}
ASKED = events.ClientToolCall(RUN, "tc", "f", {})

QUICKSTART = [
    {"type": "node_start", "node_id": "trigger_1"},
    {"type": "text", "text": "Here is a summary of"},
    {"type": "llm_final", "usage": {"total_tokens": 312}},
    {"type": "final", "status": "Completed", "execution_id": RUN},
]


def respond(values: Iterable[Any], *, broken: str | None = None, run_id: str | None = None) -> list[RunEvent]:
    """The events of a response that consists of these values and then ends."""
    reader = ResponseReader(run_id)
    found = [event for value in values for event in reader.read(ServerEvent("message", json.dumps(value)))]
    return [*found, *reader.end_of_stream(broken)]


def answer(value: Any, run_id: str | None = None) -> list[RunEvent]:
    """The events of a response that is JSON."""
    return list(ResponseReader(run_id).read_answer(value))


def test_the_order_of_the_quickstart() -> None:
    assert respond(QUICKSTART) == [
        events.NodeStarted("trigger_1"),
        events.TextDelta("Here is a summary of"),
        events.UsageReported(Usage(total_tokens=312)),
        events.RunStarted(RUN),
        events.RunFinished(RUN, usage=Usage(total_tokens=312)),
    ]


def test_the_order_of_the_event_table() -> None:
    final = {
        "type": "final",
        "status": "Completed",
        "execution_id": RUN,
        "output": {"text": "Done.", "parsed_output": {"ok": True}},
        "usage": {"input_tokens": 1, "output_tokens": 2},
        "cost_microdollars": 4200,
        "latency_ms": 2341,
    }
    assert respond([START | {"conversation_id": "conversation:c"}, {"type": "text", "text": "Done."}, final]) == [
        events.RunStarted(RUN, "conversation:c"),
        events.TextDelta("Done."),
        events.RunFinished(
            RUN,
            text="Done.",
            parsed_output={"ok": True},
            usage=Usage(1, 2, 3),
            cost_microdollars=4200,
            latency_ms=2341.0,
            conversation_id="conversation:c",
        ),
    ]


def test_a_repeated_start_starts_once() -> None:
    assert respond([START, START, QUICKSTART[-1]], run_id=RUN).count(events.RunStarted(RUN)) == 1


def test_usages_add_up_unless_final_has_totals() -> None:
    calls = [{"type": "llm_final", "usage": {"total_tokens": 10}}, {"type": "llm_final", "usage": {"input_tokens": 3}}]
    summed = respond([START, *calls, {"type": "final"}])[-1]
    totalled = respond([START, *calls, {"type": "final", "usage": {"total_tokens": 7}}])[-1]
    assert isinstance(summed, events.RunFinished)
    assert isinstance(totalled, events.RunFinished)
    assert summed.usage == Usage(3, None, 13)
    assert totalled.usage == Usage(total_tokens=7)


def test_nothing_follows_the_end() -> None:
    ended = respond([*QUICKSTART, {"type": "text", "text": "more"}, {"type": "error", "message": "late"}])
    assert ended == respond(QUICKSTART)


@pytest.mark.parametrize("last", [[], [{"type": "final", "status": "AwaitingClientTool", "execution_id": RUN}]])
def test_suspended_by_a_client_tool(last: list[Any]) -> None:
    assert respond([START, CALL, *last]) == [
        events.RunStarted(RUN),
        ASKED,
        events.RunSuspended(RUN, RunStatus.AWAITING_CLIENT_TOOL),
    ]


def test_calls_that_only_final_names() -> None:
    final = {"type": "final", "status": "AwaitingClientTool", "pending_tool_calls": [{"id": "tc", "name": "f"}]}
    assert respond([START, final])[1:] == [
        events.ClientToolCall(RUN, "tc", "f", None),
        events.RunSuspended(RUN, RunStatus.AWAITING_CLIENT_TOOL),
    ]


def test_a_call_named_twice_is_asked_once() -> None:
    final = {"type": "final", "status": "AwaitingClientTool", "pending_tool_calls": [CALL]}
    assert respond([START, CALL, CALL, final]).count(ASKED) == 1


def test_a_call_waits_for_the_id_of_the_run() -> None:
    call = {name: value for name, value in CALL.items() if name != "execution_id"}
    final = {"type": "final", "status": "AwaitingClientTool", "execution_id": RUN}
    assert respond([call, final]) == [
        events.RunStarted(RUN),
        ASKED,
        events.RunSuspended(RUN, RunStatus.AWAITING_CLIENT_TOOL),
    ]


def test_a_call_of_a_run_without_id_cannot_be_answered() -> None:
    (failed,) = respond([{"type": "tool_call_awaiting_client", "id": "tc", "name": "f"}])
    assert isinstance(failed, events.RunFailed)
    assert failed.code == "unreadable_answer"


@pytest.mark.parametrize("last", [[], [{"type": "final", "status": "AwaitingApproval"}]])
def test_suspended_by_a_gate(last: list[Any]) -> None:
    assert respond([START, {"type": "human_gate", "prompt": "Send?"}, *last])[1:] == [
        events.ApprovalRequested(RUN, "Send?"),
        events.RunSuspended(RUN, RunStatus.AWAITING_APPROVAL),
    ]


def test_a_gate_that_only_the_status_names() -> None:
    assert respond([START, {"type": "final", "status": "AwaitingApproval"}])[1:] == [
        events.ApprovalRequested(RUN),
        events.RunSuspended(RUN, RunStatus.AWAITING_APPROVAL),
    ]


@pytest.mark.parametrize(
    ("values", "broken"),
    [
        ([], None),
        ([START], None),
        ([START, {"type": "text", "text": "half"}], None),
        ([START, CALL], "The connection broke."),
        ([START, {"type": "text", "text": "half"}], "The connection broke."),
    ],
)
def test_interrupted(values: list[Any], broken: str | None) -> None:
    last = respond(values, broken=broken)[-1]
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.retryable, last.refunded) == ("stream_interrupted", False, False)
    assert last.run_id == (RUN if values else None)
    assert "was not sent again" in last.message
    assert "conversation" in (last.remedy or "")


def test_failed_by_an_error_event() -> None:
    last = respond([START, {"type": "error", "code": "provider_error", "message": "no", "trace_id": "t"}])[-1]
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.run_id, last.trace_id) == ("provider_error", RUN, "t")
    assert (last.refunded, last.retryable) == (True, True)


def test_failed_by_final() -> None:
    last = respond([START, {"type": "final", "status": "Failed", "error": "the node gave up"}])[-1]
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.message, last.refunded) == ("run_failed", "the node gave up", True)


def test_cancelled() -> None:
    last = respond([START, {"type": "final", "status": "Cancelled"}])[-1]
    assert last == events.RunFinished(RUN, RunStatus.CANCELLED)


def test_done_is_not_an_event() -> None:
    reader = ResponseReader()
    assert list(reader.read(ServerEvent("message", "[DONE]"))) == []


def test_deltas_are_cleaned_across_their_borders() -> None:
    deltas = ["red \x1b[3", "1mtext\x1b]0;ti", "tle\x07 and \ud83d", "\ude00"]
    values = [{"type": "text", "text": delta} for delta in deltas]
    between = [{"type": "reasoning", "text": "hm\x1b"}, {"type": "reasoning", "text": "[0m!"}]
    found = respond([START, values[0], between[0], values[1], between[1], *values[2:]])
    assert "".join(event.text for event in found if isinstance(event, events.TextDelta)) == "red text and 😀"
    assert "".join(event.text for event in found if isinstance(event, events.ReasoningDelta)) == "hm!"


def test_nothing_dirty_comes_through_a_side_door() -> None:
    escape = "\x1b[2Jx\x07"
    call = {"type": "tool_call", "id": escape, "name": escape, "arguments": json.dumps({escape: [escape]})}
    first = {"type": "text", "text": "hi", "execution_id": f"execution:{escape}"}
    found = respond([first, call, {"type": "error", "code": escape, "message": escape, "trace_id": escape}])
    assert found[0] == events.RunStarted("execution:x")
    assert found[2] == events.ServerToolCall("x", "x", {"x": ["x"]})
    assert "\\x1b" not in repr(found)
    assert "\\x07" not in repr(found)


def test_a_blocking_answer() -> None:
    output = {
        "text": "Hi",
        "parsed_output": None,
        "usage": {"input_tokens": 150, "output_tokens": 280, "total_tokens": 430},
        "cost_microdollars": 4200,
    }
    data = {"execution_id": RUN, "status": "completed", "output": output, "latency_ms": 2341}
    finished = events.RunFinished(RUN, text="Hi", usage=Usage(150, 280, 430), cost_microdollars=4200, latency_ms=2341.0)
    assert answer({"data": data}) == [events.RunStarted(RUN), finished]
    assert answer(data) == [events.RunStarted(RUN), finished]


@pytest.mark.parametrize("name", ["pending_tool_calls", "tool_calls", "client_tool_calls", "awaiting_tool_calls"])
@pytest.mark.parametrize("inside", [True, False])
def test_a_blocking_answer_that_wants_tools(name: str, *, inside: bool) -> None:
    calls = {name: [{"tool_call_id": "tc", "name": "f", "arguments": {}}]}
    place = {"output": calls} if inside else {"output": None, **calls}
    assert answer({"data": {"execution_id": RUN, "status": "awaiting_client_tool", **place}}) == [
        events.RunStarted(RUN),
        ASKED,
        events.RunSuspended(RUN, RunStatus.AWAITING_CLIENT_TOOL),
    ]


@pytest.mark.parametrize("approval", [{"node_id": "g", "prompt": "Send?", "options": ["approve", "reject"]}, None])
def test_a_blocking_answer_that_wants_approval(approval: Any) -> None:
    asked = events.ApprovalRequested(RUN, "Send?", ("approve", "reject"), "g")
    found = answer({"data": {"execution_id": RUN, "status": "awaiting_approval", "approval": approval}})
    assert found == [
        events.RunStarted(RUN),
        asked if approval else events.ApprovalRequested(RUN),
        events.RunSuspended(RUN, RunStatus.AWAITING_APPROVAL),
    ]


def test_text_said_before_a_blocking_answer_waits_is_kept() -> None:
    data = {"execution_id": RUN, "status": "waiting_for_external_event", "output": {"text": "Painting…"}}
    assert answer({"data": data})[1:] == [
        events.TextDelta("Painting…"),
        events.RunSuspended(RUN, RunStatus.WAITING_FOR_EXTERNAL_EVENT),
    ]


def test_a_blocking_answer_that_failed() -> None:
    error = {"code": "provider_error", "message": "no"}
    last = answer({"data": {"execution_id": RUN, "status": "failed", "error": error}})[-1]
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.message, last.run_id, last.refunded) == ("provider_error", "no", RUN, True)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"data": {"status": "awaiting_client_tool", "remaining_tool_calls": 1}}, RunStatus.AWAITING_CLIENT_TOOL),
        ({"data": {"status": "running"}}, RunStatus.WAITING_FOR_EXTERNAL_EVENT),
        ({"data": {}}, RunStatus.WAITING_FOR_EXTERNAL_EVENT),
        (None, RunStatus.WAITING_FOR_EXTERNAL_EVENT),
        ([], RunStatus.WAITING_FOR_EXTERNAL_EVENT),
    ],
)
def test_a_continuation_that_still_waits(value: Any, status: RunStatus) -> None:
    assert answer(value, run_id=RUN) == [events.RunStarted(RUN), events.RunSuspended(RUN, status)]


STREAM = raw_server.events(
    START,
    {"type": "reasoning", "text": "Ünïcödé 🤔 \x1b[2J"},
    {"type": "heartbeat"},
    *QUICKSTART[:3],
    {"type": "text", "text": " 日本\x1b"},
    {"type": "text", "text": "[31m語"},
    CALL,
    {"type": "final", "status": "AwaitingClientTool"},
).encode()


async def read_stream(cuts: Iterable[int]) -> list[RunEvent]:
    edges = [0, *sorted(cuts), len(STREAM)]

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in itertools.pairwise(edges):
            yield STREAM[start:end]

    reader = ResponseReader()
    found = [event async for sent in server_events(chunks()) for event in reader.read(sent)]
    return [*found, *reader.end_of_stream()]


@given(st.sets(st.integers(1, len(STREAM) - 1)))
async def test_any_cut_gives_the_same_events(cuts: set[int]) -> None:
    found = await read_stream(cuts)
    assert found == await read_stream([])
    assert isinstance(found[-1], events.RunSuspended)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "text delta data payload tool tool_call tool_calls function id name node media urls output usage cost approval "
    "options error status execution_id is_error arguments result images cost_microdollars tool_result"
)
KINDS = (
    "start text reasoning tool_call tool_result tool_call_awaiting_client node_start node_complete human_gate "
    "media_gen_submitted media_gen_complete heartbeat llm_final final error other"
)
field_names = st.sampled_from(FIELDS.split())
kinds = st.sampled_from(KINDS.split())


@given(st.lists(st.tuples(kinds, st.dictionaries(field_names, json_values, max_size=5)), max_size=6))
def test_no_response_breaks_the_reader(values: list[tuple[str, dict[str, Any]]]) -> None:
    found = respond([{**fields, "type": kind} for kind, fields in values])
    ends = [e for e in found if isinstance(e, (events.RunFinished, events.RunSuspended, events.RunFailed))]
    assert ends == [found[-1]]
    assert sum(isinstance(event, events.RunStarted) for event in found) <= 1


def test_a_status_that_is_not_known_is_no_success() -> None:
    *_, last = respond([START, {"type": "final", "execution_id": RUN, "status": "TimedOut"}])
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.run_id, "timed_out" in last.message) == ("timed_out", RUN, True)


def test_nor_is_it_in_a_blocking_answer() -> None:
    last = answer({"data": {"execution_id": RUN, "status": "timed_out", "output": {"text": "Half"}}})[-1]
    assert isinstance(last, events.RunFailed)
    assert last.code == "timed_out"
