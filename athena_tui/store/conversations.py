"""Conversations that were seen on a platform or, where it has none, are kept here alone."""

from __future__ import annotations

import sqlite3
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from athena_tui.client.models import Conversation, Page
from athena_tui.store.database import Database, storable

_COLUMNS = """
    id, agent_id, title, archived, updated_at,
    coalesce(message_count, (
        SELECT count(*) FROM messages m WHERE m.profile = c.profile AND m.conversation_id = c.id
    ))
"""

LOCAL = "local:"
"""How the ids of conversations begin that only exist here."""


class Conversations:
    """The conversations of each profile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, profile: str, agent_id: str | None, title: str | None = None) -> Conversation:
        """Begin a conversation that only exists here."""
        conversation = Conversation(f"{LOCAL}{uuid.uuid4().hex}", agent_id, title, updated_at=datetime.now(UTC))
        await self.put(profile, [conversation])
        return conversation

    async def put(self, profile: str, conversations: Iterable[Conversation]) -> None:
        """Remember conversations as the platform listed them; what it left out stays as it was."""
        now = time.time()
        rows = [
            (
                profile,
                each.id,
                each.agent_id,
                None if each.title is None else storable(each.title),
                each.archived,
                each.updated_at.timestamp() if each.updated_at else None,
                each.message_count,
                now,
            )
            for each in conversations
        ]
        await self._database.write(
            lambda connection: connection.executemany(
                """
                INSERT INTO conversations (profile, id, agent_id, title, archived, updated_at, message_count)
                VALUES (?1, ?2, ?3, ?4, ?5, coalesce(?6, ?8), ?7)
                ON CONFLICT DO UPDATE SET
                    agent_id = coalesce(?3, agent_id), title = coalesce(?4, title), archived = ?5,
                    updated_at = coalesce(?6, updated_at), message_count = coalesce(?7, message_count)
                """,
                rows,
            )
        )

    async def get(self, profile: str, conversation_id: str) -> Conversation | None:
        """One conversation, if it was ever seen."""

        def query(connection: sqlite3.Connection) -> Conversation | None:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM conversations c WHERE profile = ? AND id = ?",  # noqa: S608  # a constant
                (profile, conversation_id),
            ).fetchone()
            return None if row is None else _conversation(row)

        return await self._database.read(query)

    async def list(
        self,
        profile: str,
        *,
        cursor: str | None = None,
        limit: int = 20,
        archived: bool | None = False,
        agent_id: str | None = None,
    ) -> Page[Conversation]:
        """One page, newest first.

        Args:
            profile: Whose.
            cursor: `next_cursor` of the page before.
            limit: How many at most.
            archived: Only archived ones, only others, or (`None`) both.
            agent_id: Only those with this agent.
        """
        before, before_id = _position(cursor)

        def query(connection: sqlite3.Connection) -> list[Any]:
            return connection.execute(
                f"""
                SELECT {_COLUMNS} FROM conversations c
                WHERE profile = ?1 AND (?2 IS NULL OR (updated_at, id) < (?2, ?3))
                AND (?4 IS NULL OR archived = ?4) AND (?5 IS NULL OR agent_id = ?5)
                ORDER BY updated_at DESC, id DESC LIMIT ?6
                """,  # noqa: S608  # a constant
                (profile, before, before_id, archived, agent_id, limit + 1),
            ).fetchall()

        rows = await self._database.read(query)
        items = tuple(_conversation(row) for row in rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return Page(items, None if last is None else f"{last[4]!r}|{last[0]}")

    async def rename(self, profile: str, conversation_id: str, title: str) -> None:
        """Give a conversation a title."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE conversations SET title = ? WHERE profile = ? AND id = ?",
                (storable(title), profile, conversation_id),
            )
        )

    async def archive(self, profile: str, conversation_id: str) -> None:
        """Put a conversation away."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE conversations SET archived = 1 WHERE profile = ? AND id = ?", (profile, conversation_id)
            )
        )

    async def link(self, profile: str, conversation_id: str, platform_id: str | None) -> None:
        """Note what the platform calls a conversation that is kept here; `None` when it does not know it any more."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE conversations SET platform_id = ? WHERE profile = ? AND id = ?",
                (platform_id, profile, conversation_id),
            )
        )

    async def platform_id(self, profile: str, conversation_id: str) -> str | None:
        """What the platform calls a conversation that is kept here, if it has a name for it."""

        def query(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(
                "SELECT platform_id FROM conversations WHERE profile = ? AND id = ?", (profile, conversation_id)
            ).fetchone()
            return None if row is None else row[0]

        return await self._database.read(query)


def _position(cursor: str | None) -> tuple[float | None, str]:
    """Where the page before ended: the age and the id of its last item."""
    if cursor is None:
        return None, ""
    updated_at, _, conversation_id = cursor.partition("|")
    return float(updated_at), conversation_id


def _conversation(row: Any) -> Conversation:
    conversation_id, agent_id, title, archived, updated_at, count = row
    return Conversation(
        conversation_id, agent_id, title, bool(archived), datetime.fromtimestamp(updated_at, UTC), count
    )
