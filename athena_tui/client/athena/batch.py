"""Reads the answer to a batch. Follows the Execute page for the events; their fields are documented nowhere.

Each item has one result, whatever the stream does: those that it leaves out have failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from athena_tui.client.athena.events import run_failed, run_status
from athena_tui.client.athena.fields import Identifier, Whole, either
from athena_tui.client.athena.wire import Outcome, execute_body, kind_of
from athena_tui.client.batches import BatchItem, BatchRequest, BatchResult
from athena_tui.client.events import RunFailed, RunFinished, RunStatus, RunSuspended
from athena_tui.client.json_text import read_json
from athena_tui.client.models import JsonObject, JsonValue, RunRequest
from athena_tui.client.sse import ServerEvent

_UNDER_WAY: Final = frozenset({"running", "pending", "queued", "in_progress", "processing", "started"})


class ItemOutcome(Outcome):
    """How one item went: a `batch_progress` event, or an entry of a list of results."""

    wrappers = ("payload", "data", "item")

    key: Identifier = either("key", "item_key", "itemKey", "item_id")
    index: Whole = either("index", "item_index")

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """`result` may be the whole outcome, or only what was produced."""
        result = fields.get("result")
        if isinstance(result, Mapping) and ("status" in result or "output" in result):
            fields = {**result, **fields}
        elif result is not None:
            fields = {"output": result, **fields}
        return super().prepare(fields)


def batch_body(batch: BatchRequest) -> JsonObject:
    """The body of the batch endpoint: each item is an execution with a key."""
    return {"items": [_item_body(batch, item) for item in batch.items]}


def _item_body(batch: BatchRequest, item: BatchItem) -> JsonObject:
    user = batch.external_user_id
    request = RunRequest(batch.agent_id, item.message, "", variables=item.variables, external_user_id=user)
    return {"key": item.key, **execute_body(request)}


class BatchReader:
    """Turns the answer to a batch into results.

    Args:
        keys: Of the items, as they were sent.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self.ended = False
        self._keys = tuple(keys)
        self._open = dict.fromkeys(self._keys)

    def read(self, event: ServerEvent) -> Iterator[BatchResult]:
        """What one server-sent event says. Nothing follows the end of the batch."""
        if self.ended:
            return
        try:
            data = read_json(event.data)
        except ValueError:
            return
        match kind_of(event.name, data):
            case "batch_progress":
                yield from self._item(data)
            case "batch_completed":
                yield from self.read_answer(data)
            case "error":
                yield from self._all_failed(run_failed(data, None))

    def read_answer(self, value: JsonValue) -> Iterator[BatchResult]:
        """The end of the batch, or an answer in one piece: it may list results that were not there before."""
        fields = value if isinstance(value, dict) else {}
        inner = next((fields[name] for name in ("payload", "data") if isinstance(fields.get(name), dict)), fields)
        for name in ("results", "items"):
            found = inner.get(name) if isinstance(inner, dict) else None
            for item in found if isinstance(found, list) else []:
                yield from self._item(item)
        yield from self._all_failed(
            RunFailed("no_result", "The platform ended the batch without a result for this item.")
        )

    def end_of_stream(self, broken: str | None = None) -> Iterator[BatchResult]:
        """The stream is over before the batch was.

        Args:
            broken: Why the connection broke, where it did not end by itself.
        """
        reason = broken or "The stream ended before the batch had finished."
        yield from self._all_failed(
            RunFailed(
                "stream_interrupted",
                f"{reason} The item may have been run and charged; it was not sent again.",
                remedy="Look for it on the platform before you send it again.",
            )
        )

    def _item(self, data: JsonValue) -> Iterator[BatchResult]:
        try:
            outcome = ItemOutcome.model_validate(data)
        except ValidationError:
            return
        key = outcome.key
        if key is None and outcome.index is not None and 0 <= outcome.index < len(self._keys):
            key = self._keys[outcome.index]
        if key in self._open and outcome.status not in _UNDER_WAY:
            del self._open[key]
            yield BatchResult(key, _end(outcome, data))

    def _all_failed(self, end: RunFailed) -> Iterator[BatchResult]:
        self.ended = True
        missing, self._open = self._open, {}
        yield from (BatchResult(key, end) for key in missing)


def _end(outcome: ItemOutcome, data: JsonValue) -> RunFinished | RunSuspended | RunFailed:
    status = run_status(outcome.status) or (RunStatus.COMPLETED if outcome.error is None else RunStatus.FAILED)
    if status is RunStatus.FAILED:
        return run_failed(data, outcome.execution_id)
    if status not in {RunStatus.COMPLETED, RunStatus.CANCELLED}:
        return RunSuspended(outcome.execution_id, status)
    return RunFinished(
        outcome.execution_id,
        status,
        text=outcome.output.text,
        parsed_output=outcome.output.parsed_output,
        usage=outcome.usage.usage(),
        cost_microdollars=outcome.cost_microdollars,
        latency_ms=outcome.latency_ms,
    )
