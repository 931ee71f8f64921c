"""What a conversation or a turn is called: the beginning of its message."""

from __future__ import annotations

_LENGTH = 60


def title_of(message: str) -> str:
    """The beginning of a message, on one line."""
    line = " ".join(message.split())
    return line if len(line) <= _LENGTH else f"{line[: _LENGTH - 1]}…"
