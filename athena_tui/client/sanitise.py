"""Cleans text from outside, once, before anything else in the program sees it.

A terminal obeys control characters and escape sequences, and shows text out of order after a bidi control. Textual
filters neither, so nothing of the kind may leave `client`.
"""

from __future__ import annotations

import re
from typing import Final

from athena_tui.client.models import JsonValue

DEEPEST_NESTING: Final = 100
"""JSON nested deeper than this is cut, so that nothing downstream can run out of stack."""

TOO_DEEP: Final = "⟦nested too deep⟧"

_BIDI: Final = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSAFE: Final = re.compile(rf"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff{_BIDI}]")

# ECMA-48 in 7-bit and 8-bit form. The end of a control string needs no rule of its own: its content stops at any
# control character, and the terminators (BEL, ST) are removed as such. Stopping at a newline too means that an
# unterminated string costs a line, not the rest of the answer.
_STRING_START: Final = r"(?:\x1b[PX\]^_]|[\x90\x98\x9d-\x9f])"
_STRING_CONTENT: Final = r"[^\x00-\x08\x0a-\x1f\x7f-\x9f]*"
_CSI_START: Final = r"(?:\x1b\[|\x9b)"
_REMOVED: Final = re.compile(
    rf"{_STRING_START}{_STRING_CONTENT}"
    rf"|{_CSI_START}[ -?]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
    r"|(?P<pair>[\ud800-\udbff][\udc00-\udfff])"
    rf"|(?P<bidi>[{_BIDI}])"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)

# What may go on in the next piece. The groups are what has to be kept of it: the rest is removed anyway.
_UNFINISHED: Final = re.compile(
    rf"(?P<string>{_STRING_START}){_STRING_CONTENT}\Z"
    rf"|(?P<csi>{_CSI_START})[ -?]*\Z"
    r"|(?P<escape>\x1b[ -/]?)[ -/]*\Z"
    r"|(?P<surrogate>[\ud800-\udbff])\Z"
)


def _replacement(match: re.Match[str]) -> str:
    if match.lastgroup == "pair":
        return match[0].encode("utf-16", "surrogatepass").decode("utf-16")
    if match.lastgroup == "bidi":
        return f"⟦U+{ord(match[0]):04X}⟧"
    return ""


def clean_text(text: str) -> str:
    """Return the text without anything a terminal would obey.

    Removes escape sequences, control characters but newline and tab (so CRLF becomes LF) and lone surrogates;
    shows bidi controls as visible marks. Joiners that emoji and scripts need stay.
    """
    return _REMOVED.sub(_replacement, text) if _UNSAFE.search(text) else text


def clean_json(value: JsonValue, *, depth: int = 0) -> JsonValue:
    """Return the value with every string in it clean, keys too.

    Args:
        value: Any JSON.
        depth: How many levels are above it; what is deeper than `DEEPEST_NESTING` is replaced by a mark.
    """
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (dict, list)) and depth >= DEEPEST_NESTING:
        return TOO_DEEP
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item, depth=depth + 1) for item in value]
    return value


class StreamCleaner:
    """Cleans text that arrives in pieces: a sequence cut anywhere is still removed whole.

    The pieces it returns, joined, are what `clean_text` makes of the whole text. What it holds back is only ever the
    start of something to be removed (or half of a surrogate pair), so there is nothing to ask for at the end.
    """

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = ""

    def feed(self, text: str) -> str:
        """Return what is certain of the text so far."""
        if self._held:
            text = self._held + text
            self._held = ""
        if not _UNSAFE.search(text):
            return text
        if unfinished := _UNFINISHED.search(text):
            self._held = unfinished[unfinished.lastgroup or 0]
            text = text[: unfinished.start()]
        return clean_text(text)
