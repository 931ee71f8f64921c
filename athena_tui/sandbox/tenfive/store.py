"""What the TenFive sandbox keeps: keys, runs, their events and signals, usage."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from athena_tui.sandbox.database import Database
from athena_tui.sandbox.json_text import JsonObject, encode

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tenfive_api_keys (
    key_id TEXT PRIMARY KEY, secret TEXT NOT NULL, customer_id TEXT NOT NULL, name TEXT,
    created_at TEXT NOT NULL, active INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS tenfive_runs (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, idempotency_key TEXT NOT NULL, body TEXT NOT NULL,
    status TEXT NOT NULL, reason_code TEXT, output TEXT, position INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, started_at TEXT, completed_at TEXT, request_id TEXT NOT NULL,
    seat INTEGER NOT NULL, UNIQUE (customer_id, idempotency_key)
);
CREATE TABLE IF NOT EXISTS tenfive_events (
    run_id TEXT NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL, timestamp TEXT NOT NULL, payload TEXT NOT NULL,
    PRIMARY KEY (run_id, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tenfive_signals (
    id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, idempotency_key TEXT, action TEXT NOT NULL, text TEXT NOT NULL,
    UNIQUE (run_id, idempotency_key)
);
CREATE TABLE IF NOT EXISTS tenfive_usage (
    at TEXT NOT NULL, customer_id TEXT NOT NULL, workspace_id TEXT, subject_id TEXT, event_type TEXT NOT NULL,
    quantity INTEGER NOT NULL, input_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key and whose it is."""

    key_id: str
    secret: str
    customer_id: str
    name: str | None
    created_at: str
    active: bool = True

    @property
    def credential(self) -> str:
        """What a client sends as its bearer token."""
        return f"{self.key_id}:{self.secret}"


@dataclass(frozen=True, slots=True)
class Run:
    """A run.

    `body` is the request that made it; `position` counts the beats of its script already played; `seat` tells which
    sandbox played it last.
    """

    id: str
    customer_id: str
    idempotency_key: str
    body: JsonObject
    status: str
    request_id: str
    created_at: str
    updated_at: str
    started_at: str | None = None
    completed_at: str | None = None
    reason_code: str | None = None
    output: str | None = None
    position: int = 0
    seat: int = 0

    @property
    def is_terminal(self) -> bool:
        """Whether it is over."""
        return self.status in TERMINAL

    @property
    def needs_worker(self) -> bool:
        """Whether it only goes on while a worker is at it."""
        return self.status in ("queued", "running")


@dataclass(frozen=True, slots=True)
class Event:
    """An event as stored, before redaction."""

    seq: int
    type: str
    timestamp: str
    payload: Any


@dataclass(frozen=True, slots=True)
class Meter:
    """Something that counts towards usage."""

    event_type: str
    quantity: int = 1
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """Which usage to sum up, times as stored; `period_length` is how much of a timestamp names the period."""

    customer_id: str
    start: str
    end: str
    period_length: int
    workspace_id: str | None = None
    subject_id: str | None = None
    event_type: str | None = None


