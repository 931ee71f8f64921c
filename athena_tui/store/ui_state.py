"""How the user left the interface: what is open, which theme they toggled to, where they were."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING

from athena_tui.store.database import Database

if TYPE_CHECKING:
    from athena_tui.client.models import JsonObject, JsonValue


class UiState:
    """JSON values by dotted key, such as `sidebar.visible`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> JsonObject:
        """Everything, for the first frame to need only one query."""
        return await self._database.read(
            lambda connection: {
                key: json.loads(value) for key, value in connection.execute("SELECT key, value FROM ui_state")
            }
        )

    async def put(self, key: str, value: JsonValue) -> None:
        """Remember a value; `None` forgets it."""

        def change(connection: sqlite3.Connection) -> None:
            if value is None:
                connection.execute("DELETE FROM ui_state WHERE key = ?", (key,))
            else:
                connection.execute("INSERT OR REPLACE INTO ui_state VALUES (?, ?)", (key, json.dumps(value)))

        await self._database.write(change)
