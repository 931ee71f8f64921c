"""The key that signs requests to Athena: a fixed one, or one that is exchanged for a provider's token."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from athena_tui.client.errors import NotSignedIn
from athena_tui.client.models import ConnectionSettings, EphemeralKey

EXPIRY_MARGIN: Final = 120.0
"""Seconds before its end at which a key is replaced."""


class AthenaCredentials:
    """Holds the key, and gets another one when it is about to expire or is refused. Follows the quickstart.

    Args:
        settings: A key, or an identity token to exchange for one, or both.
        exchange: Trades the identity token for a key.
        clock: Seconds of a monotonic clock. The time of day may be set wrong on this machine.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        exchange: Callable[[], Awaitable[EphemeralKey]],
        clock: Callable[[], float],
    ) -> None:
        self._can_exchange = settings.identity_token is not None
        self._key = EphemeralKey(settings.api_key) if settings.api_key else None
        self._exchange = exchange
        self._clock = clock
        self._replaced_at: float | None = None
        self._lock = asyncio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """The header with a key that is good for a while."""
        async with self._lock:
            if self._can_exchange and not self._is_good():
                await self._get_another()
        if self._key is None:
            raise NotSignedIn("There is no key for this connection.")
        return {"X-API-Key": self._key.key}

    async def renew(self) -> bool:
        """Get another key where there is a token to exchange."""
        if not self._can_exchange:
            return False
        refused = self._key
        async with self._lock:
            if self._key is refused:  # else another request has renewed it meanwhile
                await self._get_another()
        return True

    def _is_good(self) -> bool:
        return self._key is not None and (self._replaced_at is None or self._clock() < self._replaced_at)

    async def _get_another(self) -> None:
        self._key = await self._exchange()
        lifetime = self._key.lifetime
        # A key whose life is not known, or cannot be true, is used until it is refused.
        self._replaced_at = self._clock() + lifetime - EXPIRY_MARGIN if lifetime and lifetime > 0 else None
