"""`/sessions/`. Follows the REST tutorial and the Sessions pages."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from athena_tui.sandbox.atthene.configuration import validate
from athena_tui.sandbox.atthene.endpoint import number, read_object
from athena_tui.sandbox.atthene.failures import RefusedConfiguration, invalid_request, not_found
from athena_tui.sandbox.atthene.store import Store, StoredAgent, StoredSession, config_hash
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject


class Sessions:
    """Opens, lists and deletes sessions."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, request: Request) -> Response:
        """POST `/sessions/`: the body is the configuration."""
        config = await read_object(request)
        errors = validate(config)
        if errors:
            raise RefusedConfiguration(errors)
        session = self._store.create_session(config)
        answer = {"success": True, "session_id": session.id, "config_hash": config_hash(config)}
        return JsonAnswer(answer, 201)

    async def list(self, request: Request) -> Response:
        """GET `/sessions/`: newest first. The documentation names it without showing it."""
        limit, offset = number(request, "limit", 50, 1), number(request, "offset", 0, 0)
        sessions, total = self._store.sessions(limit, offset)
        shown = [self._shown(session) for session in sessions]
        return JsonAnswer({"sessions": shown, "total": total, "has_more": offset + len(shown) < total})

    async def get(self, request: Request) -> Response:
        """GET `/sessions/{session_id}/`."""
        session = self._store.session(request.path_params["session_id"])
        if session is None:
            raise not_found("Session")
        return JsonAnswer({**self._shown(session), "agent_config": session.config})

    async def delete(self, request: Request) -> Response:
        """DELETE `/sessions/{session_id}/`, which the error table implies."""
        if not self._store.delete_session(request.path_params["session_id"]):
            raise not_found("Session")
        return Response(status_code=204)

    async def from_agent(self, request: Request) -> Response:
        """GET `/sessions/from-agent/?agent_key=`: opens a session although it is a GET."""
        agent = self._agent(request)
        session = self._store.create_session(agent.config, agent.id)
        return JsonAnswer(
            {
                "success": True,
                "session_id": session.id,
                "config_hash": agent.config_hash,
                "agent_id": agent.id,
                "agent_name": agent.config["name"],
            }
        )

    async def from_agent_id(self, request: Request) -> Response:
        """POST `/sessions/from-agent/{agent_id}/`, the older form."""
        agent = self._store.agent(request.path_params["agent_id"])
        if agent is None:
            raise not_found("Agent")
        session = self._store.create_session(agent.config, agent.id)
        answer = {
            "success": True,
            "session_id": session.id,
            "agent_id": agent.id,
            "config_hash": agent.config_hash,
        }
        return JsonAnswer(answer, 201)

    async def delete_from_agent(self, request: Request) -> Response:
        """DELETE `/sessions/from-agent/?agent_key=`."""
        return JsonAnswer({"deleted": self._store.delete_sessions_of(self._agent(request).id)})

    def _agent(self, request: Request) -> StoredAgent:
        key = request.query_params.get("agent_key")
        if not key:
            raise invalid_request("agent_key is required")
        agent = self._store.agent(key)
        if agent is None:
            raise not_found("Agent")
        return agent

    def _shown(self, session: StoredSession) -> JsonObject:
        return {
            "session_id": session.id,
            "config_hash": config_hash(session.config),
            "created_at": session.created_at,
            "status": session.status,
            "name": session.config["name"],
            "message_count": self._store.message_count(session.id),
            "last_activity": session.last_activity,
        }
