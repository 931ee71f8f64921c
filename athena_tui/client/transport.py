"""The one place that makes HTTP requests: JSON, multipart and event streams, with retries that never charge twice.

An adapter describes what it wants as a `Request` and gets an `Answer`, or a typed error:

    answer = await transport.send(Request("GET", "/my/credits"))
    value = answer.json()

    async with transport.open(Request("POST", path, json=body, stream=True, idempotency=Idempotency(key))) as answer:
        async for event in answer.events():
            ...

A request is tried again after a failed connection, a 429 or a 5xx. One that is not `repeatable` and carries no
idempotency key is tried again only where it was certainly not accepted. A stream that has begun is never asked for
again.
"""

from __future__ import annotations

import asyncio
import json
import math
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

import httpx

from athena_tui.client.answer import Answer, judged, read_body, reason_of
from athena_tui.client.counted import CountedBody
from athena_tui.client.errors import (
    AlreadyAccepted,
    AnswerLost,
    ClientError,
    ConnectionFailed,
    InvalidRequest,
    NotSignedIn,
    UnreadableAnswer,
)
from athena_tui.client.http_client import checked_base_url, http_client
from athena_tui.client.masking import SecretMask
from athena_tui.client.models import JsonValue
from athena_tui.client.observer import ClientObserver, Connecting, Idle, Live, Offline, RateLimited, Retrying, SignedOut
from athena_tui.client.refusals import ErrorReader, read_refusal
from athena_tui.client.request import CONNECT_TIMEOUT, Authenticator, Request
from athena_tui.client.retry import RetryPolicy, Timing, retry_after_seconds
from athena_tui.client.sanitise import clean_text
from athena_tui.client.wire_log import WireLog

LARGEST_BODY: Final = 64 * 1024 * 1024
LARGEST_REFUSAL: Final = 64 * 1024
MOST_REDIRECTS: Final = 3

# The request did not leave, or nobody was there to take it.
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class _Cause(Enum):
    NOT_SENT = "not sent"
    LOST = "lost"
    UNAUTHORIZED = "unauthorized"
    THROTTLED = "throttled"
    SERVER_ERROR = "server error"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class _Failure:
    error: ClientError
    cause: _Cause
    source: Exception | None = None
    limit: int | None = None


_Outcome: TypeAlias = Answer | _Failure


