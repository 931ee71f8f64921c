"""What can be wrong with the configuration."""

from __future__ import annotations

from pathlib import Path


class ConfigError(Exception):
    """A setting is wrong or missing; the message says which, why and what to do.

    Args:
        message: What is wrong.
        path: The file, where there is one.
        line: The line in it, counted from 1, where it is known.
        key: The setting, dotted.
        suggestion: The nearest valid name.
    """

    def __init__(
        self,
        message: str,
        *,
        path: Path | None = None,
        line: int | None = None,
        key: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        place = f"{path}:{line}" if path and line else str(path) if path else None
        hint = f"did you mean {suggestion!r}?" if suggestion else None
        super().__init__("; ".join(filter(None, [": ".join(filter(None, [place, key, message])), hint])))
        self.message = message
        self.path = path
        self.line = line
        self.key = key
        self.suggestion = suggestion
