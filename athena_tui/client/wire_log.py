"""Tells an observer what goes over the wire, without the secrets."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import httpx

from athena_tui.client.masking import SecretMask
from athena_tui.client.observer import ClientObserver, WireEvent, WireRequest, WireResponse
from athena_tui.client.request import Upload
from athena_tui.client.sanitise import clean_text
from athena_tui.client.sse import ServerEvent


class WireLog:
    """Numbers the exchanges and records them.

    Args:
        observer: Receives the records.
        mask: Takes the secrets out.
        clock: A monotonic clock, in seconds.
    """

    def __init__(self, observer: ClientObserver, mask: SecretMask, clock: Callable[[], float]) -> None:
        self._observer = observer
        self._mask = mask
        self._clock = clock
        self._ids = itertools.count(1)

    def request(self, request: httpx.Request, upload: Upload | None) -> int:
        """Record a request as sent; returns the number of the exchange."""
        exchange_id = next(self._ids)
        body = f"({upload.filename}, {len(upload.content)} bytes)" if upload else request.content.decode("utf-8")
        self._observer.wire_recorded(
            WireRequest(
                exchange_id,
                self._clock(),
                request.method,
                self._mask.text(str(request.url.copy_with(userinfo=b""))),
                self._mask.headers(request.headers),
                self._mask.text(body) if body else None,
            )
        )
        return exchange_id

    def response(self, exchange_id: int, response: httpx.Response, body: bytes | None) -> None:
        """Record the head of a response, and its body unless it is a stream."""
        self._observer.wire_recorded(
            WireResponse(
                exchange_id,
                self._clock(),
                response.status_code,
                self._mask.headers(response.headers),
                None if body is None else self._mask.text(body.decode("utf-8", errors="replace")),
            )
        )

    def event(self, exchange_id: int, event: ServerEvent) -> None:
        """Record one event of a stream."""
        self._observer.wire_recorded(
            WireEvent(exchange_id, self._clock(), clean_text(event.name), self._mask.text(event.data))
        )