class Transport:
    """Requests to one base URL.

    Args:
        base_url: Where the API is.
        observer: Is told the state of the connection, the balance, and what goes over the wire.
        error_reader: The platform's own reading of a refusal.
        authenticator: Where the credentials come from.
        headers: Sent with every request.
        mask: Keeps secrets out of the records.
        policy: How to retry.
        timing: Clocks, sleep and chance.
    """

    def __init__(
        self,
        base_url: str,
        *,
        observer: ClientObserver,
        error_reader: ErrorReader,
        authenticator: Authenticator,
        headers: Mapping[str, str] | None = None,
        mask: SecretMask | None = None,
        policy: RetryPolicy | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.observer = observer
        self.mask = mask or SecretMask()
        self.timing = timing or Timing()
        self._base_url = checked_base_url(base_url)
        self._headers = dict(headers or {})
        self._error_reader = error_reader
        self._authenticator = authenticator
        self._policy = policy or RetryPolicy()
        self._log = WireLog(observer, self.mask, self.timing.monotonic)
        self._http = http_client(self._base_url)

    @property
    def base_url(self) -> str:
        """Where the API is, without a slash at the end."""
        return self._base_url

    async def send(self, request: Request) -> Answer:
        """Send a request and read its whole answer.

        Raises:
            ClientError: It failed for good.
        """
        async with self.open(request) as answer:
            if answer.is_stream:
                raise UnreadableAnswer("The platform answered with an event stream where it should not.")
            return answer

    @asynccontextmanager
    async def open(self, request: Request) -> AsyncIterator[Answer]:
        """Send a request; the answer may be a stream that is read inside the context.

        Raises:
            ClientError: It failed for good, before an answer began.
        """
        try:
            answer = await self._deliver(request)
        except asyncio.CancelledError:
            self.observer.connection_changed(Idle())  # nobody waits any more, so nothing is counted down
            raise
        try:
            yield answer
        finally:
            await answer.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _deliver(self, request: Request) -> Answer:
        key = request.idempotency.key if request.idempotency else None
        attempt = 1
        renewed = perhaps_accepted = False
        while True:
            outcome = await self._attempt(request, key)
            if isinstance(outcome, Answer):
                self.observer.connection_changed(Live())
                return outcome
            if outcome.cause is _Cause.UNAUTHORIZED and not renewed and request.authenticated:
                renewed = True
                try:
                    if await self._authenticator.renew():
                        continue
                except ClientError as error:
                    outcome = _Failure(error, _Cause.REFUSED)
            perhaps_accepted = perhaps_accepted or outcome.cause is _Cause.LOST
            delay = self._delay(request, outcome, attempt)
            if delay is None:
                self._report_failure(outcome.error)
                raise _final_error(request, outcome.error, perhaps_accepted=perhaps_accepted) from outcome.source
            if _renews_key(request, outcome) and not perhaps_accepted:
                # A new key after a lost attempt could run, and charge, what the old one runs already.
                key = str(uuid.uuid4())
            self._report_wait(outcome, delay, attempt)
            await self.timing.sleep(delay)
            attempt += 1

    def _delay(self, request: Request, failure: _Failure, attempt: int) -> float | None:
        """Seconds until the next attempt, or `None` where there is none."""
        certainly_not_done = failure.cause in {_Cause.NOT_SENT, _Cause.THROTTLED}
        perhaps_done = failure.cause in {_Cause.LOST, _Cause.SERVER_ERROR}
        if not (certainly_not_done or (perhaps_done and request.survives_repetition)):
            return None
        wait = failure.error.retry_after
        if attempt >= self._policy.attempts or (wait is not None and wait > self._policy.longest_wait):
            return None
        # `Retry-After: 0`, or a date that a wrong clock takes for the past, must not spend all attempts at once.
        return max(wait or 0.0, self._policy.backoff(attempt, self.timing.chance()))

    def _report_wait(self, failure: _Failure, delay: float, attempt: int) -> None:
        attempts = self._policy.attempts
        if failure.cause is _Cause.THROTTLED:
            self.observer.connection_changed(RateLimited(delay, attempt + 1, attempts, failure.limit))
        else:
            self.observer.connection_changed(Retrying(failure.error.message, delay, attempt + 1, attempts))

    def _report_failure(self, error: ClientError) -> None:
        if isinstance(error, ConnectionFailed):
            self.observer.connection_changed(Offline(error.message))
        elif isinstance(error, NotSignedIn):
            self.observer.connection_changed(SignedOut(error.message))
        else:
            self.observer.connection_changed(Live())

    async def _attempt(self, request: Request, key: str | None) -> _Outcome:
        self.observer.connection_changed(Connecting())
        try:
            built = await self._build(request, key)
            exchange_id = self._log.request(built, request.upload)
            response = await self._send_following(built)
            try:
                return await self._read(exchange_id, request, response)
            except BaseException:
                await response.aclose()
                raise
        except httpx.HTTPError as error:
            return _transport_failure(error)
        except ClientError as error:
            return _Failure(error, _Cause.REFUSED)
        except RuntimeError:
            if not self._http.is_closed:
                raise
            return _Failure(ClientError("The connection was closed here.", code="connection_closed"), _Cause.REFUSED)

    async def _build(self, request: Request, key: str | None) -> httpx.Request:
        headers = dict(self._headers)
        if request.authenticated:
            headers |= await self._authenticator.headers()
        headers["Accept"] = "text/event-stream" if request.stream else "application/json"
        if request.idempotency and key:
            headers[request.idempotency.header] = key
        body: dict[str, Any] = {}
        if request.upload:
            upload = request.upload
            body["files"] = {upload.field: (upload.filename, upload.content, upload.content_type)}
        elif request.json is not None:
            headers["Content-Type"] = "application/json"
            body["content"] = _json_bytes(request.json)
        try:
            built = self._http.build_request(
                request.method,
                self._base_url + request.path,
                params={name: value for name, value in request.params.items() if value is not None} or None,
                headers=headers | dict(request.headers),
                timeout=httpx.Timeout(request.read_timeout, connect=CONNECT_TIMEOUT),
                **body,
            )
        except (httpx.InvalidURL, UnicodeEncodeError) as error:
            raise InvalidRequest(
                f"The request cannot be written: {error}",
                remedy="Check the base URL, the key and the ids for characters that do not belong there.",
            ) from error
        if request.upload and request.upload.progress:
            built.stream = CountedBody(await built.aread(), request.upload.progress)
        return built

    async def _send_following(self, built: httpx.Request) -> httpx.Response:
        """Send it, following redirects of a GET inside the origin: keys go nowhere else."""
        response = await self._http.send(built, stream=True)
        for _ in range(MOST_REDIRECTS):
            following = response.next_request
            if following is None or built.method != "GET" or _origin(following.url) != _origin(built.url):
                break
            await response.aclose()
            response = await self._http.send(following, stream=True)
        return response

    async def _read(self, exchange_id: int, request: Request, response: httpx.Response) -> _Outcome:
        self._read_headers(response)
        accepted = response.is_success or response.status_code in request.passed_statuses
        chunks = response.aiter_bytes()
        if accepted and request.stream:
            is_stream, chunks = await judged(response, chunks)
            if is_stream:
                self._log.response(exchange_id, response, None)
                return self._answer(exchange_id, response, chunks)
        body = await read_body(chunks, LARGEST_BODY if accepted else LARGEST_REFUSAL)
        await response.aclose()
        self._log.response(exchange_id, response, body)
        if not accepted:
            return self._refusal(response, body)
        if len(body) > LARGEST_BODY:
            raise UnreadableAnswer(f"The answer is larger than {LARGEST_BODY // 2**20} MiB.")
        return self._answer(exchange_id, response, body)

    def _answer(self, exchange_id: int, response: httpx.Response, body: bytes | AsyncIterator[bytes]) -> Answer:
        return Answer(response, body, exchange_id=exchange_id, log=self._log, observer=self.observer)

    def _refusal(self, response: httpx.Response, body: bytes) -> _Failure:
        status = response.status_code
        wait = retry_after_seconds(response.headers.get("retry-after"), self.timing.wall())
        if response.has_redirect_location:
            target = clean_text(response.headers["location"])
            return _Failure(
                UnreadableAnswer(f"The platform points to {target} instead.", status=status), _Cause.REFUSED
            )
        error = self._error_reader(read_refusal(status, body, retry_after=wait))
        if status == 401:
            cause = _Cause.UNAUTHORIZED
        elif status == 429:
            cause = _Cause.THROTTLED
        elif status == 408 or (status >= 500 and status not in {501, 505}):
            cause = _Cause.SERVER_ERROR
        else:
            cause = _Cause.REFUSED
        limit = _number(response.headers.get("x-ratelimit-limit"))
        return _Failure(error, cause, limit=None if limit is None else int(limit))

    def _read_headers(self, response: httpx.Response) -> None:
        balance = _number(response.headers.get("x-credits-remaining"))
        if balance is not None:
            self.observer.balance_reported(balance)


def _final_error(request: Request, error: ClientError, *, perhaps_accepted: bool) -> ClientError:
    """What the caller is told; never that trying again is harmless where it may charge twice."""
    key = request.idempotency
    if key is None:
        return error
    if error.status == 409 and (perhaps_accepted or key.conflict_is_accepted):
        return AlreadyAccepted(
            error.message, code=error.code, status=error.status, trace_id=error.trace_id, details=error.details
        )
    if perhaps_accepted and error.retryable:
        return AnswerLost(
            f"{error.message} The platform may have accepted the request.",
            status=error.status,
            trace_id=error.trace_id,
            details=error.details,
        )
    return error


def _json_bytes(value: JsonValue) -> bytes:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", errors="replace")
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(f"What is to be sent cannot be written as JSON: {error}.") from error


def _renews_key(request: Request, failure: _Failure) -> bool:
    asked_for = request.idempotency is not None and request.idempotency.renewed_after_server_error
    # A 408 is tried again like a 5xx, but is none.
    return asked_for and failure.cause is _Cause.SERVER_ERROR and failure.error.status != 408


def _number(header: str | None) -> float | None:
    try:
        number = float(header or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _transport_failure(error: httpx.HTTPError) -> _Failure:
    if isinstance(error, httpx.LocalProtocolError):
        # Its text quotes the header, which may be the key: not even as a cause may it get into a traceback.
        refused = InvalidRequest(
            "The request has a header with characters that no header can have.",
            remedy="Check the key and the ids for spaces and line breaks.",
        )
        return _Failure(refused, _Cause.REFUSED)
    reason = reason_of(error)
    if isinstance(error, _NOT_SENT):
        return _Failure(ConnectionFailed(f"The platform cannot be reached: {reason}."), _Cause.NOT_SENT, error)
    return _Failure(ConnectionFailed(f"The connection broke before the answer came: {reason}."), _Cause.LOST, error)
