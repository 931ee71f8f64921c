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
        wall: Unix time in seconds.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        exchange: Callable[[], Awaitable[EphemeralKey]],
        wall: Callable[[], float],
    ) -> None:
        self._can_exchange = settings.identity_token is not None
        self._key = EphemeralKey(settings.api_key) if settings.api_key else None
        self._exchange = exchange
        self._wall = wall
        self._lock = asyncio.Lock()

    async def headers(self) -> Mapping[str, str]:
        """The header with a key that is good for a while."""
        async with self._lock:
            if self._can_exchange and not self._is_good():
                self._key = await self._exchange()
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
                self._key = await self._exchange()
        return True

    def _is_good(self) -> bool:
        if self._key is None:
            return False
        expires_at = self._key.expires_at
        return expires_at is None or expires_at.timestamp() - self._wall() > EXPIRY_MARGIN
