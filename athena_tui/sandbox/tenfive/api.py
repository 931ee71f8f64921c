"""The endpoints of the TenFive sandbox. Follows the Quickstart, Endpoints, Events and Signal API pages."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.sse import EventStream
from athena_tui.sandbox.state import SandboxState
from athena_tui.sandbox.tenfive import errors, keys, usage
from athena_tui.sandbox.tenfive.engine import Engine
from athena_tui.sandbox.tenfive.errors import ApiError
from athena_tui.sandbox.tenfive.store import ApiKey, Run, Store
from athena_tui.sandbox.tenfive.stream import frames, public

_ACTIONS = ("approve", "reject", "submit_input")
_INPUT_KEYS = ("input", "text", "value", "message", "content", "response")
_PAGE = 100
_ANY_METHOD = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Endpoint = Callable[[Request, ApiKey, str], Awaitable[Response]]


class Api:
    """Checks who asks, reads what they ask, and answers."""

    def __init__(self, state: SandboxState, store: Store, engine: Engine, *, duplicate_conflicts: bool) -> None:
        self._state = state
        self._store = store
        self._engine = engine
        self._duplicate_conflicts = duplicate_conflicts

    def routes(self) -> list[BaseRoute]:
        """Every route; the last one answers what there is not."""
        return [
            Route("/health/{check}", _health),
            self._route("/v1/runs", self._create_run, "POST"),
            self._route("/v1/runs/{run_id}", self._get_run, "GET"),
            self._route("/v1/runs/{run_id}/events", self._list_events, "GET"),
            self._route("/v1/runs/{run_id}/events/stream", self._stream_events, "GET"),
            self._route("/v1/runs/{run_id}/signal", self._signal, "POST"),
            self._route("/v1/runs/{run_id}/resume", self._resume, "POST"),
            self._route("/v1/runs/{run_id}/cancel", self._cancel, "POST"),
            self._route("/v1/usage", self._usage, "GET"),
            self._route("/v1/api-keys", self._create_key, "POST"),
            self._route("/v1/api-keys/{key_id}/rotate", self._rotate_key, "POST"),
            self._route("/v1/api-keys/{key_id}", self._revoke_key, "DELETE"),
            self._route("/{path:path}", _nothing, *_ANY_METHOD),
        ]

    def _route(self, path: str, endpoint: Endpoint, *methods: str) -> Route:
        async def guarded(request: Request) -> Response:
            request_id = self._state.ids.uuid()
            try:
                key = keys.authenticate(self._store, request.headers.get("authorization"))
                return await endpoint(request, key, request_id)
            except ApiError as error:
                return errors.answer(error, request_id)

        return Route(path, guarded, methods=list(methods))

    async def _create_run(self, request: Request, key: ApiKey, request_id: str) -> Response:
        idempotency_key = request.headers.get("idempotency-key")
        if not idempotency_key:
            raise ApiError(400, "IDEMPOTENCY_KEY_REQUIRED", "Send an idempotency-key header")
        body = await _body(request)
        if not isinstance(body.get("input"), dict | str):
            raise ApiError(400, "VALIDATION_FAILED", "input must be an object")
        existing = self._store.run_by_key(key.customer_id, idempotency_key)
        if existing is not None:
            return self._replay(existing, body, request_id)
        now = self._state.timestamp()
        run_id = f"run_{self._state.ids.key(12)}"
        seat = self._state.seat
        run = Run(run_id, key.customer_id, idempotency_key, body, "queued", request_id, now, now, seat=seat)
        self._engine.create(run)
        return JsonAnswer(_record(run, request_id), 202)

    def _replay(self, run: Run, body: JsonObject, request_id: str) -> Response:
        if run.body != body:
            raise ApiError(409, "IDEMPOTENCY_KEY_CONFLICT", "This idempotency key was used with another body")
        record = {**_record(run, request_id), "replayed": True}
        if not self._duplicate_conflicts:
            return JsonAnswer(record, 200)
        return JsonAnswer(
            {
                "error": "This idempotency key was used before",
                "reason_code": "IDEMPOTENCY_KEY_REPLAYED",
                "request_id": request_id,
                "replayed": True,
                "run": record,
            },
            409,
        )

    async def _get_run(self, request: Request, key: ApiKey, request_id: str) -> Response:
        return JsonAnswer(_record(self._run(request, key), request_id))

    async def _list_events(self, request: Request, key: ApiKey, request_id: str) -> Response:
        run = self._run(request, key)
        limit = min(_number(request, "limit") or _PAGE, _PAGE)
        after = _position(request)
        events = self._store.events_after(run.id, after, limit + 1)
        page = events[:limit]
        return JsonAnswer(
            {
                "events": [public(event) for event in page],
                "next_cursor": str(page[-1].seq if page else after),
                "has_more": len(events) > limit,
                "request_id": request_id,
            }
        )

    async def _stream_events(self, request: Request, key: ApiKey, _request_id: str) -> Response:
        run = self._run(request, key)
        after = max(_position(request), _whole(request.headers.get("last-event-id"), "Last-Event-ID") or 0)
        interrupt = self._state.interrupt()
        return EventStream(
            frames(self._store, self._engine, run.id, after, interrupt, self._state.options.heartbeat_interval),
            interrupt,
        )

    async def _signal(self, request: Request, key: ApiKey, request_id: str) -> Response:
        run = self._run(request, key)
        body = await _body(request)
        action = body.get("action")
        if action not in _ACTIONS:
            raise ApiError(400, "VALIDATION_FAILED", f"action must be one of {', '.join(_ACTIONS)}")
        idempotency_key = request.headers.get("idempotency-key")
        if not self._store.has_signal(run.id, idempotency_key):
            if run.status != "awaiting_input":
                raise ApiError(409, "RUN_NOT_AWAITING_INPUT", f"The run is {run.status}")
            self._engine.answer(run, idempotency_key, action, _input_text(body))
        return JsonAnswer(_record(self._run(request, key), request_id))

    async def _resume(self, request: Request, key: ApiKey, request_id: str) -> Response:
        run = self._run(request, key)
        if run.status != "stalled":
            raise ApiError(409, "RUN_NOT_STALLED", f"The run is {run.status}")
        self._engine.resume(run)
        return JsonAnswer(_record(self._run(request, key), request_id))

    async def _cancel(self, request: Request, key: ApiKey, request_id: str) -> Response:
        run = self._run(request, key)
        if not run.is_terminal:
            self._engine.cancel(run)
        return JsonAnswer(_record(self._run(request, key), request_id))

    async def _usage(self, request: Request, key: ApiKey, request_id: str) -> Response:
        body = usage.report(self._store, key.customer_id, request.query_params, self._state.clock.now())
        return JsonAnswer({**body, "request_id": request_id})

    async def _create_key(self, request: Request, key: ApiKey, request_id: str) -> Response:
        name = (await _body(request)).get("name")
        if name is not None and not isinstance(name, str):
            raise ApiError(400, "VALIDATION_FAILED", "name must be a string")
        created = keys.issue(self._state, self._store, key.customer_id, name)
        return JsonAnswer({**keys.shown_once(created), "request_id": request_id}, 201)

    async def _rotate_key(self, request: Request, key: ApiKey, request_id: str) -> Response:
        old = self._key(request, key)
        new = replace(old, secret=self._state.ids.key(32))
        self._store.change_secret(new.key_id, new.secret)
        return JsonAnswer({**keys.shown_once(new), "request_id": request_id})

    async def _revoke_key(self, request: Request, key: ApiKey, _request_id: str) -> Response:
        self._store.revoke(self._key(request, key).key_id)
        return Response(status_code=204)

    def _run(self, request: Request, key: ApiKey) -> Run:
        run = self._engine.run(request.path_params["run_id"])
        if run is None or run.customer_id != key.customer_id:
            raise ApiError(404, "RUN_NOT_FOUND", "There is no such run")
        return run

    def _key(self, request: Request, key: ApiKey) -> ApiKey:
        found = self._store.key(request.path_params["key_id"])
        if found is None or not found.active or found.customer_id != key.customer_id:
            raise ApiError(404, "API_KEY_NOT_FOUND", "There is no such key")
        return found


async def _health(_request: Request) -> Response:
    return JsonAnswer({"status": "ok"})


async def _nothing(_request: Request, _key: ApiKey, _request_id: str) -> Response:
    raise errors.error_for(404)


def _record(run: Run, request_id: str) -> JsonObject:
    return {
        "id": run.id,
        "status": run.status,
        "customer_id": run.customer_id,
        "workspace_id": run.body.get("workspace_id"),
        "subject_id": run.body.get("subject_id"),
        "metadata": run.body.get("metadata") or {},
        "streaming": run.body.get("streaming", True),
        "reason_code": run.reason_code,
        "output": run.output,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "started_at": run.started_at,
        "completed_at": run.completed_at,
        "request_id": request_id,
        "replayed": False,
    }


async def _body(request: Request) -> JsonObject:
    raw = await request.body()
    try:
        body: Any = json.loads(raw) if raw else {}
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ApiError(400, "VALIDATION_FAILED", "The body must be a JSON object")
    return body


def _input_text(body: JsonObject) -> str:
    payload = body.get("payload", body.get("input", ""))
    if isinstance(payload, dict):
        payload = next((payload[name] for name in _INPUT_KEYS if name in payload), "")
    return payload if isinstance(payload, str) else json.dumps(payload)


def _position(request: Request) -> int:
    return _number(request, "after_seq") or _number(request, "cursor") or 0


def _number(request: Request, name: str) -> int | None:
    return _whole(request.query_params.get(name), name)


def _whole(text: str | None, name: str) -> int | None:
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdigit()):
        raise ApiError(400, "VALIDATION_FAILED", f"{name} must be a whole number")
    return int(text)
