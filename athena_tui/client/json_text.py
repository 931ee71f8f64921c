"""JSON from outside: read without surprises."""

from __future__ import annotations

import json
import math

from athena_tui.client.models import JsonValue
from athena_tui.client.sanitise import clean_json


def parse_json(text: str | bytes) -> JsonValue:
    """Return the value of a JSON text as it is: not clean yet.

    Raises:
        ValueError: It is not JSON, or nested deeper than any answer is.
    """
    try:
        value: JsonValue = json.loads(text, parse_constant=lambda _constant: None, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def read_json(text: str | bytes) -> JsonValue:
    """Return the clean value of a JSON text.

    Raises:
        ValueError: It is not JSON, or nested deeper than any answer is.
    """
    return clean_json(parse_json(text))


def _finite(text: str) -> float | None:
    """What is too large for a float is no more JSON than `Infinity` is."""
    number = float(text)
    return number if math.isfinite(number) else None
