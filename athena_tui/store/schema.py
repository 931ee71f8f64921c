"""The tables, as numbered migrations. A migration that was released is never edited; changes are appended."""

from __future__ import annotations

import sqlite3

_APPLICATION_ID = 0x41544855
"""Marks a file as ours (`PRAGMA application_id`)."""

_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE drafts (
            profile TEXT NOT NULL,
            conversation_id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (profile, conversation_id)
        ) WITHOUT ROWID
        """,
        "CREATE TABLE prompts (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL)",
        "CREATE TABLE ui_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """
        CREATE TABLE runs (
            idempotency_key TEXT PRIMARY KEY,
            profile TEXT NOT NULL,
            conversation_id TEXT,
            agent_id TEXT NOT NULL,
            message TEXT NOT NULL,
            run_id TEXT,
            started_at REAL NOT NULL,
            owner TEXT NOT NULL,
            owner_pid INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE tool_answers (
            idempotency_key TEXT NOT NULL REFERENCES runs ON DELETE CASCADE,
            call_id TEXT NOT NULL,
            outcome TEXT NOT NULL,
            result TEXT NOT NULL,
            PRIMARY KEY (idempotency_key, call_id)
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE conversations (
            profile TEXT NOT NULL,
            id TEXT NOT NULL,
            agent_id TEXT,
            title TEXT,
            archived INTEGER NOT NULL DEFAULT 0,
            updated_at REAL NOT NULL,
            message_count INTEGER,
            platform_id TEXT,
            PRIMARY KEY (profile, id)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX conversations_by_age ON conversations (profile, updated_at, id)",
        """
        CREATE TABLE messages (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            profile TEXT NOT NULL,
            conversation_id TEXT NOT NULL,
            id TEXT NOT NULL,
            created_at REAL NOT NULL,
            text TEXT NOT NULL,
            body TEXT NOT NULL,
            parts TEXT,
            UNIQUE (profile, conversation_id, id),
            FOREIGN KEY (profile, conversation_id) REFERENCES conversations ON DELETE CASCADE
        )
        """,
        "CREATE INDEX messages_by_age ON messages (profile, conversation_id, created_at, seq)",
    ),
    (  # Nothing is searched in all conversations; `messages.parts` stays, unused, as older SQLites drop no columns.
        "DROP TRIGGER IF EXISTS messages_inserted",
        "DROP TRIGGER IF EXISTS messages_deleted",
        "DROP TRIGGER IF EXISTS messages_updated",
        "DROP TABLE IF EXISTS messages_fts",
    ),
    (
        """
        CREATE TABLE ended_runs (
            profile TEXT NOT NULL,
            run_id TEXT NOT NULL,
            body TEXT NOT NULL,
            PRIMARY KEY (profile, run_id)
        ) WITHOUT ROWID
        """,
    ),
    ("DROP TABLE tool_answers",),  # no platform with client tools lets one follow a run again
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, in one transaction, so that two processes can start at once.

    Raises:
        ValueError: The file belongs to another program, or to a later version of this one.
    """
    if _version(connection) == len(_MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        for statements in _MIGRATIONS[_version(connection) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application != _APPLICATION_ID and (version or application or tables):
        raise ValueError("this is the database of another program; choose another data folder")
    if version > len(_MIGRATIONS):
        raise ValueError(
            f"this was written by a later version (format {version}, this one knows {len(_MIGRATIONS)}); "
            "update athena-tui, or choose another data folder"
        )
    return int(version)
