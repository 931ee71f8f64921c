"""What the Atthene half keeps: agents, sessions, messages and uploaded pictures."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from athena_tui.sandbox.atthene.catalogue import CATALOGUE
from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonObject, encode
from athena_tui.sandbox.state import SandboxState

IMAGE_LIFETIME = timedelta(hours=1)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS atthene_keys (
    key TEXT PRIMARY KEY, role TEXT NOT NULL UNIQUE
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS atthene_agents (
    id TEXT PRIMARY KEY, agent_key TEXT NOT NULL UNIQUE, config TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS atthene_sessions (
    id TEXT PRIMARY KEY, agent_id TEXT, config TEXT NOT NULL, checkpoint TEXT NOT NULL, status TEXT NOT NULL,
    created_at TEXT NOT NULL, last_activity TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS atthene_sessions_by_age ON atthene_sessions (created_at);
CREATE TABLE IF NOT EXISTS atthene_messages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, session_id TEXT NOT NULL, role TEXT NOT NULL, name TEXT,
    content TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS atthene_messages_by_session ON atthene_messages (session_id, number);
CREATE TRIGGER IF NOT EXISTS atthene_session_deleted AFTER DELETE ON atthene_sessions BEGIN
    DELETE FROM atthene_messages WHERE session_id = old.id;
END;
CREATE TABLE IF NOT EXISTS atthene_images (
    name TEXT PRIMARY KEY, media_type TEXT NOT NULL, data BLOB NOT NULL, expires_at TEXT NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class StoredAgent:
    """An agent of the workspace."""

    id: str
    key: str
    config: JsonObject
    created_at: str

    @property
    def config_hash(self) -> str:
        """What a session made from it reports."""
        return config_hash(self.config)


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session: a configuration for life, variables, and a state."""

    id: str
    agent_id: str | None
    config: JsonObject
    checkpoint: JsonObject
    status: str
    created_at: str
    last_activity: str


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of a session's history. `content` is a string or an array of blocks."""

    id: str
    role: str
    content: object
    created_at: str
    name: str | None = None


def config_hash(config: JsonObject) -> str:
    """The opaque hash of a configuration, in the tutorial's form."""
    return f"object:{hashlib.sha256(encode(config).encode()).hexdigest()}:u:anon"


