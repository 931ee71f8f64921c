"""What was sent before, to be recalled in any composer."""

from __future__ import annotations

import sqlite3

from athena_tui.store.database import Database, storable

MAX_PROMPTS = 1_000


class PromptHistory:
    """The last thousand prompts of all profiles together; the same one twice in a row counts once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, text: str) -> None:
        """Remember a prompt; blank ones are not."""
        if not text.strip():
            return
        prompt = storable(text)

        def change(connection: sqlite3.Connection) -> None:
            last = connection.execute("SELECT text FROM prompts ORDER BY id DESC LIMIT 1").fetchone()
            if last == (prompt,):
                return
            connection.execute("INSERT INTO prompts (text) VALUES (?)", (prompt,))
            connection.execute(
                "DELETE FROM prompts WHERE id <= (SELECT id FROM prompts ORDER BY id DESC LIMIT 1 OFFSET ?)",
                (MAX_PROMPTS,),
            )

        await self._database.write(change)

    async def recent(self, limit: int = 100) -> tuple[str, ...]:
        """The latest prompts, newest first."""

        def query(connection: sqlite3.Connection) -> tuple[str, ...]:
            rows = connection.execute("SELECT text FROM prompts ORDER BY id DESC LIMIT ?", (limit,))
            return tuple(text for (text,) in rows)

        return await self._database.read(query)
