"""Trouble on demand.

A specification is a list of faults separated by commas, each `[PATH=]KIND[@N][:COUNT]`:

    429:3               the next three requests are refused with 429 and `Retry-After: 1`
    500:2               the next two requests fail; any status from 400 to 599 works
    execute=500:1       only requests whose path contains "execute" count
    html502             a proxy answers with an HTML page, always (no count: forever)
    drop@40             every stream is cut off after 40 events
    drop@40:1           only the first one
    slow                every response, and every event of a stream, is two seconds late
    slow@0.2            two tenths of a second
    expire@5            the key expires after five requests, once
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FAULT = re.compile(
    r"(?:(?P<path>[^=]*)=)?(?P<kind>[45]\d\d|html502|drop|slow|expire)(?:@(?P<at>\d+(?:\.\d+)?))?(?::(?P<count>\d+))?"
)
_PROXY_PAGE = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>sandbox proxy</center></body></html>
"""

Refusal = Callable[[int], Response]


@dataclass(slots=True)
class Fault:
    """One thing that goes wrong. `remaining` is `None` when it never stops."""

    kind: str
    path: str = ""
    at: float | None = None
    remaining: int | None = None

    def take(self, path: str) -> bool:
        """Whether it strikes here; counts it if so."""
        if self.path not in path or self.remaining == 0:
            return False
        if self.remaining is not None:
            self.remaining -= 1
        return True


class Faults:
    """The faults still to come."""

    def __init__(self, faults: list[Fault]) -> None:
        self._faults = faults

    def strike(self, kind: str, path: str) -> Fault | None:
        """The first fault of this kind that strikes here, counted."""
        return next((fault for fault in self._faults if fault.kind == kind and fault.take(path)), None)

    def strike_status(self, path: str) -> str | None:
        """The status (or `html502`) this request is refused with, if any."""
        refusals = (fault for fault in self._faults if fault.kind[0] in "45h")
        return next((fault.kind for fault in refusals if fault.take(path)), None)

    def key_expires(self, path: str) -> bool:
        """Whether the key of this request is to expire now. Asked once a request."""
        for fault in self._faults:
            if fault.kind == "expire" and fault.path in path and fault.remaining != 0:
                if fault.at:
                    fault.at -= 1
                    continue
                return fault.take(path)
        return False


def parse_faults(specification: str) -> Faults:
    """Read a specification.

    Raises:
        ValueError: A fault is not of the grammar.
    """
    faults = []
    for word in filter(None, (word.strip() for word in specification.split(","))):
        match = _FAULT.fullmatch(word)
        if match is None:
            raise ValueError(
                f"{word!r} is no fault. Write [PATH=]KIND[@N][:COUNT] with KIND one of a status from 400 to 599, "
                "html502, drop, slow, expire; for example drop@40 or execute=429:3."
            )
        once = match["kind"] == "expire"
        count = int(match["count"]) if match["count"] else (1 if once else None)
        at = float(match["at"]) if match["at"] else None
        faults.append(Fault(match["kind"], match["path"] or "", at, count))
    return Faults(faults)


class ConnectionCut(Exception):
    """Raised by `send` when the connection is to break; the server then closes it in the middle of the response."""


class FaultMiddleware:
    """Wraps one platform and makes it fail.

    Args:
        app: The platform.
        faults: What goes wrong.
        refuse: The platform's own error response for a status.
    """

    def __init__(self, app: ASGIApp, faults: Faults, refuse: Refusal) -> None:
        self._app = app
        self._faults = faults
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        slow = self._faults.strike("slow", path)
        if slow:
            await asyncio.sleep(2.0 if slow.at is None else slow.at)
        refusal = self._faults.strike_status(path)
        if refusal is not None:
            response = HTMLResponse(_PROXY_PAGE, 502) if refusal == "html502" else self._refuse(int(refusal))
            await response(scope, receive, send)
            return
        await self._app(scope, receive, self._faulty_send(path, send, slow))

    def _faulty_send(self, path: str, send: Send, slow: Fault | None) -> Send:
        drop: Fault | None = None
        streaming = False
        events = 0

        async def faulty_send(message: Message) -> None:
            nonlocal drop, streaming, events
            if message["type"] == "http.response.start":
                streaming = any(
                    name.lower() == b"content-type" and value.startswith(b"text/event-stream")
                    for name, value in message["headers"]
                )
                drop = self._faults.strike("drop", path) if streaming else None
            elif streaming:
                if drop and events >= (drop.at or 0):
                    raise ConnectionCut
                events += message.get("body", b"").count(b"\n\n")
                if slow:
                    await asyncio.sleep(2.0 if slow.at is None else slow.at)
            await send(message)

        return faulty_send
