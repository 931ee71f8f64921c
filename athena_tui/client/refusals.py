"""Turns what a platform says when it refuses into typed errors with a remedy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from athena_tui.client.errors import (
    ClientError,
    Conflict,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OutOfCredits,
    RateLimited,
    ServerTrouble,
    UnreadableAnswer,
)
from athena_tui.client.json_text import read_json
from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.client.sanitise import clean_text

LONGEST_MESSAGE = 500
"""How many characters of a refusal without structure are shown."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a platform said, as far as it could be read; already clean.

    `status` is `None` where it came inside a stream; `body` is the JSON it was read from, if it was JSON.
    """

    status: int | None
    code: str | None = None
    message: str | None = None
    trace_id: str | None = None
    details: JsonValue = None
    retry_after: float | None = None
    body: JsonValue = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a platform's code stands for, and what a person can do about it (`None`: what the error's class says)."""

    error: type[ClientError]
    remedy: str | None = None


ErrorReader: TypeAlias = Callable[[Refusal], ClientError]

_CODES = ("code", "reason_code", "error_code")

_BY_STATUS: Mapping[int, type[ClientError]] = {
    401: NotSignedIn,
    402: OutOfCredits,
    403: NotAllowed,
    404: NotFound,
    405: NotFound,
    408: ServerTrouble,
    409: Conflict,
    410: NotFound,
    429: RateLimited,
}


def read_refusal(status: int, body: bytes, *, retry_after: float | None = None) -> Refusal:
    """Read the body of an answer that is not a success: JSON in any known envelope, HTML, text or nothing.

    Args:
        status: The HTTP status.
        body: The body, perhaps cut.
        retry_after: Seconds the platform asks to wait.
    """
    text = body.decode("utf-8", errors="replace").strip()
    try:
        value = read_json(text)
    except ValueError:
        return Refusal(status, message=_plain_message(text), retry_after=retry_after)
    return refusal_of(value, status=status, retry_after=retry_after)


def refusal_of(value: JsonValue, *, status: int | None = None, retry_after: float | None = None) -> Refusal:
    """Read a refusal that is JSON: `error` as object or string, flat fields, `detail`, or a list of `errors`."""
    outer: JsonObject = value if isinstance(value, dict) else {}
    error = outer.get("error")
    inner: JsonObject = error if isinstance(error, dict) else {}
    fields = outer | inner
    text = error if isinstance(error, str) else value if isinstance(value, str) else None
    return Refusal(
        status,
        # `type` names the error only inside `error`; outside it is the kind of an event.
        code=_first_text(inner, (*_CODES, "type")) or _first_text(outer, _CODES),
        message=_first_text(fields, ("message", "detail", "error_message", "title")) or text or _from_fields(outer),
        trace_id=_first_text(fields, ("trace_id", "request_id", "traceId")),
        details=fields.get("details", fields.get("errors")),
        retry_after=retry_after,
        body=value,
    )


def error_of(refusal: Refusal, meanings: Mapping[str, Meaning]) -> ClientError:
    """Give a refusal its class: by its code where the platform's table has it, else by its HTTP status."""
    meaning = meanings.get(refusal.code or "")
    if meaning is None:
        meaning = Meaning(_class_of(refusal.status, refusal.code))
    return meaning.error(
        refusal.message or _sentence(refusal.status),
        code=refusal.code,
        remedy=meaning.remedy,
        status=refusal.status,
        trace_id=refusal.trace_id,
        details=refusal.details,
        retry_after=refusal.retry_after,
    )


def _class_of(status: int | None, code: str | None) -> type[ClientError]:
    if code is not None and code.startswith("rate_limit"):
        return RateLimited
    if status is None or status >= 500:
        return ServerTrouble
    if status < 400:
        return UnreadableAnswer
    return _BY_STATUS.get(status, InvalidRequest)


def _sentence(status: int | None) -> str:
    if status is None:
        return "The run failed, and the platform did not say why."
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "no known status"
    return f"The platform answered {status} ({phrase}) and nothing else."


def _plain_message(text: str) -> str | None:
    """A body that is not JSON, for people; a web page by its title."""
    if re.match(r"(?is)(<!doctype html|<html|<\?xml)", text):
        title = re.search(r"(?is)<title[^>]*>(.*?)</title>", text)
        named = f": “{_shortened(title[1])}”" if title and title[1].strip() else ""
        return f"The answer was a web page, not the API's{named}."
    return _shortened(text) or None


def _shortened(text: str) -> str:
    line = " ".join(clean_text(text).split())
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1] + "…"


def _first_text(fields: JsonObject, names: Iterable[str]) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value:
            return value
    return None


def _from_fields(outer: JsonObject) -> str | None:
    """The shape of form validators: `{"field": ["what is wrong"]}`."""
    said = [
        f"{name}: {item[0]}"
        for name, item in outer.items()
        if isinstance(item, list) and item and isinstance(item[0], str)
    ]
    return "; ".join(said) or None
