"""Where text may be cut, and where it asks to be broken."""

from __future__ import annotations

import re
import unicodedata

BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
"""The one tag that is not drawn as text: it breaks the line."""

MAYBE_BREAK = re.compile(r"<(?:b(?:r[ \t]{0,9}/?)?)?\Z", re.IGNORECASE)
"""What may become one."""


def last_space(text: str, low: int, high: int) -> int:
    """The last white space in a range; -1 if there is none."""
    return max(text.rfind(" ", low, high), text.rfind("\n", low, high), text.rfind("\t", low, high))


def is_punctuation(char: str) -> bool:
    """Whether the character counts as punctuation for emphasis."""
    return not char.isalnum() and unicodedata.category(char)[0] in "PS"


def between_graphemes(text: str, at: int) -> int:
    """The last place up to `at` where the text certainly may be cut; `at` if there is none near."""
    for cut in range(at, at - 32, -1):
        if _splits(text[cut - 1], text[cut]):
            return cut
    return at


def _splits(before: str, after: str) -> bool:
    """Whether two neighbours certainly belong to different grapheme clusters."""
    if before == "\u200d" or 0x1F1E6 <= ord(before) <= 0x1F1FF:
        return False
    return not (unicodedata.category(after) in {"Mn", "Me", "Mc", "Cf", "Sk"} or 0x1F1E6 <= ord(after) <= 0x1F1FF)


__all__ = ["BREAK", "MAYBE_BREAK", "between_graphemes", "is_punctuation", "last_space"]
