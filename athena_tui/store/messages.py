"""Messages: a cache for reading offline and, for conversations kept here alone, the only copy. Searchable."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from athena_tui.client.models import Attachment, JsonValue, Message, Page, Role
from athena_tui.client.record import record
from athena_tui.store.database import Database, storable
from athena_tui.store.schema import has_search


@record(frozen=True, slots=True)
class StoredMessage:
    """A message, and what else its turn consisted of, as whoever stored it wrote that down."""

    message: Message
    parts: JsonValue = None


@record(frozen=True, slots=True)
class SearchHit:
    """A message that was found; `excerpt` is the text around the first match."""

    conversation_id: str
    message_id: str
    role: Role
    excerpt: str
    created_at: datetime


class Messages:
    """The messages of each conversation of each profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, profile: str, conversation_id: str, messages: Sequence[StoredMessage | Message]) -> None:
        """Append messages, oldest first; those already there (by id) are replaced where they stand.

        A replacement without parts leaves the stored ones alone. The conversation is made if it was never seen.
        """
        stored = [each if isinstance(each, StoredMessage) else StoredMessage(each) for each in messages]
        if not stored:
            return
        now = time.time()
        rows = [(profile, conversation_id, *_row(each, now)) for each in stored]

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
                INSERT INTO messages (profile, conversation_id, id, created_at, text, body, parts)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (profile, conversation_id, id) DO UPDATE SET
                    text = excluded.text, body = excluded.body, parts = coalesce(excluded.parts, parts)
                """,
                rows,
            )

        await self._database.write(change)

    async def list(
        self, profile: str, conversation_id: str, cursor: str | None = None, limit: int = 50
    ) -> Page[StoredMessage]:
        """The newest page, oldest first within it; the cursor leads to the page before."""
        before, before_seq = _position(cursor)

        def query(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(
                """
                SELECT created_at, seq, id, text, body, parts FROM messages
                WHERE profile = ?1 AND conversation_id = ?2 AND (?3 IS NULL OR (created_at, seq) < (?3, ?4))
                ORDER BY created_at DESC, seq DESC LIMIT ?5
                """,
                (profile, conversation_id, before, before_seq, limit + 1),
            ).fetchall()

        rows = await self._database.read(query)
        older = f"{rows[limit - 1][0]!r}|{rows[limit - 1][1]}" if len(rows) > limit else None
        return Page(tuple(_stored(row) for row in reversed(rows[:limit])), older)

    async def search(
        self, profile: str, text: str, *, conversation_id: str | None = None, limit: int = 20
    ) -> tuple[SearchHit, ...]:
        """Messages in which every word (the last one perhaps only begun) occurs, newest first.

        Where SQLite has no FTS5 the text is looked for as it stands.
        """
        # Punctuation is not indexed, and FTS5 takes a NUL for the end of the query.
        words = [word for word in text.replace("\0", " ").split() if any(map(str.isalnum, word))]
        if not words:
            return ()

        def query(connection: sqlite3.Connection) -> list[Any]:
            if has_search(connection):
                source = "messages_fts f JOIN messages m ON m.seq = f.rowid WHERE messages_fts MATCH ?1"
                excerpt, wanted = "snippet(messages_fts, 0, '', '', '…', 16)", _match(words)
            else:
                source = "messages m WHERE instr(lower(text), lower(?1))"
                excerpt, wanted = (
                    "substr(text, max(1, instr(lower(text), lower(?1)) - 40), 120)",
                    storable(text.strip()),
                )
            return connection.execute(
                f"""
                SELECT m.conversation_id, m.id, m.body, {excerpt}, m.created_at FROM {source}
                AND m.profile = ?2 AND (?3 IS NULL OR m.conversation_id = ?3)
                ORDER BY m.created_at DESC, m.seq DESC LIMIT ?4
                """,  # noqa: S608  # constants
                (wanted, profile, conversation_id, limit),
            ).fetchall()

        return tuple(
            SearchHit(conversation, message, Role(json.loads(body)["role"]), excerpt, _time(created_at))
            for conversation, message, body, excerpt, created_at in await self._database.read(query)
        )


def _match(words: Sequence[str]) -> str:
    """Words as FTS5 takes them: quoted, so that none is an operator, and the last one open at its end."""
    quoted = ['"' + storable(word).replace('"', '""') + '"' for word in words]
    return " ".join(quoted) + "*"


def _position(cursor: str | None) -> tuple[float | None, int]:
    """Where the page before ended: the age and the number of its oldest message."""
    if cursor is None:
        return None, 0
    created_at, _, seq = cursor.partition("|")
    return float(created_at), int(seq)


def _time(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def _row(stored: StoredMessage, now: float) -> tuple[str, float, str, str, str | None]:
    message = stored.message
    body = asdict(message)
    for column in ("id", "text", "created_at"):
        del body[column]
    created_at = message.created_at.timestamp() if message.created_at else now
    parts = None if stored.parts is None else json.dumps(stored.parts)
    return message.id, created_at, storable(message.text), json.dumps(body), parts


def _stored(row: Any) -> StoredMessage:
    created_at, _, message_id, text, body, parts = row
    rest = json.loads(body)
    rest["role"] = Role(rest["role"])
    rest["tool_calls"] = tuple(rest["tool_calls"])
    rest["attachments"] = tuple(Attachment(**each) for each in rest["attachments"])
    message = Message(id=message_id, text=text, created_at=_time(created_at), **rest)
    return StoredMessage(message, None if parts is None else json.loads(parts))
