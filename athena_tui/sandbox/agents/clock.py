"""Reading a client's clock: whatever its tool returns."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any


def spoken_time(result: Any) -> str:
    """The first moment in a tool's result, as a person would say it; the result itself where there is none."""
    values = list(result.values()) if isinstance(result, dict) else [result]
    for value in values:
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            continue
        return f"{moment:%A, %d %B, %H:%M}"
    said = (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)
    return ", ".join(said) or "nothing"
