"""The TenFive (Agent Harness) API, as its documentation describes it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState
from athena_tui.sandbox.tenfive import errors, keys
from athena_tui.sandbox.tenfive.api import Api
from athena_tui.sandbox.tenfive.engine import Engine
from athena_tui.sandbox.tenfive.scripts import SCRIPTS
from athena_tui.sandbox.tenfive.store import Store

__all__ = ["describe", "refuse", "routes"]


def routes(state: SandboxState, *, duplicate_conflicts: bool = False) -> list[BaseRoute]:
    """The API's routes.

    Args:
        state: What the platforms share.
        duplicate_conflicts: Answer a repeated idempotency key with 409 and the run instead of 200 and the run: the
            documentation has both.
    """
    store = Store(state.database)
    keys.ensure_demo_key(state, store)
    engine = Engine(state, store)
    engine.recover()
    return Api(state, store, engine, duplicate_conflicts=duplicate_conflicts).routes()


def describe(state: SandboxState, base_url: str) -> JsonObject:
    """What a client needs to connect. The platform has no agents; a run's `routing_hint` picks one of ours."""
    agents = [
        {"id": name, "name": name, "description": (script.__doc__ or "").strip()} for name, script in SCRIPTS.items()
    ]
    return {
        "base_url": base_url,
        "api_key": keys.ensure_demo_key(state, Store(state.database)).credential,
        "agents": agents,
    }


def refuse(state: SandboxState, status: int) -> Response:
    """The API's own error response for a status."""
    return errors.answer(errors.error_for(status), state.ids.uuid())
