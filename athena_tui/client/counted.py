"""A request body that says how much of it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import httpx

from athena_tui.client.files import UploadProgress

_PIECE: Final = 64 * 1024
"""Bytes that are handed to the connection at a time, so that there is something to tell."""


class CountedBody(httpx.AsyncByteStream):
    """A body that is sent in pieces; each is told of when the connection took it.

    Args:
        body: All of it.
        told: Who is told.
    """

    def __init__(self, body: bytes, told: UploadProgress) -> None:
        self._body = body
        self._told = told

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces. Begins anew each time, as a request is that is sent again."""
        for start in range(0, len(self._body), _PIECE):
            self._told(start / len(self._body))
            yield self._body[start : start + _PIECE]
        self._told(1.0)
