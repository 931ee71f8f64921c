"""Where runs are written down: before they are on the wire, so that a crash loses none, and what they told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from athena_tui.client.models import RunRequest
from athena_tui.store.ended_runs import EndedRun
from athena_tui.store.runs import RunInFlight, Runs


class RunJournal(Protocol):
    """Keeps one record for each intent, by its idempotency key."""

    async def begin(self, request: RunRequest) -> None:
        """A turn is about to be sent."""

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """The platform named the run."""

    async def end(self, idempotency_key: str) -> None:
        """The run is over, or waits for nobody."""

    async def remember(self, run_id: str, run: EndedRun) -> None:
        """What the run told beside its answer."""

    async def recall(self, run_ids: Collection[str], /) -> Mapping[str, EndedRun]:
        """What these runs told beside their answers, as far as that is known."""


class NoJournal:
    """Keeps nothing: for single turns that need not survive."""

    async def begin(self, request: RunRequest) -> None:
        """Keep nothing."""

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """Keep nothing."""

    async def end(self, idempotency_key: str) -> None:
        """Keep nothing."""

    async def remember(self, run_id: str, run: EndedRun) -> None:
        """Keep nothing."""

    async def recall(self, _run_ids: Collection[str], /) -> Mapping[str, EndedRun]:
        """Nothing was kept."""
        return {}


class StoredJournal:
    """Keeps runs in the store.

    Args:
        runs: The store's table of runs.
        profile: Whose runs these are.
    """

    def __init__(self, runs: Runs, profile: str) -> None:
        self._runs = runs
        self._profile = profile

    async def begin(self, request: RunRequest) -> None:
        """Write the turn down."""
        await self._runs.begin(
            RunInFlight(
                idempotency_key=request.idempotency_key,
                profile=self._profile,
                agent_id=request.agent_id,
                message=request.message,
                conversation_id=request.conversation_id,
            )
        )

    async def accepted(self, idempotency_key: str, run_id: str) -> None:
        """Write the run's id down."""
        await self._runs.accepted(idempotency_key, run_id)

    async def end(self, idempotency_key: str) -> None:
        """Strike the run out."""
        await self._runs.finish(idempotency_key)

    async def remember(self, run_id: str, run: EndedRun) -> None:
        """Keep what the run told."""
        await self._runs.ended.put(self._profile, run_id, run)

    async def recall(self, run_ids: Collection[str], /) -> Mapping[str, EndedRun]:
        """Look it up."""
        return await self._runs.ended.get(self._profile, run_ids)
