"""Web addresses that stand bare in text, found as GitHub Flavored Markdown finds them.

Unlike there, an address ends before East Asian punctuation and before typographic quotes: text that is written without
spaces goes on behind them.
"""

from __future__ import annotations

import re

URL_REACH = 1000
"""Characters of the longest address."""

SCHEME = re.compile(r"(?:^|[^a-zA-Z0-9.+\\-])(https?)\Z", re.IGNORECASE)
"""What stands before the `://` of an address."""

WWW = re.compile(r"(?:^|[^a-zA-Z0-9./@:+\\-])(www)\Z")
"""What stands before the first full stop of an address without a scheme."""

_ENDS = r"\s<>\u3001-\u3003\u3008-\u3011\u3014-\u301f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65“”‘’«»„…"
URL = re.compile(rf"(?:[hH][tT][tT][pP][sS]?://|www\.)[^\W_][^{_ENDS}]{{0,{URL_REACH}}}")
AUTOLINK = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>")
AUTOLINK_END = re.compile(r"[\s<>]")
_PAIRS = {")": "(", "]": "["}
_TRAILING = "?!.,:;*_~'\""
_ENTITY = re.compile(r"&[a-zA-Z0-9]+;\Z")


def bare_url(text: str, start: int) -> str:
    """The web address that begins at `start`, without the punctuation that ends its sentence; empty if none does."""
    match = URL.match(text, start)
    if match is None:
        return ""
    url = match.group()
    while True:
        if entity := _ENTITY.search(url):
            url = url[: entity.start()]
        elif url[-1] in _TRAILING or (url[-1] in _PAIRS and url.count(url[-1]) > url.count(_PAIRS[url[-1]])):
            url = url[:-1]
        else:
            return url


__all__ = ["AUTOLINK", "AUTOLINK_END", "SCHEME", "URL", "URL_REACH", "WWW", "bare_url"]
