"""Many messages in one request, where a platform takes them so.

A client that can do it satisfies `Batches`; ask with `isinstance(client, Batches)`, or look at `Capabilities` for the
reason why one cannot.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from athena_tui.client.events import RunFailed, RunFinished, RunSuspended
from athena_tui.client.models import JsonObject


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One message of a batch. `key` is the caller's own name for it, which no other item has."""

    key: str
    message: str
    variables: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A batch, ready to be sent. `idempotency_key` is made once for all of it."""

    agent_id: str
    items: tuple[BatchItem, ...]
    idempotency_key: str
    external_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class BatchResult:
    """How the run of one item ended."""

    key: str
    end: RunFinished | RunSuspended | RunFailed


@runtime_checkable
class Batches(Protocol):
    """Can run many messages that are sent at once."""

    def run_batch(self, batch: BatchRequest) -> AsyncGenerator[BatchResult, None]:
        """Run a batch. Every item has one result, in the order in which they end.

        Raises:
            ClientError: The batch as a whole was refused, before its first result.
        """
