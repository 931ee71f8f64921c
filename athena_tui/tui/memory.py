"""What the app remembers between two starts. Without a database, or with a broken one, it just forgets."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from athena_tui.store.database import Database, StoreError
from athena_tui.store.drafts import Draft, Drafts
from athena_tui.store.history import PromptHistory
from athena_tui.store.ui_state import UiState

if TYPE_CHECKING:
    from athena_tui.client.models import JsonObject, JsonValue

T = TypeVar("T")

_PATIENCE = 2.0
"""Seconds the first frame waits for the database."""

_PROMPTS = 200
"""How many prompts can be recalled."""


class Memory:
    """Drafts, prompts and how the interface was left.

    Args:
        database: Where things are kept; `None` to keep them only as long as the app runs.
        problem: Why there is no database, where there should be one.
    """

    def __init__(self, database: Database | None = None, problem: str | None = None) -> None:
        self.problem = problem
        self.profile = ""
        self.state: JsonObject = {}
        self.prompts: list[str] = []
        self._database = database
        self._drafts: dict[tuple[str, str | None], Draft] = {}

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """Open the database and read what the first frame needs."""
        if path is None:
            return cls()
        try:
            async with asyncio.timeout(_PATIENCE):
                database = await Database.open(path)
        except (StoreError, TimeoutError) as error:
            return cls(problem=str(error) or f"{path} is locked by another program")
        memory = cls(database)
        memory.state = await memory._tried(UiState(database).all, {})
        return memory

    async def put(self, key: str, value: JsonValue) -> None:
        """Remember how something was left."""
        if self.state.get(key) == value:
            return
        self.state[key] = value
        if (database := self._database) is not None:
            await self._tried(lambda: UiState(database).put(key, value), None)

    async def save(self, key: str) -> None:
        """Write down what is in `state` already."""
        if (database := self._database) is not None:
            await self._tried(lambda: UiState(database).put(key, self.state.get(key)), None)

    async def load_prompts(self) -> None:
        """Read the prompts that were sent before, newest first."""
        if (database := self._database) is not None:
            nothing: tuple[str, ...] = ()
            self.prompts = list(await self._tried(lambda: PromptHistory(database).recent(_PROMPTS), nothing))

    async def add_prompt(self, text: str) -> None:
        """Remember a prompt that was sent."""
        if not self.prompts or self.prompts[0] != text:
            self.prompts.insert(0, text)
        if (database := self._database) is not None:
            await self._tried(lambda: PromptHistory(database).add(text), None)

    async def draft(self, conversation_id: str | None) -> Draft:
        """What was typed and attached in a conversation and not sent."""
        key = (self.profile, conversation_id)
        if key not in self._drafts:
            found = Draft()
            if (database := self._database) is not None:
                found = await self._tried(lambda: Drafts(database).get(*key), found)
            self._drafts.setdefault(key, found)
        return self._drafts[key]

    async def put_draft(self, conversation_id: str | None, draft: Draft) -> None:
        """Keep what was typed; nothing forgets it."""
        key = (self.profile, conversation_id)
        if self._drafts.get(key) == draft:
            return
        self._drafts[key] = draft
        if (database := self._database) is not None:
            await self._tried(lambda: Drafts(database).put(*key, draft), None)

    async def aclose(self) -> None:
        """Close the database."""
        if self._database is not None:
            await self._database.aclose()

    async def _tried(self, work: Callable[[], Awaitable[T]], otherwise: T) -> T:
        try:
            return await work()
        except StoreError as error:
            self.problem = str(error)
            return otherwise
