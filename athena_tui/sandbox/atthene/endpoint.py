"""What every endpoint shares: the key, the rate limit, reading bodies, saying no."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from athena_tui.sandbox.atthene.failures import ApiFailure, invalid_request
from athena_tui.sandbox.atthene.store import Store
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.state import SandboxState

Handler = Callable[[Request], Awaitable[Response]]


class Gate:
    """Who may pass, and how often. Follows the Authentication page."""

    def __init__(self, state: SandboxState, store: Store) -> None:
        self._state = state
        self._store = store
        self._minute = 0
        self._requests: dict[str, int] = {}

    def check(self, request: Request, *, writes: bool) -> None:
        """Let the request pass.

        Raises:
            ApiFailure: 401, 403 or 429.
        """
        key = request.headers.get("x-api-key")
        if not key:
            raise ApiFailure(401, "authentication_error", "Missing API key")
        role = self._store.role(key)
        if role is None:
            raise ApiFailure(401, "authentication_error", "Invalid API key")
        if role == "expired" or self._state.faults.key_expires(request.scope["path"]):
            raise ApiFailure(401, "authentication_error", "API key has expired")
        if role == "read_only" and writes:
            raise ApiFailure(403, "permission_error", "This API key may only read")
        self._count(key)

    def _count(self, key: str) -> None:
        minute = int(time.monotonic() // 60)
        if minute != self._minute:
            self._minute = minute
            self._requests.clear()
        self._requests[key] = self._requests.get(key, 0) + 1
        limit = self._state.options.requests_per_minute
        if limit is not None and self._requests[key] > limit:
            raise ApiFailure(429, "rate_limit_error", "Rate limit exceeded")


class Endpoint:
    """One path and its methods.

    Args:
        gate: Who may pass.
        handlers: A handler for each method.
        reading: Methods a read-only key may use.
    """

    def __init__(self, gate: Gate, handlers: Mapping[str, Handler], reading: tuple[str, ...] = ("GET",)) -> None:
        self._gate = gate
        self._handlers = handlers
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = await self._respond(Request(scope, receive))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        handler = self._handlers.get(request.method)
        if handler is None:
            return JsonAnswer({"detail": f'Method "{request.method}" not allowed.'}, 405)
        try:
            self._gate.check(request, writes=request.method not in self._reading)
            return await handler(request)
        except ApiFailure as failure:
            return failure.response()


async def unknown_path(request: Request) -> Response:
    """404; a GET that only lacks its trailing slash is sent to the right place, as Django does."""
    path = request.url.path
    if request.method == "GET" and not path.endswith("/") and "/media/" not in path:
        return RedirectResponse(request.url.replace(path=f"{path}/"), 301)
    return JsonAnswer({"detail": "Not found."}, 404)


async def read_object(request: Request) -> JsonObject:
    """The body as an object: JSON, or YAML when the content type says so.

    Raises:
        ApiFailure: 400.
    """
    body = await request.body()
    value = _yaml(body) if "yaml" in request.headers.get("content-type", "") else _json(body)
    if not isinstance(value, dict):
        raise invalid_request("The body must be an object")
    return value


def _json(body: bytes) -> object:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise invalid_request(f"The body is not JSON: {error}") from error
    return value


def _yaml(body: bytes) -> object:
    import yaml

    try:
        # Through JSON, which has no dates.
        value: object = json.loads(json.dumps(yaml.safe_load(body)))
    except (yaml.YAMLError, TypeError, ValueError, LookupError, AttributeError, RecursionError) as error:
        raise invalid_request(f"The body is not YAML: {error}") from error
    return value


def number(request: Request, name: str, default: int, least: int) -> int:
    """A whole number from the query.

    Raises:
        ApiFailure: 400, when it is not one or too small.
    """
    text = request.query_params.get(name, str(default))
    if not text.isdecimal() or int(text) < least:
        raise invalid_request(f"{name} must be a whole number of at least {least}")
    return int(text)
