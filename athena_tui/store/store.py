"""The store: one database, and what is kept in it."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from athena_tui.store.conversations import Conversations
from athena_tui.store.database import Database
from athena_tui.store.drafts import Drafts
from athena_tui.store.history import PromptHistory
from athena_tui.store.messages import Messages
from athena_tui.store.runs import Runs
from athena_tui.store.ui_state import UiState


class Store:
    """Everything that survives a restart. Made by `open`; an async context manager that closes itself.

    Every method of its parts raises `StoreError` when the database cannot be used.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.drafts = Drafts(database)
        self.history = PromptHistory(database)
        self.ui_state = UiState(database)
        self.runs = Runs(database)
        self.conversations = Conversations(database)
        self.messages = Messages(database)

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the database at a path and make it if it is not there.

        Raises:
            StoreError: It is damaged, not ours, newer than this program, or out of reach.
        """
        return cls(await Database.open(path))

    async def aclose(self) -> None:
        """Close it; what was asked for before is done first."""
        await self._database.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
