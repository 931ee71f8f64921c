"""Messages: a cache for reading offline and, for conversations kept here alone, the only copy."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from athena_tui.client.models import Attachment, Message, Page, Role
from athena_tui.store.database import Database, storable


class Messages:
    """The messages of each conversation of each profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, profile: str, conversation_id: str, messages: Sequence[Message]) -> None:
        """Append messages, oldest first; those already there (by id) are replaced where they stand.

        The conversation is made if it was never seen.
        """
        if not messages:
            return
        now = time.time()
        rows = [(profile, conversation_id, *_row(each, now)) for each in messages]

        def change(connection: sqlite3.Connection) -> None:
            newest = max(row[3] for row in rows)
            connection.execute(
                """
                INSERT INTO conversations (profile, id, updated_at) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET updated_at = max(updated_at, excluded.updated_at)
                """,
                (profile, conversation_id, newest),
            )
            connection.executemany(
                """
                INSERT INTO messages (profile, conversation_id, id, created_at, text, body)
                VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (profile, conversation_id, id) DO UPDATE SET text = excluded.text, body = excluded.body
                """,
                rows,
            )

        await self._database.write(change)

    async def list(
        self, profile: str, conversation_id: str, cursor: str | None = None, limit: int = 50
    ) -> Page[Message]:
        """The newest page, oldest first within it; the cursor leads to the page before."""
        before, before_seq = _position(cursor)

        def query(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(
                """
                SELECT created_at, seq, id, text, body FROM messages
                WHERE profile = ?1 AND conversation_id = ?2 AND (?3 IS NULL OR (created_at, seq) < (?3, ?4))
                ORDER BY created_at DESC, seq DESC LIMIT ?5
                """,
                (profile, conversation_id, before, before_seq, limit + 1),
            ).fetchall()

        rows = await self._database.read(query)
        older = f"{rows[limit - 1][0]!r}|{rows[limit - 1][1]}" if len(rows) > limit else None
        return Page(tuple(_message(row) for row in reversed(rows[:limit])), older)


def _position(cursor: str | None) -> tuple[float | None, int]:
    """Where the page before ended: the age and the number of its oldest message."""
    if cursor is None:
        return None, 0
    created_at, _, seq = cursor.partition("|")
    return float(created_at), int(seq)


def _row(message: Message, now: float) -> tuple[str, float, str, str]:
    body = asdict(message)
    for column in ("id", "text", "created_at"):
        del body[column]
    created_at = message.created_at.timestamp() if message.created_at else now
    return message.id, created_at, storable(message.text), json.dumps(body)


def _message(row: Any) -> Message:
    created_at, _, message_id, text, body = row
    rest = json.loads(body)
    rest["role"] = Role(rest["role"])
    rest["tool_calls"] = tuple(rest["tool_calls"])
    rest["attachments"] = tuple(Attachment(**each) for each in rest["attachments"])
    return Message(id=message_id, text=text, created_at=datetime.fromtimestamp(created_at, UTC), **rest)
