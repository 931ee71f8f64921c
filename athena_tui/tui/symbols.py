"""The signs around the transcript, and their ASCII twins."""

from __future__ import annotations

from athena_tui.client.record import record


@record(frozen=True, slots=True)
class Symbols:
    """One sign for each purpose, each one cell wide."""

    live: str
    connecting: str
    retrying: str
    offline: str
    running: str
    waiting: str
    unread: str
    credits: str
    prompt: str
    dot: str
    minus: str
    ellipsis: str
    archived: str
    search: str
    attachment: str
    remove: str


UNICODE = Symbols(
    live="●",
    connecting="◌",
    retrying="↻",
    offline="○",
    running="◐",
    waiting="◆",
    unread="•",
    credits="◆",
    prompt="›",
    dot="·",
    minus="−",
    ellipsis="…",
    archived="▫",
    search="⌕",
    attachment="▤",
    remove="×",
)
ASCII = Symbols(
    live="*",
    connecting="~",
    retrying="~",
    offline="-",
    running="~",
    waiting="!",
    unread="*",
    credits="$",
    prompt=">",
    dot="-",
    minus="-",
    ellipsis=".",
    archived="-",
    search="/",
    attachment="@",
    remove="x",
)


def symbols(*, ascii_only: bool) -> Symbols:
    """The signs this terminal can show."""
    return ASCII if ascii_only else UNICODE
