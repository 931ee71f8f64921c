"""What some platforms let their customers manage beside runs.

A client that can do it satisfies these protocols; ask with `isinstance(client, UsageReports)`, or look at
`Capabilities` for the reason why one cannot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from athena_tui.client.models import Usage


class Granularity(StrEnum):
    """The length of one period of a usage report."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class UsageQuery:
    """Which usage to report; what is `None` does not narrow it. Times need an offset from UTC."""

    granularity: Granularity = Granularity.DAY
    start: datetime | None = None
    end: datetime | None = None
    event_type: str | None = None
    workspace_id: str | None = None
    external_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class UsageItem:
    """What was used of one kind in one period. `quantity` is in the kind's own unit, `count` in events."""

    event_type: str
    quantity: float
    period_start: datetime | None = None
    count: int | None = None
    workspace_id: str | None = None
    external_user_id: str | None = None
    tokens: Usage | None = None


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Usage by period and kind, as the platform sums it up."""

    items: tuple[UsageItem, ...]
    granularity: Granularity
    start: datetime | None = None
    end: datetime | None = None
    totals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key. `credential` is what to sign in with, secret included: the platform shows it this once."""

    key_id: str
    credential: str = field(repr=False)
    name: str | None = None
    created_at: datetime | None = None


@runtime_checkable
class UsageReports(Protocol):
    """Can say what was used, period by period."""

    async def usage_report(self, query: UsageQuery) -> UsageReport:
        """The usage that fits the query."""


@runtime_checkable
class ApiKeys(Protocol):
    """Can manage the customer's keys."""

    async def create_api_key(self, name: str | None = None) -> IssuedKey:
        """Make another key."""

    async def rotate_api_key(self, key_id: str) -> IssuedKey:
        """Give a key another secret; the connection goes on with it when the key is its own."""

    async def revoke_api_key(self, key_id: str) -> None:
        """Make a key useless."""
