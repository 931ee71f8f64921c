"""Web addresses that stand bare in text."""

from __future__ import annotations

import re

URL_REACH = 1000
"""Characters of the longest address."""

HTTP = re.compile(r"(?:^|[^a-zA-Z0-9.+-])(https?)\Z", re.IGNORECASE)
URL = re.compile(rf"https?://[^\s<>]{{1,{URL_REACH}}}", re.IGNORECASE)
AUTOLINK = re.compile(r"<(?:[a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]*|[^\s<>@]+@[^\s<>]+)>")
AUTOLINK_END = re.compile(r"[\s<>]")
_PAIRS = {")": "(", "]": "["}
_TRAILING = "?!.,:;*_~'\""


def bare_url(text: str, start: int) -> str:
    """The web address that begins at `start`, without the punctuation that ends its sentence; empty if none does."""
    match = URL.match(text, start)
    if match is None:
        return ""
    url = match.group()
    while url[-1] in _TRAILING or (url[-1] in _PAIRS and url.count(url[-1]) > url.count(_PAIRS[url[-1]])):
        url = url[:-1]
    return url if url[-1] != "/" or url.count("/") > 2 else ""


__all__ = ["AUTOLINK", "AUTOLINK_END", "HTTP", "URL", "URL_REACH", "bare_url"]
