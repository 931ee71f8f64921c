"""What a handler returned, as the JSON that is sent to the agent."""

from __future__ import annotations

import json
from collections.abc import Iterator

from athena_tui.client.models import JsonValue
from athena_tui.tools.errors import ResultTooLarge, UnusableResult


def as_json(value: object, max_bytes: int) -> JsonValue:
    """Turn a result into plain JSON data: models, dataclasses, dates, decimals, enums and paths are understood.

    Args:
        value: What the handler returned.
        max_bytes: How large the JSON may be.

    Raises:
        UnusableResult: It cannot be JSON: a foreign object, a cycle, NaN or Infinity.
        ResultTooLarge: It is larger than `max_bytes`.
    """
    from pydantic_core import to_jsonable_python

    if isinstance(value, Iterator):
        raise UnusableResult(f"the handler returned a {type(value).__name__}, which may never end; return a list")
    try:
        plain: JsonValue = to_jsonable_python(value)
        size = len(json.dumps(plain, allow_nan=False, ensure_ascii=False).encode())
    except (ValueError, TypeError, RecursionError) as error:
        raise UnusableResult(f"the handler returned something that cannot be JSON: {error}") from error
    if size > max_bytes:
        raise ResultTooLarge(
            f"the result is {size:,} bytes of JSON and at most {max_bytes:,} can be sent; ask for less at a time"
        )
    return plain
