"""Answers to a batch: the documented order, every way to end, any cut, and what is sent."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client.athena.batch import BatchReader
from athena_tui.client.athena.client import AthenaClient
from athena_tui.client.batches import Batches, BatchItem, BatchRequest, BatchResult
from athena_tui.client.errors import AlreadyAccepted, OutOfCredits
from athena_tui.client.events import RunFailed, RunFinished, RunStatus, RunSuspended
from athena_tui.client.models import Usage
from athena_tui.client.sse import ServerEvent, server_events
from tests.client.raw_server import RawServer, json_reply, sse_reply
from tests.client.raw_server import events as stream_of

ITEMS = (BatchItem("a", "one"), BatchItem("b", "two", {"tone": "dry"}))
BATCH = BatchRequest("agent:x", ITEMS, "key-1", external_user_id="uid")
STARTED = {"type": "batch_started", "batch_id": "batch:1", "total": 2}
OUTPUT = {"text": "Ünïcödé 🤔", "usage": {"total_tokens": 10}, "cost_microdollars": 90}
GOOD = {"type": "batch_progress", "key": "a", "index": 0, "status": "completed", "output": OUTPUT}
BAD = {
    "type": "batch_progress",
    "key": "b",
    "status": "failed",
    "error": {"code": "provider_error", "message": "The model is away."},
}
COMPLETED = {"type": "batch_completed", "batch_id": "batch:1", "total": 2, "completed": 1, "failed": 1}

DONE = BatchResult("a", RunFinished(None, text="Ünïcödé 🤔", usage=Usage(total_tokens=10), cost_microdollars=90))


def respond(*values: Any, broken: str | None = None) -> list[BatchResult]:
    """The results of a stream that consists of these values and then ends."""
    reader = BatchReader("ab")
    found = [result for value in values for result in reader.read(ServerEvent("message", json.dumps(value)))]
    return [*found, *reader.end_of_stream(broken)]


def codes(results: Iterable[BatchResult]) -> dict[str, str]:
    """How each item ended: the code of a failure, or the status."""
    return {
        result.key: result.end.code if isinstance(result.end, RunFailed) else result.end.status.value
        for result in results
    }


def test_the_documented_order() -> None:
    results = respond(STARTED, GOOD, {"type": "heartbeat"}, BAD, COMPLETED)
    assert results[0] == DONE
    failed = results[1].end
    assert isinstance(failed, RunFailed)
    assert (results[1].key, failed.code, failed.message) == ("b", "provider_error", "The model is away.")
    assert len(results) == 2


@pytest.mark.parametrize(
    "value",
    [
        {"item_key": "a", "output": OUTPUT},
        {"item_id": "a", "status": "Completed", "result": OUTPUT},
        {"key": "a", "result": {"status": "success", "output": OUTPUT}},
        {"index": 0, "output": OUTPUT},
        {"item": {"key": "a", "output": OUTPUT}},
        {"data": {"key": "a", "output": OUTPUT}},
    ],
)
def test_other_names_for_the_same(value: dict[str, Any]) -> None:
    assert respond({"type": "batch_progress", **value})[0] == DONE


def test_plain_text_as_a_result() -> None:
    (first, _) = respond({"type": "batch_progress", "key": "a", "text": "Hi"})
    assert first.end == RunFinished(None, text="Hi")


def test_an_item_that_only_began_has_no_result_yet() -> None:
    assert respond({**GOOD, "status": "running"}, GOOD)[0] == DONE


def test_an_item_that_waits_for_a_person() -> None:
    asked = {"type": "batch_progress", "key": "a", "status": "AwaitingApproval", "execution_id": "execution:1"}
    assert respond(asked)[0].end == RunSuspended("execution:1", RunStatus.AWAITING_APPROVAL)


def test_each_item_has_one_result() -> None:
    stranger = {**GOOD, "key": "z"}
    assert [result.key for result in respond(GOOD, GOOD, stranger, BAD, COMPLETED, BAD)] == ["a", "b"]


def test_results_may_come_with_the_end() -> None:
    assert codes(respond(GOOD, {**COMPLETED, "results": [GOOD, BAD]})) == {"a": "completed", "b": "provider_error"}


def test_what_the_platform_leaves_out_has_failed() -> None:
    assert codes(respond(GOOD, COMPLETED)) == {"a": "completed", "b": "no_result"}


def test_an_error_is_about_everything_that_is_open() -> None:
    error = {"type": "error", "code": "payment_required", "message": "No credits."}
    assert codes(respond(GOOD, error)) == {"a": "completed", "b": "payment_required"}


@pytest.mark.parametrize("broken", [None, "The connection broke."])
def test_a_stream_that_ends_too_early_may_have_been_charged(broken: str | None) -> None:
    (_, lost) = respond(GOOD, broken=broken)
    assert isinstance(lost.end, RunFailed)
    assert lost.end.code == "stream_interrupted"
    assert "charged" in lost.end.message


STREAM = stream_of(STARTED, GOOD, {"type": "heartbeat"}, BAD, COMPLETED).encode()


async def read_stream(cuts: Iterable[int]) -> list[BatchResult]:
    edges = [0, *sorted(cuts), len(STREAM)]

    async def chunks() -> AsyncIterator[bytes]:
        for start, end in itertools.pairwise(edges):
            yield STREAM[start:end]

    reader = BatchReader("ab")
    return [result async for sent in server_events(chunks()) for result in reader.read(sent)]


@given(st.sets(st.integers(1, len(STREAM) - 1)))
async def test_any_cut_gives_the_same_results(cuts: set[int]) -> None:
    assert codes(await read_stream(cuts)) == {"a": "completed", "b": "provider_error"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = "key index item result output text status error usage results items data"
field_names = st.sampled_from(FIELDS.split())
kinds = st.sampled_from(["batch_started", "batch_progress", "batch_completed", "error", "other"])


@given(st.lists(st.tuples(kinds, st.dictionaries(field_names, json_values, max_size=5)), max_size=6))
def test_every_item_has_one_result_whatever_is_said(values: list[tuple[str, dict[str, Any]]]) -> None:
    found = respond(*({**fields, "type": kind} for kind, fields in values))
    assert sorted(result.key for result in found) == ["a", "b"]


async def test_what_is_sent(raw_server: RawServer, client: AthenaClient) -> None:
    assert isinstance(client, Batches)
    raw_server.script(sse_reply(STREAM))
    results = [result async for result in client.run_batch(BATCH)]
    assert codes(results) == {"a": "completed", "b": "provider_error"}
    (request,) = raw_server.requests
    assert request.target == "/agents/agent:x/execute/batch"
    assert request.headers["idempotency-key"] == "key-1"
    assert request.json() == {
        "items": [
            {"key": "a", "message": "one", "external_user_id": "uid"},
            {"key": "b", "message": "two", "variables": {"tone": "dry"}, "external_user_id": "uid"},
        ]
    }


async def test_a_connection_that_breaks(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(sse_reply(stream_of(STARTED, GOOD), ending="drop"))
    results = [result async for result in client.run_batch(BATCH)]
    assert codes(results) == {"a": "completed", "b": "stream_interrupted"}
    assert len(raw_server.requests) == 1


async def test_an_answer_in_one_piece(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": {"results": [GOOD, BAD]}}))
    results = [result async for result in client.run_batch(BATCH)]
    assert codes(results) == {"a": "completed", "b": "provider_error"}


@pytest.mark.parametrize(("status", "error"), [(402, OutOfCredits), (409, AlreadyAccepted)])
async def test_a_batch_that_is_refused(
    raw_server: RawServer, client: AthenaClient, status: int, error: type[Exception]
) -> None:
    raw_server.script(json_reply({"error": {"message": "No."}}, status))
    with pytest.raises(error):
        _ = [result async for result in client.run_batch(BATCH)]
