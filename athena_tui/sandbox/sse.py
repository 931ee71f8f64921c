"""Server-sent events that notice when nobody listens any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from athena_tui.sandbox.json_text import encode


def frame(data: object, *, event: str | None = None, event_id: str | None = None) -> str:
    """One event as it goes over the wire."""
    lines = [] if event_id is None else [f"id: {event_id}"]
    if event is not None:
        lines.append(f"event: {event}")
    lines.append(f"data: {encode(data)}")
    return "\n".join(lines) + "\n\n"


async def watch_disconnect(receive: Receive, interrupt: asyncio.Event) -> None:
    """Set `interrupt` when the client goes away. The request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
    interrupt.set()


class EventStream(Response):
    """Sends frames as they come.

    Args:
        frames: The frames; closed in every case, so that it can settle what it began.
        interrupt: Set when the client goes away; the frames should then end soon.
        headers: More response headers.
    """

    media_type = "text/event-stream"

    def __init__(
        self, frames: AsyncGenerator[str, None], interrupt: asyncio.Event, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", **(headers or {})})
        # The length of a stream is not known; Starlette set the one of an empty body.
        del self.headers["content-length"]
        self._frames = frames
        self._interrupt = interrupt

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response."""
        watcher = asyncio.create_task(watch_disconnect(receive, self._interrupt))
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for text in self._frames:
                await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watcher.cancel()
            await self._frames.aclose()
