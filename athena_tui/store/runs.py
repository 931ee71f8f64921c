"""Runs in flight: written before anything goes over the wire, so that a killed process can pick them up again."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from datetime import UTC, datetime

from athena_tui.client.record import record
from athena_tui.store.database import Database, storable
from athena_tui.store.ended_runs import EndedRuns

THIS_PROCESS = uuid.uuid4().hex
"""Tells this process from others; its id alone will not do, for in a container every life may have the same one."""


@record(frozen=True, slots=True)
class RunInFlight:
    """A run that has begun and not ended. `run_id` is `None` until the platform has named it."""

    idempotency_key: str
    profile: str
    agent_id: str
    message: str = ""
    conversation_id: str | None = None
    run_id: str | None = None
    started_at: datetime | None = None


class Runs:
    """The runs in flight of all processes that share the database, and what is remembered of those that ended."""

    def __init__(self, database: Database, owner: str = THIS_PROCESS) -> None:
        self.ended = EndedRuns(database)
        self._database = database
        self._owner = owner

    async def begin(self, run: RunInFlight) -> None:
        """Write a run down before it is sent; from now on it is this process's."""
        row = (
            run.idempotency_key,
            run.profile,
            run.conversation_id,
            run.agent_id,
            storable(run.message),
            run.run_id,
            run.started_at.timestamp() if run.started_at else time.time(),
            self._owner,
            os.getpid(),
        )
        await self._database.write(
            lambda connection: connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        )

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """The platform named the run."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE runs SET run_id = ? WHERE idempotency_key = ?", (run_id, idempotency_key)
            )
        )

    async def finish(self, idempotency_key: str) -> None:
        """The run is over, however it ended."""
        await self._database.write(
            lambda connection: connection.execute("DELETE FROM runs WHERE idempotency_key = ?", (idempotency_key,))
        )

    async def get(self, idempotency_key: str) -> RunInFlight | None:
        """One run, if it is in flight."""
        runs = await self._database.read(_runs)
        return next((run for run, _, _ in runs if run.idempotency_key == idempotency_key), None)

    async def take_orphans(self, profile: str) -> tuple[RunInFlight, ...]:
        """Take over, oldest first, the runs whose process is gone; no two processes get the same one."""

        def change(connection: sqlite3.Connection) -> tuple[RunInFlight, ...]:
            orphans = [
                run
                for run, owner, pid in _runs(connection)
                if run.profile == profile and owner != self._owner and (pid == os.getpid() or not _is_alive(pid))
            ]
            connection.executemany(
                "UPDATE runs SET owner = ?, owner_pid = ? WHERE idempotency_key = ?",
                [(self._owner, os.getpid(), run.idempotency_key) for run in orphans],
            )
            return tuple(orphans)

        return await self._database.write(change)


def _runs(connection: sqlite3.Connection) -> list[tuple[RunInFlight, str, int]]:
    """All runs, oldest first, each with its owner and the owner's process id."""
    rows = connection.execute(
        """
        SELECT owner, owner_pid, idempotency_key, profile, agent_id, message, conversation_id, run_id, started_at
        FROM runs ORDER BY started_at
        """
    ).fetchall()
    return [
        (
            RunInFlight(
                idempotency_key=key,
                profile=profile,
                agent_id=agent_id,
                message=message,
                conversation_id=conversation_id,
                run_id=run_id,
                started_at=datetime.fromtimestamp(started_at, UTC),
            ),
            owner,
            pid,
        )
        for owner, pid, key, profile, agent_id, message, conversation_id, run_id, started_at in rows
    ]


def _is_alive(pid: int) -> bool:
    if os.name == "nt":  # signal 0 would end the process there; a run taken over too early is the lesser evil
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
