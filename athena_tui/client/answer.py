"""What the transport brings back."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from athena_tui.client.errors import ConnectionFailed, UnreadableAnswer
from athena_tui.client.json_text import parse_json
from athena_tui.client.models import JsonValue
from athena_tui.client.observer import ClientObserver, Offline
from athena_tui.client.sanitise import clean_json, clean_text
from athena_tui.client.sse import ServerEvent, server_events
from athena_tui.client.wire_log import WireLog

_NO_EVENT: Final = (b"{", b"[", b'"', b"<")
"""How JSON and web pages begin, and no line of an event stream."""


class Answer:
    """A successful answer: the bytes of an event stream that is still arriving, or a whole body."""

    def __init__(
        self,
        response: httpx.Response,
        body: bytes | AsyncIterator[bytes],
        *,
        exchange_id: int,
        log: WireLog,
        observer: ClientObserver,
    ) -> None:
        self._response = response
        self._body = body
        self._exchange_id = exchange_id
        self._log = log
        self._observer = observer

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._response.status_code

    @property
    def date(self) -> datetime | None:
        """What time it was by the platform's clock (`Date`), where it says so and names a time zone."""
        try:
            moment = parsedate_to_datetime(self._response.headers.get("date", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo else None

    @property
    def is_stream(self) -> bool:
        """Whether to read it with `events` rather than `json`."""
        return not isinstance(self._body, bytes)

    def json(self) -> JsonValue:
        """The body as clean JSON; `None` where it is empty.

        Raises:
            UnreadableAnswer: It is not JSON.
        """
        return clean_json(self.raw_json())

    def raw_json(self) -> JsonValue:
        """The body as JSON that is not clean yet, for what has to be cleaned as a whole.

        Raises:
            UnreadableAnswer: It is not JSON.
        """
        body = self._body if isinstance(self._body, bytes) else b""
        if not body.strip():
            return None
        try:
            return parse_json(body)
        except ValueError as error:
            kind = clean_text(self._response.headers.get("content-type", "unknown type"))
            raise UnreadableAnswer(f"The answer is not JSON but {kind}.", status=self.status) from error

    async def events(self) -> AsyncGenerator[ServerEvent, None]:
        """The events of the stream, as they arrive. Their data is not cleaned yet.

        Raises:
            ConnectionFailed: The connection broke. It is not repaired here.
            UnreadableAnswer: An event is too large.
        """
        try:
            if isinstance(self._body, bytes):
                return
            async with aclosing(server_events(self._body)) as arriving:
                async for event in arriving:
                    self._log.event(self._exchange_id, event)
                    yield event
        except httpx.HTTPError as error:
            broken = ConnectionFailed(f"The connection broke while the answer was arriving ({reason_of(error)}).")
            self._observer.connection_changed(Offline(broken.message))
            raise broken from error

    async def aclose(self) -> None:
        """Let go of the connection."""
        await self._response.aclose()


def reason_of(error: httpx.HTTPError) -> str:
    """Why the connection failed, for people."""
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx.RemoteProtocolError):
        return "the server closed it too early"
    return clean_text(str(error)) or type(error).__name__


async def judged(response: httpx.Response, chunks: AsyncIterator[bytes]) -> tuple[bool, AsyncIterator[bytes]]:
    """Whether an answer is an event stream, and its bytes; one that names no type is judged by how it begins."""
    media_type = str(response.headers.get("content-type", "")).partition(";")[0].strip().lower()
    if media_type or response.status_code == 204:
        return media_type == "text/event-stream", chunks
    beginning = b""
    async for chunk in chunks:
        beginning += chunk
        if beginning.strip():
            break
    return not beginning.lstrip().startswith(_NO_EVENT), _joined(beginning, chunks)


async def _joined(beginning: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield beginning
    async for chunk in chunks:
        yield chunk


async def read_body(chunks: AsyncIterator[bytes], limit: int) -> bytes:
    """The body, or a little more than `limit` bytes of it."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)
