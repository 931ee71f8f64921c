"""What the handlers share, and the wrapper that lets a request in. Follows the API overview."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from athena_tui.sandbox.athena.access import WORKSPACE_ID, Access, Caller
from athena_tui.sandbox.athena.conversations import Conversations, PageRequest, page_request
from athena_tui.sandbox.athena.credits import Ledger
from athena_tui.sandbox.athena.errors import ApiError
from athena_tui.sandbox.athena.executions import Executions
from athena_tui.sandbox.athena.media import Media
from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonAnswer, JsonObject
from athena_tui.sandbox.state import SandboxState

APP_VERSION = "app_version:sandbox0000000000001"
_IDEMPOTENCY_HOURS = 24


@dataclass(slots=True)
class LiveRun:
    """A run that is playing: set `interrupt` to end it; `done` is set when it is settled."""

    interrupt: asyncio.Event
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Api:
    """The platform's parts."""

    state: SandboxState
    ledger: Ledger
    access: Access
    conversations: Conversations
    executions: Executions
    media: Media
    live: dict[str, LiveRun] = field(default_factory=dict)

    @classmethod
    def on(cls, state: SandboxState) -> Api:
        """The platform in one sandbox, whose tables must exist."""
        ledger = Ledger(state)
        return cls(
            state=state,
            ledger=ledger,
            access=Access(state, ledger),
            conversations=Conversations(state),
            executions=Executions(state, ledger),
            media=Media(state),
        )

    def first_use(self, endpoint: str, key: str) -> bool:
        """Whether this idempotency key is new, or older than a day, at this endpoint."""
        now = self.state.clock.now()
        changed = self.state.database.execute(
            "INSERT INTO athena_idempotency VALUES (?1, ?2, ?3) ON CONFLICT (endpoint, key)"
            " DO UPDATE SET created_at = ?3 WHERE created_at <= ?4",
            (endpoint, key, timestamp(now), timestamp(now - timedelta(hours=_IDEMPOTENCY_HOURS))),
        )
        return changed == 1


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request."""

    api: Api
    request: Request
    caller: Caller
    endpoint: str

    @property
    def base_url(self) -> str:
        """Under which the client reaches the platform."""
        url = self.request.url
        return f"{url.scheme}://{url.netloc}{self.request.scope['root_path']}"

    @property
    def wants_stream(self) -> bool:
        """Whether the client asked for server-sent events."""
        return "text/event-stream" in self.request.headers.get("accept", "")

    def record_id(self, table: str, parameter: str = "id") -> str:
        """The id in the path, with or without its prefix."""
        return f"{table}:{str(self.request.path_params[parameter]).removeprefix(f'{table}:')}"

    def page(self) -> PageRequest:
        """The page that is asked for."""
        return page_request(self.request.query_params.get("cursor"), self.request.query_params.get("limit"))

    async def body(self) -> JsonObject:
        """The JSON object in the body; an empty body is an empty object.

        Raises:
            ApiError: 400 for anything else.
        """
        raw = await self.request.body()
        try:
            body = json.loads(raw or b"{}")
        except ValueError as error:
            raise ApiError(400, "The body is not JSON.") from error
        if not isinstance(body, dict):
            raise ApiError(400, "The body must be a JSON object.")
        return body

    def claim(self) -> None:
        """Let the request happen once.

        Raises:
            ApiError: 409 when its idempotency key was used here in the last 24 hours.
        """
        key = self.request.headers.get("idempotency-key")
        if key is not None and not self.api.first_use(self.endpoint, key):
            raise ApiError(
                409, "This idempotency key was used in the last 24 hours; nothing was run.", code="idempotency_conflict"
            )


Handler = Callable[[Call], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def secured(api: Api, handler: Handler, scope: str) -> Endpoint:
    """Admit requests with a valid key that has `scope`, and put the documented headers on every response."""

    async def endpoint(request: Request) -> Response:
        headers = request.headers
        customer_id: str | None = None
        try:
            caller = api.access.admit(headers.get("x-api-key"), headers.get("x-workspace-id"), request.url.path)
            customer_id = caller.customer_id
            caller.require(scope)
            response = await handler(Call(api, request, caller, handler.__name__))
        except ApiError as error:
            response = error.answer(api.state)
            if error.status == 401:
                return response
        response.headers["X-Workspace-Id"] = WORKSPACE_ID
        response.headers["X-App-Version"] = APP_VERSION
        if customer_id is not None:
            response.headers["X-Credits-Remaining"] = f"{api.ledger.balance(customer_id)['active']:.10g}"
        return response

    return endpoint


def public(api: Api, handler: Callable[[Api, Request], Awaitable[Response]]) -> Endpoint:
    """An endpoint without a key."""

    async def endpoint(request: Request) -> Response:
        try:
            return await handler(api, request)
        except ApiError as error:
            return error.answer(api.state)

    return endpoint


def data(value: object, status: int = 200) -> JsonAnswer:
    """The success envelope."""
    return JsonAnswer({"data": value}, status)
