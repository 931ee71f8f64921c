"""What an adapter asks of the transport, and with which credentials."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol
from urllib.parse import quote

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.files import UploadProgress
from athena_tui.client.models import JsonValue
from athena_tui.client.sanitise import clean_text

CONNECT_TIMEOUT: Final = 10.0
READ_TIMEOUT: Final = 75.0
"""Seconds of silence. Platforms send a heartbeat every 15 s, so this is five missed ones."""
BLOCKING_READ_TIMEOUT: Final = 600.0
"""Seconds of silence where an endpoint answers only once the whole run is over."""


@dataclass(frozen=True, slots=True)
class Idempotency:
    """A key that lets a request be sent twice and done once.

    `renewed_after_server_error`: the platform asks for a new key after a 5xx.
    `conflict_is_accepted`: every 409 of this endpoint is about the key, so it means that the run exists already.
    """

    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    header: str = "Idempotency-Key"
    renewed_after_server_error: bool = False
    conflict_is_accepted: bool = False


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send as multipart form data; `progress` is told how much of it is sent."""

    field: str
    filename: str
    content_type: str
    content: bytes
    progress: UploadProgress | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for.

    Args:
        method: The HTTP method.
        path: Starts with a slash; build it with `path_segment` for every id.
        params: Query parameters; those that are `None` are left out.
        json: The body, or `None` for none.
        upload: A file, sent instead of `json`.
        headers: Further headers.
        stream: Ask for an event stream; the platform may still answer JSON, so look at `Answer.is_stream`.
        idempotency: For requests that cost something.
        repeatable: Doing it twice does no harm. Always so for GET.
        authenticated: Whether to send the credentials.
        passed_statuses: Statuses from 400 on that are an answer here, not an error.
        read_timeout: Seconds of silence to bear.
    """

    method: str
    path: str
    params: Mapping[str, str | None] = field(default_factory=dict)
    json: JsonValue = None
    upload: Upload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: bool = False
    idempotency: Idempotency | None = None
    repeatable: bool = False
    authenticated: bool = True
    passed_statuses: frozenset[int] = frozenset()
    read_timeout: float = READ_TIMEOUT

    @property
    def survives_repetition(self) -> bool:
        """Whether sending it again cannot do or charge anything twice."""
        return self.repeatable or self.method == "GET" or self.idempotency is not None


class Authenticator(Protocol):
    """Where the credentials come from."""

    async def headers(self) -> Mapping[str, str]:
        """The headers that sign a request; raises `NotSignedIn` where there is nothing to sign with."""

    async def renew(self) -> bool:
        """The platform answered 401: get other credentials. Returns whether trying again makes sense."""


def path_segment(identifier: str) -> str:
    """An id as a part of a path; the colon stays as it is.

    Raises:
        InvalidRequest: It cannot be an id.
    """
    try:
        if identifier not in {"", ".", ".."}:
            return quote(identifier, safe=":")
    except UnicodeEncodeError:  # a lone surrogate, as bytes that are no text become on the command line
        pass
    raise InvalidRequest(f"“{clean_text(identifier)}” is not an id.", remedy="Check the id.")
