"""The Athena API, as its documentation describes it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute

from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.state import SandboxState


def routes(state: SandboxState) -> list[BaseRoute]:
    """The API's routes."""
    return []


def describe(state: SandboxState, base_url: str) -> JsonObject:
    """What a client needs to connect."""
    return {"base_url": base_url}


def refuse(state: SandboxState, status: int) -> Response:
    """The API's own error response for a status."""
    return JsonAnswer({"error": {"code": "internal_error"}}, status)
