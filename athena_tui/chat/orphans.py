"""Runs that were under way when the app ended without notice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from athena_tui.chat.titles import title_of
from athena_tui.client.sanitise import clean_text
from athena_tui.store.runs import RunInFlight
from athena_tui.store.store import Store

_LONGEST = 24
"""Characters of a message, or of a title, that tell which one is meant."""

_FEW = 2
"""Conversations that are named in one breath."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What an earlier life of the app left behind: what to tell about it, and the runs that can be followed again."""

    notices: tuple[str, ...] = ()
    runs: tuple[RunInFlight, ...] = ()


async def take_left_behind(store: Store, profile: str, *, resumable: bool) -> LeftBehind:
    """The runs an earlier life of the app left behind; one that cannot be followed is told once, then struck out.

    Args:
        store: Where they were written down.
        profile: Whose they are.
        resumable: Whether the platform lets one follow a run again.
    """
    lost, lost_in = [], []
    runs, runs_in = [], []
    for run in await store.runs.take_orphans(profile):
        conversation = await store.conversations.get(profile, run.conversation_id) if run.conversation_id else None
        title = conversation.title if conversation else None
        if resumable and run.run_id is not None and conversation is not None:
            runs.append(run)
            runs_in.append(title)
        else:
            await store.runs.finish(run.idempotency_key)
            lost.append(run)
            lost_in.append(title)
    notices = [_awaited(runs, runs_in)] if runs else []
    notices += [_lost(lost, lost_in)] if lost else []
    return LeftBehind(tuple(notices), tuple(runs))


def _awaited(runs: Sequence[RunInFlight], titles: Sequence[str | None]) -> str:
    if len(runs) == 1:
        return f"The answer to {_quoted(runs[0].message)} is awaited again{_in(titles, ' in ')}."
    return f"{len(runs)} answers are awaited again{_in(titles, ', in ')}."


def _lost(runs: Sequence[RunInFlight], titles: Sequence[str | None]) -> str:
    """What is sent again may be charged again."""
    if len(runs) == 1:
        what, again = f"{_quoted(runs[0].message)} was answered", "it again, as it may have been charged"
    else:
        what, again = f"{len(runs)} messages were answered", "them again, as they may have been charged"
    where = _in(titles, " in ") or " in the conversation"
    return f"The app ended before {what}. Look{where} before you send {again}."


def _in(titles: Sequence[str | None], before: str) -> str:
    """The conversations, where they are few and all have a title."""
    named = list(dict.fromkeys(titles))
    return before + " and ".join(_quoted(title or "") for title in named) if all(named) and len(named) <= _FEW else ""


def _quoted(text: str) -> str:
    short = title_of(clean_text(text))
    if not short:
        return "a message"
    return f"“{short}”" if len(short) <= _LONGEST else f"“{short[: _LONGEST - 1].rstrip()}…”"
