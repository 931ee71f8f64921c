"""One application, three platforms.

Each platform is a sub-package with three functions; `PLATFORMS` is the only place that names them all. A platform's
requests reach it below `/<name>`, without that prefix; it answers what it does not know itself, so its last route
is a catch-all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from athena_tui.sandbox import athena, atthene, tenfive
from athena_tui.sandbox.faults import ConnectionCut, FaultMiddleware
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.state import SandboxState


@dataclass(frozen=True, slots=True)
class PlatformMount:
    """A platform as the sandbox sees it.

    Args:
        name: Key in the description and, with a slash before it, the base path.
        routes: Creates the platform's tables and data where they are missing, and returns its routes.
        describe: What a client needs, given the platform's base URL: at least `base_url`, `api_key`, `agents`.
        refuse: The platform's own error response for a status; used by the injected faults.
    """

    name: str
    routes: Callable[[SandboxState], list[BaseRoute]]
    describe: Callable[[SandboxState, str], JsonObject]
    refuse: Callable[[SandboxState, int], Response]


PLATFORMS: tuple[PlatformMount, ...] = (
    PlatformMount("athena", athena.routes, athena.describe, athena.refuse),
    PlatformMount("atthene", atthene.routes, atthene.describe, atthene.refuse),
    PlatformMount("tenfive", tenfive.routes, tenfive.describe, tenfive.refuse),
)


class _CutConnections:
    """Ends a response without completing it when a fault cuts the connection: the server then closes it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except ConnectionCut:
            return


def create_app(state: SandboxState) -> ASGIApp:
    """The application for one state."""
    mounts = [_mount(state, platform) for platform in PLATFORMS]
    return _CutConnections(Starlette(routes=mounts))


def _mount(state: SandboxState, platform: PlatformMount) -> Mount:
    def refuse(status: int) -> Response:
        return platform.refuse(state, status)

    faults = Middleware(FaultMiddleware, faults=state.faults, refuse=refuse)
    return Mount(f"/{platform.name}", routes=platform.routes(state), middleware=[faults])


def describe(state: SandboxState, url: str) -> JsonObject:
    """What a client needs to connect to each platform of the server at `url`."""
    return {platform.name: platform.describe(state, f"{url}/{platform.name}") for platform in PLATFORMS}
