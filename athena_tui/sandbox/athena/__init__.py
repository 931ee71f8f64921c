"""The Athena API, as its documentation describes it."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from athena_tui.sandbox.agents.catalogue import AGENTS
from athena_tui.sandbox.athena import execute, handlers
from athena_tui.sandbox.athena.access import FIREBASE_TOKEN, WORKSPACE_ID, Access
from athena_tui.sandbox.athena.api import Api, Handler, public, secured
from athena_tui.sandbox.athena.credits import Ledger
from athena_tui.sandbox.athena.errors import ApiError, rate_limited
from athena_tui.sandbox.athena.executions import agent_id
from athena_tui.sandbox.athena.past import remember_past
from athena_tui.sandbox.athena.schema import SCHEMA
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState

_SECURED: tuple[tuple[str, str, Handler, str], ...] = (
    ("GET", "/agents", handlers.list_agents, "agents:execute"),
    ("POST", "/agents/{id}/execute", execute.execute, "agents:execute"),
    ("POST", "/agents/{id}/execute/stream", execute.execute_stream, "agents:execute"),
    ("POST", "/agents/{id}/execute/batch", execute.execute_batch, "agents:execute"),
    ("POST", "/agents/{id}/preview-credits", execute.preview_credits, "agents:execute"),
    ("GET", "/executions/{id}", execute.get_execution, "executions:manage"),
    ("POST", "/executions/{id}/tool-result", execute.tool_result, "executions:manage"),
    ("POST", "/executions/{id}/resume", execute.resume, "executions:manage"),
    ("POST", "/executions/{id}/cancel", execute.cancel, "executions:manage"),
    ("GET", "/my/conversations", handlers.list_conversations, "conversations:read"),
    ("POST", "/my/conversations", handlers.open_conversation, "conversations:write"),
    ("GET", "/my/conversations/{id}", handlers.get_conversation, "conversations:read"),
    ("POST", "/my/conversations/{id}/archive", handlers.archive_conversation, "conversations:write"),
    ("GET", "/my/conversations/{id}/messages", handlers.list_messages, "conversations:read"),
    (
        "POST",
        "/my/conversations/{id}/messages/{message_id}/feedback",
        handlers.rate_message,
        "conversations:write",
    ),
    ("GET", "/my/credits", handlers.get_credits, "credits:read"),
    ("GET", "/my/media", handlers.list_media, "media:read"),
    ("POST", "/attachments/upload", handlers.upload, "attachments:write"),
    ("POST", "/ephemeral-keys/", handlers.mint_key, "executions:manage"),
    ("DELETE", "/ephemeral-keys/{id}", handlers.revoke_key, "executions:manage"),
)


def routes(state: SandboxState) -> list[BaseRoute]:
    """The API's routes; makes the tables and, on the first start, some past conversations."""
    state.database.script(SCHEMA)
    api = Api.on(state)
    api.executions.fail_interrupted()
    _standing_keys(api.access)
    remember_past(state, api.ledger.customer(FIREBASE_TOKEN))
    listed: list[BaseRoute] = [
        Route(path, secured(api, handler, scope), methods=[method]) for method, path, handler, scope in _SECURED
    ]
    return [
        *listed,
        Route("/auth/external/{workspace_id}", public(api, handlers.exchange), methods=["POST"]),
        Route("/public/cms/agents", public(api, handlers.cms_agents), methods=["GET"]),
        Route("/public/cms/categories", public(api, handlers.cms_categories), methods=["GET"]),
        Route("/media/{key}.png", public(api, handlers.get_picture), methods=["GET"]),
        Route("/{path:path}", public(api, handlers.not_found), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def describe(state: SandboxState, base_url: str) -> JsonObject:
    """What a client needs to connect."""
    api_key, workspace_key = _standing_keys(Access(state, Ledger(state)))
    return {
        "base_url": base_url,
        "api_key": api_key,
        "workspace_key": workspace_key,
        "workspace_id": WORKSPACE_ID,
        "firebase_token": FIREBASE_TOKEN,
        "agents": [{"id": agent_id(agent), "name": agent.name} for agent in AGENTS if agent.api_enabled],
    }


def refuse(state: SandboxState, status: int) -> Response:
    """The API's own error response for a status."""
    error = rate_limited(60, 1) if status == 429 else ApiError(status)
    return error.answer(state)


def _standing_keys(access: Access) -> tuple[str, str]:
    return access.standing_key("demo", FIREBASE_TOKEN), access.standing_key("server")
