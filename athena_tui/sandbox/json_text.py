"""JSON as the sandbox writes it: compact, readable, always in the same key order."""

from __future__ import annotations

import json
from typing import Any, TypeAlias

from starlette.responses import Response

JsonObject: TypeAlias = dict[str, Any]


def encode(value: object) -> str:
    """The value as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class JsonAnswer(Response):
    """A JSON response written by `encode`."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body's bytes."""
        return encode(content).encode()
