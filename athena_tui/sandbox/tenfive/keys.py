"""API keys of the TenFive sandbox. Follows the Authentication page."""

from __future__ import annotations

from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState
from athena_tui.sandbox.tenfive.errors import ApiError
from athena_tui.sandbox.tenfive.store import ApiKey, Store

_DEMO_KEY = "sandbox"


def ensure_demo_key(state: SandboxState, store: Store) -> ApiKey:
    """The key the sandbox hands out; a new one where there is none or it was revoked."""
    return store.active_key_named(_DEMO_KEY) or issue(state, store, "cus_sandbox", _DEMO_KEY)


def issue(state: SandboxState, store: Store, customer_id: str, name: str | None) -> ApiKey:
    """Make a key for a customer."""
    key = ApiKey(f"key_{state.ids.key(12)}", state.ids.key(32), customer_id, name, state.timestamp())
    store.add_key(key)
    return key


def authenticate(store: Store, authorization: str | None) -> ApiKey:
    """The key of a request.

    Raises:
        ApiError: There is no header, or no active key that fits it.
    """
    if not authorization:
        raise ApiError(401, "AUTH_MISSING_HEADER", "Send Authorization: Bearer <key_id>:<secret>")
    scheme, _, credential = authorization.partition(" ")
    key = store.key(credential.strip().partition(":")[0])
    if scheme.lower() != "bearer" or key is None or not key.active or key.credential != credential.strip():
        raise ApiError(401, "AUTH_KEY_INVALID", "The API key is wrong, malformed or revoked")
    return key


def shown_once(key: ApiKey) -> JsonObject:
    """A new key as its owner sees it, secret included."""
    return {
        "key_id": key.key_id,
        "secret": key.secret,
        "api_key": key.credential,
        "name": key.name,
        "customer_id": key.customer_id,
        "status": "active",
        "created_at": key.created_at,
    }
