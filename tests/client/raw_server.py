"""A server on loopback that sends exactly the bytes a test wrote down, and remembers what it was asked.

    async def test_something(raw_server: RawServer) -> None:
        raw_server.script(json_reply({"data": {}}), sse_reply('data: {"type":"text"}\\n\\n', ending="drop"))
        ...
        assert raw_server.requests[0].target == "/my/credits"

Replies are used up in the order of the requests; a request without a reply is answered 599, and fails the test at
its end.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

Ending = Literal["close", "drop", "keep"]


@dataclass(frozen=True)
class RecordedRequest:
    """A request as it arrived. Names of headers are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to send: bytes, one write each, and events to wait for in between.

    `ending`: `close` ends the connection properly, `drop` resets it, `keep` leaves it open for the next request.
    """

    pieces: tuple[bytes | asyncio.Event, ...]
    ending: Ending = "close"


DROP = Reply((), ending="drop")
"""The connection breaks before any byte of an answer."""


def head(status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """The head of a response, with its blank line."""
    lines = [f"HTTP/1.1 {status} Scripted", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    return "\r\n".join([*lines, "", ""]).encode()


def body_reply(body: bytes, content_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A whole answer of any type."""
    fields = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
    return Reply((head(status, fields | dict(headers or {})), body))


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """A JSON answer."""
    return body_reply(json.dumps(value).encode(), "application/json", status, headers)


def sse_reply(
    *pieces: str | bytes | asyncio.Event, ending: Ending = "close", headers: Mapping[str, str] | None = None
) -> Reply:
    """An event stream; every piece is an HTTP chunk of its own, so the reader sees the cuts where the test made them.

    With `ending="drop"` the stream breaks after the last piece instead of ending.
    """
    fields = {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked", "Connection": "close"}
    chunks: list[bytes | asyncio.Event] = [head(200, fields | dict(headers or {}))]
    chunks.extend(piece if isinstance(piece, asyncio.Event) else _chunk(piece) for piece in pieces)
    if ending != "drop":
        chunks.append(b"0\r\n\r\n")
    return Reply(tuple(chunks), ending)


def events(*values: Any) -> str:
    """JSON values as unnamed server-sent events."""
    return "".join(f"data: {json.dumps(value)}\n\n" for value in values)


def _chunk(piece: str | bytes) -> bytes:
    data = piece.encode() if isinstance(piece, str) else piece
    return b"%x\r\n%s\r\n" % (len(data), data)


class RawServer:
    """Serves the scripted replies; see the module."""

    def __init__(self) -> None:
        self.requests: list[RecordedRequest] = []
        self.url = ""
        self._replies: list[Reply] = []
        self._unexpected: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def script(self, *replies: Reply) -> None:
        """Add replies for the next requests."""
        self._replies.extend(replies)

    @property
    def targets(self) -> list[str]:
        """Method and target of every request so far."""
        return [f"{request.method} {request.target}" for request in self.requests]

    def check(self) -> None:
        """Fail where the requests and the script did not match."""
        assert not self._unexpected, f"not scripted: {self._unexpected}"
        assert not self._replies, f"{len(self._replies)} scripted replies were never asked for"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[RawServer]:
        """Listen on a free port of loopback."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ending: Ending = "keep"
        try:
            while ending == "keep":
                request = await _read_request(reader)
                self.requests.append(request)
                if self._replies:
                    reply = self._replies.pop(0)
                else:
                    self._unexpected.append(f"{request.method} {request.target}")
                    reply = json_reply({}, 599)
                await _write(writer, reply.pieces)
                ending = reply.ending
        except (ConnectionError, asyncio.IncompleteReadError):
            ending = "drop"  # the client went away, as some tests want
        finally:
            if ending == "drop":
                writer.transport.abort()
            else:
                writer.close()


async def _read_request(reader: asyncio.StreamReader) -> RecordedRequest:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, target, _version = lines[0].split(" ")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:-2])}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
    else:
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    return RecordedRequest(method, target, headers, body)


async def _write(writer: asyncio.StreamWriter, pieces: Iterable[bytes | asyncio.Event]) -> None:
    for piece in pieces:
        if isinstance(piece, asyncio.Event):
            await piece.wait()
        else:
            writer.write(piece)
            await writer.drain()