class Store:
    """The platform's tables in the sandbox's database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        database.script(_SCHEMA)

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""
        self._database.execute(
            "INSERT INTO tenfive_api_keys VALUES (?, ?, ?, ?, ?, ?)",
            (key.key_id, key.secret, key.customer_id, key.name, key.created_at, key.active),
        )

    def key(self, key_id: str) -> ApiKey | None:
        """A key by its id, active or not."""
        row = self._database.one("SELECT * FROM tenfive_api_keys WHERE key_id = ?", (key_id,))
        return None if row is None else _key(row)

    def active_key_named(self, name: str) -> ApiKey | None:
        """The first active key with this name."""
        row = self._database.one(
            "SELECT * FROM tenfive_api_keys WHERE name = ? AND active ORDER BY created_at", (name,)
        )
        return None if row is None else _key(row)

    def change_secret(self, key_id: str, secret: str) -> None:
        """Give a key another secret."""
        self._database.execute("UPDATE tenfive_api_keys SET secret = ? WHERE key_id = ?", (secret, key_id))

    def revoke(self, key_id: str) -> None:
        """Make a key useless."""
        self._database.execute("UPDATE tenfive_api_keys SET active = 0 WHERE key_id = ?", (key_id,))

    def add_run(self, run: Run) -> None:
        """Keep a new run."""
        self._database.execute(
            "INSERT INTO tenfive_runs (id, customer_id, idempotency_key, body, status, created_at, updated_at,"
            " request_id, seat) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run.id,
                run.customer_id,
                run.idempotency_key,
                encode(run.body),
                run.status,
                run.created_at,
                run.updated_at,
                run.request_id,
                run.seat,
            ),
        )

    def run(self, run_id: str) -> Run | None:
        """A run, whosever it is."""
        row = self._database.one("SELECT * FROM tenfive_runs WHERE id = ?", (run_id,))
        return None if row is None else _run(row)

    def run_by_key(self, customer_id: str, idempotency_key: str) -> Run | None:
        """The run a customer already made with this idempotency key."""
        row = self._database.one(
            "SELECT * FROM tenfive_runs WHERE customer_id = ? AND idempotency_key = ?", (customer_id, idempotency_key)
        )
        return None if row is None else _run(row)

    def runs_with_worker(self) -> list[Run]:
        """Runs that a worker is or was at."""
        rows = self._database.all(
            "SELECT * FROM tenfive_runs WHERE status IN ('queued', 'running') ORDER BY created_at"
        )
        return [_run(row) for row in rows]

    def set_status(self, run_id: str, status: str, reason_code: str | None, at: str, seat: int) -> None:
        """Note a transition, which sandbox made it, and when the run started and ended."""
        self._database.execute(
            "UPDATE tenfive_runs SET status = ?, reason_code = ?, updated_at = ?, seat = ?,"
            " started_at = CASE WHEN ? THEN COALESCE(started_at, ?) ELSE started_at END,"
            " completed_at = CASE WHEN ? THEN ? ELSE completed_at END WHERE id = ?",
            (status, reason_code, at, seat, status == "running", at, status in TERMINAL, at, run_id),
        )

    def set_position(self, run_id: str, position: int) -> None:
        """Note how many beats were played."""
        self._database.execute("UPDATE tenfive_runs SET position = ? WHERE id = ?", (position, run_id))

    def set_output(self, run_id: str, output: str) -> None:
        """Note the answer."""
        self._database.execute("UPDATE tenfive_runs SET output = ? WHERE id = ?", (output, run_id))

    def append_event(self, run_id: str, event_type: str, at: str, payload: JsonObject) -> None:
        """Add an event with the next sequence number."""
        self._database.execute(
            "INSERT INTO tenfive_events"
            " SELECT ?1, COALESCE(MAX(seq), 0) + 1, ?2, ?3, ?4 FROM tenfive_events WHERE run_id = ?1",
            (run_id, event_type, at, encode(payload)),
        )

    def events_after(self, run_id: str, seq: int, limit: int) -> list[Event]:
        """At most `limit` events after a sequence number, in order."""
        rows = self._database.all(
            "SELECT seq, type, timestamp, payload FROM tenfive_events WHERE run_id = ? AND seq > ?"
            " ORDER BY seq LIMIT ?",
            (run_id, seq, limit),
        )
        return [Event(row["seq"], row["type"], row["timestamp"], json.loads(row["payload"])) for row in rows]

    def add_signal(self, run_id: str, idempotency_key: str | None, action: str, text: str) -> None:
        """Keep a signal."""
        self._database.execute(
            "INSERT INTO tenfive_signals (run_id, idempotency_key, action, text) VALUES (?, ?, ?, ?)",
            (run_id, idempotency_key, action, text),
        )

    def has_signal(self, run_id: str, idempotency_key: str | None) -> bool:
        """Whether this signal was already given."""
        row = self._database.one(
            "SELECT 1 FROM tenfive_signals WHERE run_id = ? AND idempotency_key = ?", (run_id, idempotency_key)
        )
        return row is not None

    def signals(self, run_id: str) -> list[tuple[str, str]]:
        """Every signal's action and text, oldest first."""
        rows = self._database.all("SELECT action, text FROM tenfive_signals WHERE run_id = ? ORDER BY id", (run_id,))
        return [(row["action"], row["text"]) for row in rows]

    def add_usage(self, run: Run, meter: Meter, at: str) -> None:
        """Count something towards the usage of a run's customer."""
        self._database.execute(
            "INSERT INTO tenfive_usage VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                at,
                run.customer_id,
                run.body.get("workspace_id"),
                run.body.get("subject_id"),
                meter.event_type,
                meter.quantity,
                meter.input_tokens,
                meter.output_tokens,
            ),
        )

    def usage(self, query: UsageQuery) -> list[sqlite3.Row]:
        """Usage by period, event type, workspace and subject."""
        return self._database.all(
            "SELECT substr(at, 1, ?1) AS period, event_type, workspace_id, subject_id, COUNT(*) AS count,"
            " SUM(quantity) AS quantity, SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens"
            " FROM tenfive_usage WHERE customer_id = ?2 AND at >= ?3 AND at < ?4"
            " AND (?5 IS NULL OR workspace_id = ?5) AND (?6 IS NULL OR subject_id = ?6)"
            " AND (?7 IS NULL OR event_type = ?7) GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            (
                query.period_length,
                query.customer_id,
                query.start,
                query.end,
                query.workspace_id,
                query.subject_id,
                query.event_type,
            ),
        )


def _key(row: sqlite3.Row) -> ApiKey:
    return ApiKey(row["key_id"], row["secret"], row["customer_id"], row["name"], row["created_at"], bool(row["active"]))


def _run(row: sqlite3.Row) -> Run:
    columns = dict(row)
    return Run(**{**columns, "body": json.loads(columns["body"])})
