"""How a client tells its owner about the connection, the balance and what went over the wire.

Adapters report through a `ClientObserver`; nothing here waits or draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol, TypeAlias

from athena_tui.client.record import record


@record(frozen=True, slots=True)
class Idle:
    """Nothing was asked of the platform yet, or what was asked was given up before an answer came."""


@record(frozen=True, slots=True)
class Connecting:
    """A request is under way and no answer has come yet."""


@record(frozen=True, slots=True)
class Live:
    """The last thing the platform did was answer."""


@record(frozen=True, slots=True)
class Retrying:
    """The next attempt begins in `delay` seconds; `attempt` counts from 1 to at most `attempts`."""

    reason: str
    delay: float
    attempt: int
    attempts: int


@record(frozen=True, slots=True)
class RateLimited:
    """The platform asked us to wait `delay` seconds. `limit` is its `X-RateLimit-Limit` where it sent one."""

    delay: float
    attempt: int
    attempts: int
    limit: int | None = None


@record(frozen=True, slots=True)
class Reconnecting:
    """A broken stream is picked up again after event number `after_event`."""

    after_event: int
    attempt: int
    attempts: int
    delay: float


@record(frozen=True, slots=True)
class Offline:
    """The platform cannot be reached."""

    reason: str


@record(frozen=True, slots=True)
class SignedOut:
    """The platform does not accept our key."""

    reason: str


ConnectionState: TypeAlias = Idle | Connecting | Live | Retrying | RateLimited | Reconnecting | Offline | SignedOut


@record(frozen=True, slots=True)
class WireRequest:
    """A request as sent; secrets in `headers` are masked. `at` is in seconds of a monotonic clock."""

    exchange_id: int
    at: float
    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@record(frozen=True, slots=True)
class WireResponse:
    """The head of a response, and its body unless it is a stream."""

    exchange_id: int
    at: float
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


@record(frozen=True, slots=True)
class WireEvent:
    """One server-sent event as it arrived."""

    exchange_id: int
    at: float
    name: str
    data: str


WireRecord: TypeAlias = WireRequest | WireResponse | WireEvent


class ClientObserver(Protocol):
    """Receives what a client notices beside its answers. Called on the event loop; must return at once."""

    def connection_changed(self, state: ConnectionState) -> None:
        """The connection is in another state."""

    def balance_reported(self, credits_remaining: float) -> None:
        """A response named the balance (`X-Credits-Remaining`)."""

    def wire_recorded(self, record: WireRecord) -> None:
        """Something went over the wire."""


class SilentObserver:
    """Ignores everything; the default."""

    def connection_changed(self, state: ConnectionState) -> None:
        """Ignore it."""

    def balance_reported(self, credits_remaining: float) -> None:
        """Ignore it."""

    def wire_recorded(self, record: WireRecord) -> None:
        """Ignore it."""