class Store:
    """The tables of the Atthene half; filled with the catalogue where they are empty."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._database = state.database
        self._database.script(_SCHEMA)
        for role in ("full", "read_only", "expired"):
            if self._database.one("SELECT 1 FROM atthene_keys WHERE role = ?", (role,)) is None:
                self._database.execute("INSERT INTO atthene_keys VALUES (?, ?)", (f"atk_{state.ids.key(32)}", role))
        for saved in CATALOGUE:
            if self.agent(saved.key) is None:
                self.create_agent(saved.key, saved.config)

    def key(self, role: str) -> str:
        """The key that has this role: `full`, `read_only` or `expired`."""
        row = self._database.one("SELECT key FROM atthene_keys WHERE role = ?", (role,))
        if row is None:
            raise LookupError(role)
        return str(row["key"])

    def role(self, key: str) -> str | None:
        """What this key may do, or `None` when there is no such key."""
        row = self._database.one("SELECT role FROM atthene_keys WHERE key = ?", (key,))
        return None if row is None else str(row["role"])

    def agents(self) -> list[StoredAgent]:
        """Every agent, oldest first."""
        return [_agent(row) for row in self._database.all("SELECT * FROM atthene_agents ORDER BY rowid")]

    def agent(self, key_or_id: str) -> StoredAgent | None:
        """The agent with this key or id."""
        row = self._database.one("SELECT * FROM atthene_agents WHERE agent_key = ?1 OR id = ?1", (key_or_id,))
        return None if row is None else _agent(row)

    def create_agent(self, key: str, config: JsonObject) -> StoredAgent:
        """Keep an agent under a key that is free."""
        agent = StoredAgent(self._state.ids.uuid(), key, config, self._state.timestamp())
        self._database.execute(
            "INSERT INTO atthene_agents VALUES (?, ?, ?, ?)", (agent.id, key, encode(config), agent.created_at)
        )
        return agent

    def create_session(self, config: JsonObject, agent_id: str | None = None) -> StoredSession:
        """Open a session."""
        now = self._state.timestamp()
        session = StoredSession(self._state.ids.uuid(), agent_id, config, {}, "active", now, now)
        self._database.execute(
            "INSERT INTO atthene_sessions VALUES (?, ?, ?, '{}', 'active', ?, ?)",
            (session.id, agent_id, encode(config), now, now),
        )
        return session

    def session(self, session_id: str) -> StoredSession | None:
        """The session with this id."""
        row = self._database.one("SELECT * FROM atthene_sessions WHERE id = ?", (session_id,))
        return None if row is None else _session(row)

    def sessions(self, limit: int, offset: int) -> tuple[list[StoredSession], int]:
        """One page of sessions, newest first, and how many there are."""
        rows = self._database.all(
            "SELECT * FROM atthene_sessions ORDER BY created_at DESC, id LIMIT ? OFFSET ?", (limit, offset)
        )
        total = self._database.one("SELECT count(*) AS n FROM atthene_sessions")
        return [_session(row) for row in rows], 0 if total is None else int(total["n"])

    def update_session(self, session_id: str, status: str, checkpoint: JsonObject) -> None:
        """Note what an execution left behind."""
        self._database.execute(
            "UPDATE atthene_sessions SET status = ?, last_activity = ?, checkpoint = ? WHERE id = ?",
            (status, self._state.timestamp(), encode(checkpoint), session_id),
        )

    def delete_session(self, session_id: str) -> int:
        """Delete a session; how many there were."""
        return self._database.execute("DELETE FROM atthene_sessions WHERE id = ?", (session_id,))

    def delete_sessions_of(self, agent_id: str) -> int:
        """Delete an agent's sessions; how many there were."""
        return self._database.execute("DELETE FROM atthene_sessions WHERE agent_id = ?", (agent_id,))

    def add_message(self, session_id: str, role: str, content: object, name: str | None = None) -> StoredMessage:
        """Append to a session's history."""
        message = self.new_message(role, content, name)
        self._database.execute(
            "INSERT INTO atthene_messages (id, session_id, role, name, content, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            (message.id, session_id, role, name, encode(content), message.created_at),
        )
        return message

    def new_message(self, role: str, content: object, name: str | None = None) -> StoredMessage:
        """A message that is not kept, for configurations with `save_messages: false`."""
        return StoredMessage(f"msg_{self._state.ids.key(12)}", role, content, self._state.timestamp(), name)

    def messages(self, session_id: str, limit: int, offset: int) -> tuple[list[StoredMessage], int]:
        """One page of a session's history, oldest first, and how many messages there are."""
        rows = self._database.all(
            "SELECT * FROM atthene_messages WHERE session_id = ? ORDER BY number LIMIT ? OFFSET ?",
            (session_id, limit, offset),
        )
        messages = [
            StoredMessage(row["id"], row["role"], json.loads(row["content"]), row["created_at"], row["name"])
            for row in rows
        ]
        return messages, self.message_count(session_id)

    def message_count(self, session_id: str) -> int:
        """How many messages a session's history holds."""
        row = self._database.one("SELECT count(*) AS n FROM atthene_messages WHERE session_id = ?", (session_id,))
        return 0 if row is None else int(row["n"])

    def add_image(self, media_type: str, data: bytes) -> str:
        """Keep a picture for an hour; its file name."""
        name = f"temp_{self._state.ids.key(12)}.{media_type.removeprefix('image/').replace('jpeg', 'jpg')}"
        expires_at = timestamp(self._state.clock.now() + IMAGE_LIFETIME)
        self._database.execute("INSERT INTO atthene_images VALUES (?, ?, ?, ?)", (name, media_type, data, expires_at))
        return name

    def image(self, name: str) -> tuple[str, bytes] | None:
        """Media type and bytes of a picture that has not expired."""
        row = self._database.one(
            "SELECT * FROM atthene_images WHERE name = ? AND expires_at > ?", (name, self._state.timestamp())
        )
        return None if row is None else (row["media_type"], row["data"])


def _agent(row: sqlite3.Row) -> StoredAgent:
    return StoredAgent(row["id"], row["agent_key"], json.loads(row["config"]), row["created_at"])


def _session(row: sqlite3.Row) -> StoredSession:
    return StoredSession(
        row["id"],
        row["agent_id"],
        json.loads(row["config"]),
        json.loads(row["checkpoint"]),
        row["status"],
        row["created_at"],
        row["last_activity"],
    )
