"""Keys: who calls, and whether they may. Follows the quickstart's exchange and the overview's headers."""

from __future__ import annotations

import math
import time
from collections import deque
from dataclasses import dataclass
from datetime import timedelta
from sqlite3 import Row

from athena_tui.sandbox.athena.credits import Ledger
from athena_tui.sandbox.athena.errors import ApiError, rate_limited
from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState

WORKSPACE_ID = "workspace:sandbox0000000000000"
FIREBASE_TOKEN = "sandbox-firebase-token"  # noqa: S105  printed at every start; opens nothing but the sandbox
SCOPES = (
    "agents:execute",
    "executions:manage",
    "conversations:read",
    "conversations:write",
    "attachments:write",
    "credits:read",
    "media:read",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever holds a valid key; `customer_id` is `None` for a workspace key."""

    key: str
    customer_id: str | None
    scopes: frozenset[str]

    def require(self, scope: str) -> None:
        """Refuse a key without this scope.

        Raises:
            ApiError: 403.
        """
        if scope not in self.scopes:
            raise ApiError(403, f"The key lacks the scope {scope}.")

    def customer(self) -> str:
        """The customer, who must exist.

        Raises:
            ApiError: 403 for a workspace key.
        """
        if self.customer_id is None:
            raise ApiError(403, "This endpoint belongs to a customer: call it with an eak_ key.")
        return self.customer_id


class Access:
    """The keys of the workspace and the rate limit of each."""

    def __init__(self, state: SandboxState, ledger: Ledger) -> None:
        self._state = state
        self._database = state.database
        self._ledger = ledger
        self._requests: dict[str, deque[float]] = {}

    def standing_key(self, name: str, external_id: str | None = None) -> str:
        """The key with this name, made on the first start and valid anew from each start on."""
        row = self._database.one("SELECT key FROM athena_keys WHERE name = ?", (name,))
        if row is None:
            customer_id = None if external_id is None else self._ledger.customer(external_id)
            return str(self._insert(customer_id, SCOPES, None, name)["key"])
        if external_id is not None:
            expires_at = self._expiry(self._state.options.key_lifetime)
            self._database.execute("UPDATE athena_keys SET expires_at = ? WHERE name = ?", (expires_at, name))
        return str(row["key"])

    def exchange(self, provider: object, token: object) -> JsonObject:
        """Exchange a provider's token; every token that starts with `sandbox-` is one customer.

        Raises:
            ApiError: 401 for any other token.
        """
        if provider != "firebase" or not isinstance(token, str) or not token.startswith("sandbox-"):
            raise ApiError(401, "The provider's token is not valid here. Try 'sandbox-firebase-token'.")
        return self.mint(token)

    def mint(self, external_id: str, scopes: tuple[str, ...] = SCOPES, lifetime: float | None = None) -> JsonObject:
        """A new client-side key for a customer; `lifetime` is in seconds."""
        customer_id = self._ledger.customer(external_id)
        row = self._insert(customer_id, scopes, lifetime, None)
        balance = self._ledger.balance(customer_id)
        customer = {
            "id": customer_id,
            "active_credits": balance["active"],
            "frozen_credits": balance["frozen"],
            "inactive_credits": balance["inactive"],
        }
        return {"id": row["id"], "key": row["key"], "expires_at": row["expires_at"], "customer": customer}

    def revoke(self, key_id: str) -> bool:
        """Delete a key; false when there is none."""
        return self._database.execute("DELETE FROM athena_keys WHERE id = ? AND customer_id NOTNULL", (key_id,)) == 1

    def admit(self, key: str | None, workspace_id: str | None, path: str) -> Caller:
        """Who calls.

        Raises:
            ApiError: 401 for a key that is unknown or expired, 403 for another workspace, 429 for too many requests.
        """
        if not key:
            raise ApiError(401, "Send the API key in X-API-Key.")
        row = self._database.one("SELECT * FROM athena_keys WHERE key = ?", (key,))
        if row is None:
            raise ApiError(401, "The API key is not valid.")
        if row["customer_id"] is not None and self._state.faults.key_expires(path):
            self._database.execute("UPDATE athena_keys SET expires_at = '' WHERE key = ?", (key,))
            raise ApiError(401, "The API key has expired.")
        if row["expires_at"] is not None and row["expires_at"] <= self._state.timestamp():
            raise ApiError(401, "The API key has expired.")
        if workspace_id is not None and workspace_id not in (WORKSPACE_ID, WORKSPACE_ID.partition(":")[2]):
            raise ApiError(403, "X-Workspace-Id is not the key's workspace.")
        self._count(key)
        return Caller(key, row["customer_id"], frozenset(row["scopes"].split()))

    def _count(self, key: str) -> None:
        limit = self._state.options.requests_per_minute
        if limit is None:
            return
        now = time.monotonic()
        times = self._requests.setdefault(key, deque())
        while times and now - times[0] >= 60:
            times.popleft()
        if len(times) >= limit:
            raise rate_limited(limit, math.ceil(60 - (now - times[0])))
        times.append(now)

    def _insert(
        self, customer_id: str | None, scopes: tuple[str, ...], lifetime: float | None, name: str | None
    ) -> Row:
        prefix = "wak" if customer_id is None else "eak"
        key = f"{prefix}_{self._state.ids.key(32)}"
        seconds = self._state.options.key_lifetime if lifetime is None else lifetime
        expires_at = None if customer_id is None else self._expiry(seconds)
        self._database.execute(
            "INSERT INTO athena_keys VALUES (?, ?, ?, ?, ?, ?)",
            (key, f"ephemeral_key:{self._state.ids.key()}", customer_id, " ".join(scopes), expires_at, name),
        )
        row = self._database.one("SELECT * FROM athena_keys WHERE key = ?", (key,))
        if row is None:
            raise LookupError(key)
        return row

    def _expiry(self, seconds: float) -> str:
        return timestamp(self._state.clock.now() + timedelta(seconds=seconds))
