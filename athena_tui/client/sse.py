"""Server-sent events out of bytes, as https://html.spec.whatwg.org/multipage/server-sent-events.html has them."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

import httpx
import httpx_sse

from athena_tui.client.errors import UnreadableAnswer

LARGEST_EVENT: Final = 16 * 1024 * 1024
"""How many bytes one event may have."""

_BLANK_LINE: Final = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LONGEST_BLANK_LINE: Final = 4


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event. `name` is `message` where the server named none; `id` is the last id seen, or empty."""

    name: str
    data: str
    id: str = ""


class _Bytes(httpx.AsyncByteStream):
    """The body, watched for an event that does not end, and ended so that its last event counts."""

    def __init__(self, chunks: AsyncIterator[bytes], largest_event: int) -> None:
        self._chunks = chunks
        self._largest_event = largest_event

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        tail = b""
        async for chunk in self._chunks:
            size += len(chunk)
            watched = tail + chunk
            if ends := list(_BLANK_LINE.finditer(watched)):
                size = len(watched) - ends[-1].end()
            tail = watched[-(_LONGEST_BLANK_LINE - 1) :]
            if size > self._largest_event:
                raise UnreadableAnswer(
                    f"The platform sent one event of more than {self._largest_event // 1024} KiB.",
                    code="event_too_large",
                    remedy="Ask the agent for less at a time.",
                )
            yield chunk
        # Servers forget the blank line after the last event; a connection that breaks does not come here.
        yield b"\n\n"


async def server_events(
    chunks: AsyncIterator[bytes], *, largest_event: int = LARGEST_EVENT
) -> AsyncGenerator[ServerEvent, None]:
    """Turn the bytes of a body into its events, however they were cut.

    Comments and events without data (heartbeats, lone ids) are left out. What breaks the reading of the bytes is
    passed on.

    Raises:
        UnreadableAnswer: An event is larger than `largest_event` bytes.
    """
    # A response of our own: httpx-sse believes its headers, and the charset of the real one may be wrong.
    # SSE is always UTF-8, with or without a byte order mark.
    response = httpx.Response(
        200,
        headers={"content-type": "text/event-stream"},
        stream=_Bytes(chunks, largest_event),
        default_encoding="utf-8-sig",
    )
    async with aclosing(httpx_sse.EventSource(response).aiter_sse()) as events:
        async for event in events:
            if event.data:
                yield ServerEvent(event.event, event.data, event.id)
