"""Where runs in flight are written down before they are on the wire, so that they can be found after a crash."""

from __future__ import annotations

from typing import Protocol

from athena_tui.client.models import RunRequest, ToolAnswer


class RunJournal(Protocol):
    """Keeps one record for each intent, by its idempotency key."""

    async def begin(self, request: RunRequest) -> None:
        """A turn is about to be sent."""

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """The platform named the run."""

    async def tool_answered(self, idempotency_key: str, answer: ToolAnswer) -> None:
        """A client tool has its answer, which is about to be sent."""

    async def end(self, idempotency_key: str) -> None:
        """The run is over, or waits for nobody."""


class NoJournal:
    """Keeps nothing: for single turns that need not survive."""

    async def begin(self, request: RunRequest) -> None:
        """Keep nothing."""

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """Keep nothing."""

    async def tool_answered(self, idempotency_key: str, answer: ToolAnswer) -> None:
        """Keep nothing."""

    async def end(self, idempotency_key: str) -> None:
        """Keep nothing."""
