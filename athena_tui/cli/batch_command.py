"""`athena-tui batch`: many messages at once, one JSON item a line in, one result a line out."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing

from athena_tui.chat.run import RunEnd
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.chat.transcript import Transcript
from athena_tui.cli.batch_file import read_items
from athena_tui.cli.connection import agent_to_ask, connected
from athena_tui.cli.event_json import end_object
from athena_tui.cli.exit_status import ExitStatus, status_of_end
from athena_tui.cli.failures import reported
from athena_tui.cli.printers import Narrator
from athena_tui.client.batches import Batches, BatchItem, BatchRequest
from athena_tui.client.events import RunFailed, RunStatus
from athena_tui.client.models import JsonObject
from athena_tui.client.protocol import AgentClient
from athena_tui.config.settings import Settings

_WHOLE_FAILURES = frozenset(
    {ExitStatus.NOT_ALLOWED, ExitStatus.OUT_OF_CREDITS, ExitStatus.RATE_LIMITED, ExitStatus.TROUBLE}
)


def run(arguments: argparse.Namespace) -> int:
    """Send a batch and print each result as it comes; the process's exit status."""
    return reported(lambda: asyncio.run(_batch(arguments, read_items(arguments.file))))


async def _batch(arguments: argparse.Namespace, items: Sequence[BatchItem]) -> int:
    results = Results(len(items))
    key = arguments.idempotency_key or str(uuid.uuid4())
    async with connected(arguments, Narrator()) as (client, settings):
        agent_id = await agent_to_ask(client, settings)
        try:
            if isinstance(client, Batches):
                await _at_once(client, settings, agent_id, items, results, key)
            else:
                await _turn_by_turn(client, settings, agent_id, items, arguments.parallel, results, key)
        finally:
            results.summarise()
    return results.status


async def _at_once(
    client: Batches, settings: Settings, agent_id: str, items: Sequence[BatchItem], results: Results, key: str
) -> None:
    """Send all of them in one request; the platform says how many run at a time."""
    batch = BatchRequest(agent_id, tuple(items), key, settings.external_user_id)
    async with aclosing(client.run_batch(batch)) as arriving:
        async for result in arriving:
            said = Transcript()
            said.apply(result.end, 0.0)
            results.add(result.key, result.end, said)


async def _turn_by_turn(
    client: AgentClient,
    settings: Settings,
    agent_id: str,
    items: Sequence[BatchItem],
    parallel: int,
    results: Results,
    key: str,
) -> None:
    """Send each as a turn of its own, some at a time; a turn that is interrupted is cancelled on the platform, too."""
    options = SessionOptions(agent_id, external_user_id=settings.external_user_id, attended=False)
    places = asyncio.Semaphore(parallel)

    async def turn(item: BatchItem) -> tuple[str, RunEnd, Transcript]:
        async with places:
            session = Session(client, options)
            end = await session.send(item.message, (), item.variables, key_of(key, item))
            return item.key, end, session.transcript

    turns = [asyncio.create_task(turn(item)) for item in items]
    try:
        for finished in asyncio.as_completed(turns):
            results.add(*await finished)
    finally:
        for task in turns:
            task.cancel()
        await asyncio.gather(*turns, return_exceptions=True)


def key_of(key: str, item: BatchItem) -> str:
    """The idempotency key of one item: the same whenever the batch is sent again with the same key."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{key}\n{item.key}"))


class Results:
    """Prints results, and counts them.

    Args:
        expected: How many there should be.
    """

    def __init__(self, expected: int) -> None:
        self._expected = expected
        self._ends: Counter[ExitStatus] = Counter()
        self._statuses: Counter[str] = Counter()
        self._microdollars = 0

    @property
    def status(self) -> ExitStatus:
        """What all of them together come to."""
        if self._ends.keys() == {ExitStatus.COMPLETED}:
            return ExitStatus.COMPLETED
        why = next(iter(self._ends), ExitStatus.RUN_FAILED)
        return why if len(self._ends) == 1 and why in _WHOLE_FAILURES else ExitStatus.RUN_FAILED

    def add(self, key: str, end: RunEnd, said: Transcript) -> None:
        """Print one result as a JSON object."""
        record = _record(key, end, said)
        self._ends[status_of_end(end)] += 1
        self._statuses[str(record["status"])] += 1
        cost = record.get("cost_microdollars")
        self._microdollars += cost if isinstance(cost, int) else 0
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    def summarise(self) -> None:
        """Tell on stderr how it went."""
        counts = [f"{count} {status.replace('_', ' ')}" for status, count in self._statuses.items()]
        missing = self._expected - self._statuses.total()
        counts += [f"{missing} without a result"] if missing else []
        cost = f"; ${self._microdollars / 1_000_000:.4f}" if self._microdollars else ""
        items = "1 item" if self._expected == 1 else f"{self._expected} items"
        sys.stderr.write(f"· {items}: {', '.join(counts)}{cost}\n")


def _record(key: str, end: RunEnd, said: Transcript) -> JsonObject:
    ended = end_object(end, said, None)
    if isinstance(end, RunFailed):
        names = ("code", "message", "trace_id", "retryable")
        error: JsonObject = {name: ended[name] for name in names if name in ended}
        text = said.answer(said.turn) if said.turn else ""
        return {"key": key, "status": RunStatus.FAILED.value, "text": text, "error": error}
    shown = ("status", "text", "parsed_output", "usage", "cost_microdollars")
    return {"key": key, **{name: ended[name] for name in shown if name in ended}}
