"""Takes the secrets out of what is shown or written of the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from athena_tui.client.sanitise import clean_text

MASK: Final = "•••"
LONGEST_RECORD: Final = 256 * 1024
"""How many characters of a body are kept for the wire inspector."""

_SECRET_HEADERS: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key", "x-auth-token"}
)
_SHORTEST_SECRET: Final = 6
_LONGEST_SECRET: Final = 16 * 1024
# `key` and `token` are also innocent names (a batch item's key, a chunk of text): those are masked only when long.
_SECRET_FIELD: Final = re.compile(
    r'("(?:api_?key|secret|password|(?:access|refresh|id|identity)_?token|raw_key|plaintext|client_secret)"\s*:\s*")'
    r'((?:[^"\\]|\\.)+)(")'
    r'|("(?:key|token)"\s*:\s*")([^"\s\\]{16,})(")',
    re.IGNORECASE,
)
_SECRET_VALUE: Final = re.compile(r"\b(?:eak|wak)_[A-Za-z0-9_-]+")


class SecretMask:
    """Masks secrets by the names of headers and fields, by the form of keys, and by the values it was told."""

    def __init__(self, secrets: Iterable[str | None] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str | None) -> None:
        """Mask this value wherever it shows up from now on."""
        if secret is not None and len(secret) >= _SHORTEST_SECRET:
            self._secrets.add(secret)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """The headers with their secrets masked."""
        return {
            clean_text(name): MASK if name.lower() in _SECRET_HEADERS else self.text(value)
            for name, value in headers.items()
        }

    def text(self, text: str) -> str:
        """The text with its secrets masked, cleaned, and cut where it is very long."""
        length = len(text)
        # Cut twice, so that half a secret at the end is not what remains.
        text = text[: LONGEST_RECORD + _LONGEST_SECRET]
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _SECRET_FIELD.sub(rf"\1\4{MASK}\3\6", text)
        text = clean_text(_SECRET_VALUE.sub(MASK, text))
        return text if length <= LONGEST_RECORD else f"{text[:LONGEST_RECORD]}… ({length} characters)"
