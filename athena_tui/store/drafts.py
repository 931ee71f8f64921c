"""What was typed into a composer and not sent."""

from __future__ import annotations

import json
import sqlite3

from athena_tui.client.record import record
from athena_tui.store.database import Database


@record(frozen=True, slots=True)
class Draft:
    """A composer's content; `attachments` are the paths of files that were chosen."""

    text: str = ""
    attachments: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.text or self.attachments)


class Drafts:
    """One draft for each conversation of each profile; `None` stands for the conversation that is yet to begin."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, profile: str, conversation_id: str | None) -> Draft:
        """The draft of a conversation, perhaps empty."""

        def query(connection: sqlite3.Connection) -> Draft:
            row = connection.execute(
                "SELECT body FROM drafts WHERE profile = ? AND conversation_id = ?", (profile, conversation_id or "")
            ).fetchone()
            if row is None:
                return Draft()
            body = json.loads(row[0])
            return Draft(text=body["text"], attachments=tuple(body["attachments"]))

        return await self._database.read(query)

    async def put(self, profile: str, conversation_id: str | None, draft: Draft) -> None:
        """Keep a draft; an empty one is forgotten."""

        def change(connection: sqlite3.Connection) -> None:
            if draft:
                body = json.dumps({"text": draft.text, "attachments": draft.attachments})
                connection.execute(
                    "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (profile, conversation_id or "", body)
                )
            else:
                connection.execute(
                    "DELETE FROM drafts WHERE profile = ? AND conversation_id = ?", (profile, conversation_id or "")
                )

        await self._database.write(change)
