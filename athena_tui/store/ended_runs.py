"""What runs told beside their answers, which no platform's history repeats in full: thinking, tokens, cost and time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import astuple

from athena_tui.client.models import Usage
from athena_tui.client.record import record
from athena_tui.store.database import Database, storable


@record(frozen=True, slots=True)
class Thought:
    """What an agent thought at a stretch; `duration` is in seconds."""

    text: str
    duration: float | None = None


@record(frozen=True, slots=True)
class EndedRun:
    """What is remembered of a run. `latency_ms` is in milliseconds, `cost_microdollars` in millionths of a dollar."""

    thoughts: tuple[Thought, ...] = ()
    usage: Usage | None = None
    cost_microdollars: int | None = None
    latency_ms: float | None = None


class EndedRuns:
    """One record for each run of each profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, profile: str, run_id: str, run: EndedRun) -> None:
        """Keep what a run told; it takes the place of what was kept before."""
        row = (profile, storable(run_id), storable(json.dumps(astuple(run))))
        await self._database.write(
            lambda connection: connection.execute("INSERT OR REPLACE INTO ended_runs VALUES (?, ?, ?)", row)
        )

    async def get(self, profile: str, run_ids: Collection[str]) -> Mapping[str, EndedRun]:
        """What is known of these runs, by their ids."""
        if not run_ids:
            return {}
        wanted = [(profile, storable(run_id)) for run_id in run_ids]
        one = "SELECT run_id, body FROM ended_runs WHERE profile = ? AND run_id = ?"

        def query(connection: sqlite3.Connection) -> Mapping[str, EndedRun]:
            return {run_id: _read(body) for key in wanted for run_id, body in connection.execute(one, key)}

        return await self._database.read(query)


def _read(body: str) -> EndedRun:
    thoughts, usage, cost_microdollars, latency_ms = json.loads(body)
    told = None if usage is None else Usage(*usage)
    return EndedRun(tuple(Thought(*thought) for thought in thoughts), told, cost_microdollars, latency_ms)
