"""Decides where a link may lead and when its real target has to be shown in the clear."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_LIVE_SCHEMES = frozenset({"http", "https", "mailto"})
_HOST_IN_TEXT = re.compile(r"(?:^|[\s/@(<\"'])((?:[\w-]+\.)+[^\W\d_]{2,})", re.UNICODE)
_SCHEME_IN_TEXT = re.compile(r"^\s*[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# Endings that are far more often a file's than a host's; a scheme in the text makes it a host again.
_FILE_ENDINGS = frozenset(
    {"cc", "css", "go", "html", "js", "json", "md", "py", "rs", "sh", "toml", "ts", "txt", "yaml"}
)


def is_live(target: str) -> bool:
    """Whether a terminal may be given `target` to open."""
    scheme, colon, _ = target.partition(":")
    return bool(colon) and scheme.lower() in _LIVE_SCHEMES and target.isascii() and target.isprintable()


def needs_clear_target(text: str, target: str) -> bool:
    """Whether the reader could take the link for another one than it is.

    Args:
        text: What the link shows.
        target: Where it leads, normalised: percent-encoded, the host in its ASCII form.
    """
    if text.strip() in {target, target.removeprefix("http://")}:
        return False
    if not is_live(target):
        return True
    if target[:7].lower() == "mailto:":
        address = target[7:].partition("?")[0]
        return "@" in text and address.casefold() not in text.casefold()
    try:
        parts = urlsplit(target)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return True
    if not host or "@" in parts.netloc or any(label.startswith("xn--") for label in host.split(".")):
        return True
    return any(shown != host for shown in _shown_hosts(text, host))


def _shown_hosts(text: str, host: str) -> list[str]:
    plain = "".join(ch for ch in unicodedata.normalize("NFKC", text) if unicodedata.category(ch) not in {"Cf", "Mn"})
    schemed = _SCHEME_IN_TEXT.match(plain) is not None
    hosts = []
    for match in _HOST_IN_TEXT.finditer(plain):
        shown = match.group(1).casefold()
        if not schemed and shown.rpartition(".")[2] in _FILE_ENDINGS:
            continue
        if f"www.{shown}" == host or shown == f"www.{host}":
            continue
        hosts.append(shown)
    return hosts


__all__ = ["is_live", "needs_clear_target"]
