"""`/runtime/`: executing a message, the history, the status. Follows the REST tutorial and the Runtime pages."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from athena_tui.sandbox.atthene.answers import SHAPES, Execution, tutorial, tutorial_short
from athena_tui.sandbox.atthene.content import Content, parse_content, text_of
from athena_tui.sandbox.atthene.endpoint import number, read_object
from athena_tui.sandbox.atthene.failures import ApiFailure, invalid_request, not_found
from athena_tui.sandbox.atthene.scripts import Reply, Turn, answer
from athena_tui.sandbox.atthene.store import Store, StoredMessage, StoredSession
from athena_tui.sandbox.atthene.variables import Resolution, declared, resolve
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject, encode
from athena_tui.sandbox.state import SandboxState

_IDLE_AFTER = timedelta(minutes=30)
_TOKENS_PER_PICTURE = 85
_TOKENS_PER_FILE = 1500


class Runtime:
    """Executes messages, one at a time in each session."""

    def __init__(self, state: SandboxState, store: Store) -> None:
        self._state = state
        self._store = store
        self._processing: set[str] = set()
        self._attempts: Counter[tuple[str, str]] = Counter()

    async def execute(self, request: Request) -> Response:
        """POST `/runtime/{session_id}/execute/`; answers when the agent is done."""
        session = self._session(request)
        body = await read_object(request)
        content = parse_content(body.get("content"))
        self._check_pictures(content, request)
        correlation_id = body.get("correlation_id")
        if not isinstance(correlation_id, str | None):
            raise invalid_request("correlation_id must be a string")
        if session.id in self._processing:
            raise ApiFailure(429, "rate_limit_error", "This session is already processing a message")
        variables = _variables(session, body.get("inputs"))
        turn = self._turn(session, content, variables)
        script = self._script(session)
        reply = answer(script, turn)
        self._processing.add(session.id)
        try:
            execution = await self._perform(session, body["content"], turn, reply, variables)
        finally:
            self._processing.discard(session.id)
        execution = replace(execution, correlation_id=correlation_id, ignored_inputs=tuple(variables.ignored))
        usual = tutorial_short if content.pictures or content.files else tutorial
        return JsonAnswer(SHAPES.get(script, usual)(execution))

    async def messages(self, request: Request) -> Response:
        """GET `/runtime/{session_id}/messages/`: oldest first."""
        session = self._session(request)
        limit, offset = number(request, "limit", 50, 1), number(request, "offset", 0, 0)
        messages, total = self._store.messages(session.id, limit, offset)
        shown: list[JsonObject] = []
        for message in messages:
            item = {
                "id": message.id,
                "role": message.role,
                "content": message.content,
                "timestamp": message.created_at,
            }
            if message.name is not None:
                item["agent_name"] = message.name
            shown.append(item)
        return JsonAnswer({"messages": shown, "total": total, "has_more": offset + len(shown) < total})

    async def status(self, request: Request) -> Response:
        """GET `/runtime/{session_id}/status/`."""
        session = self._session(request)
        status = session.status
        if session.id in self._processing:
            status = "processing"
        elif self._state.clock.now() - datetime.fromisoformat(session.last_activity) > _IDLE_AFTER:
            status = "idle"
        return JsonAnswer(
            {
                "session_id": session.id,
                "status": status,
                "message_count": self._store.message_count(session.id),
                "last_activity": session.last_activity,
                "created_at": session.created_at,
                "health": "degraded" if status == "error" else "healthy",
            }
        )

    def _session(self, request: Request) -> StoredSession:
        session = self._store.session(request.path_params["session_id"])
        if session is None:
            raise not_found("Session")
        return session

    def _script(self, session: StoredSession) -> str:
        agent = None if session.agent_id is None else self._store.agent(session.agent_id)
        return "" if agent is None else agent.key

    def _check_pictures(self, content: Content, request: Request) -> None:
        for picture in content.pictures:
            host, found, name = picture.url.partition("/media/uploaded_images/")
            ours = found and host.startswith(f"{request.url.scheme}://{request.url.netloc}")
            if ours and self._store.image(name) is None:
                raise invalid_request("The uploaded picture has expired; upload it again")

    def _turn(self, session: StoredSession, content: Content, variables: Resolution) -> Turn:
        history, _ = self._store.messages(session.id, 1000, 0)
        said = tuple(text_of(message.content) for message in history if message.role == "user")
        self._attempts[session.id, content.text] += 1
        return Turn(session.config, content, variables.values, said, self._attempts[session.id, content.text])

    async def _perform(
        self, session: StoredSession, content: object, turn: Turn, reply: Reply, variables: Resolution
    ) -> Execution:
        keep = self._store.add_message if session.config.get("save_messages", True) else self._discard
        started = self._state.clock.now()
        keep(session.id, "user", content)
        if await self._state.pacer(self._state.interrupt()).wait(reply.seconds):
            reply = Reply(status="timeout", error="The server is shutting down.")
        messages = tuple(keep(session.id, "assistant", said.text, said.agent) for said in reply.messages)
        checkpoint = variables.checkpoint if session.config.get("persistent_state", True) else {}
        self._store.update_session(session.id, "active" if reply.status == "completed" else "error", checkpoint)
        return Execution(
            id=f"exec_{self._state.ids.key(12)}",
            session_id=session.id,
            correlation_id=None,
            started=started,
            ended=self._state.clock.now(),
            reply=reply,
            messages=messages,
            input_tokens=_input_tokens(session, turn),
            output_tokens=sum(len(said.text) for said in reply.messages) // 4,
        )

    def _discard(self, _session_id: str, role: str, content: object, name: str | None = None) -> StoredMessage:
        return self._store.new_message(role, content, name)


def _variables(session: StoredSession, inputs: object) -> Resolution:
    if inputs is None:
        inputs = {}
    if not isinstance(inputs, dict):
        raise invalid_request("inputs must be an object")
    found = resolve(declared(session.config), session.checkpoint, inputs)
    if found.missing:
        names = ", ".join(found.missing)
        raise invalid_request(f"Missing required variable: {names}", {"missing": found.missing})
    if found.mistyped:
        names = ", ".join(found.mistyped)
        raise invalid_request(f"Variable of the wrong type: {names}", {"mistyped": found.mistyped})
    return found


def _input_tokens(session: StoredSession, turn: Turn) -> int:
    pictures = sum(
        _TOKENS_PER_PICTURE if picture.size is None else picture.size // 3 for picture in turn.content.pictures
    )
    text = len(encode(session.config)) + sum(map(len, turn.earlier)) + len(turn.content.text)
    return text // 4 + pictures + len(turn.content.files) * _TOKENS_PER_FILE
