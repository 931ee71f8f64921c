"""The table of paths. Every path ends in a slash; `execute` is documented without one, too."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from athena_tui.sandbox.atthene.endpoint import Endpoint, Gate, unknown_path
from athena_tui.sandbox.atthene.failures import ApiFailure
from athena_tui.sandbox.atthene.runtime import Runtime
from athena_tui.sandbox.atthene.sessions import Sessions
from athena_tui.sandbox.atthene.store import Store
from athena_tui.sandbox.atthene.workspace import Agents, Images
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState

_KINDS = {
    400: "validation_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def routes(state: SandboxState) -> list[BaseRoute]:
    """The platform's routes, below its base path."""
    store = Store(state)
    gate = Gate(state, store)
    sessions, runtime, agents, images = Sessions(store), Runtime(state, store), Agents(store), Images(store)
    from_agent = {"GET": sessions.from_agent, "DELETE": sessions.delete_from_agent}
    execute = Endpoint(gate, {"POST": runtime.execute})
    endpoints = {
        "/sessions/": Endpoint(gate, {"GET": sessions.list, "POST": sessions.create}),
        "/sessions/from-agent/": Endpoint(gate, from_agent, reading=()),
        "/sessions/from-agent/{agent_id}/": Endpoint(gate, {"POST": sessions.from_agent_id}),
        "/sessions/{session_id}/": Endpoint(gate, {"GET": sessions.get, "DELETE": sessions.delete}),
        "/runtime/{session_id}/execute/": execute,
        "/runtime/{session_id}/execute": execute,
        "/runtime/{session_id}/messages/": Endpoint(gate, {"GET": runtime.messages}),
        "/runtime/{session_id}/status/": Endpoint(gate, {"GET": runtime.status}),
        "/images/upload/": Endpoint(gate, {"POST": images.upload}),
        "/agent/": Endpoint(gate, {"GET": agents.list, "POST": agents.create}),
        "/agent/validate/": Endpoint(gate, {"POST": agents.validate}, reading=("POST",)),
    }
    return [
        *(Route(f"/api/v1{path}", endpoint) for path, endpoint in endpoints.items()),
        Route("/media/uploaded_images/{name}", images.show),
        Route("/{path:path}", unknown_path, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def describe(state: SandboxState, url: str) -> JsonObject:
    """What a client needs to connect."""
    store = Store(state)
    return {
        "base_url": f"{url}/api/v1",
        "api_key": store.key("full"),
        "read_only_key": store.key("read_only"),
        "expired_key": store.key("expired"),
        "agents": [{"id": agent.key, "name": agent.config["name"]} for agent in store.agents()],
    }


def refuse(_state: SandboxState, status: int) -> Response:
    """The platform's error for a status; never with `Retry-After`, which it does not document."""
    kind = _KINDS.get(status, "server_error" if status >= 500 else "validation_error")
    messages = {429: "Rate limit exceeded", 401: "Invalid API key", 500: "Internal server error"}
    return ApiFailure(status, kind, messages.get(status, "The request was refused")).response()
