"""Runs that were under way when the app ended without notice."""

from __future__ import annotations

from dataclasses import dataclass

from athena_tui.chat.titles import title_of
from athena_tui.client.sanitise import clean_text
from athena_tui.store.runs import RunInFlight
from athena_tui.store.store import Store


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
    notices = []
    runs = []
    for run in await store.runs.take_orphans(profile):
        conversation = await store.conversations.get(profile, run.conversation_id) if run.conversation_id else None
        title = conversation.title if conversation else None
        if resumable and run.run_id is not None and conversation is not None:
            told = f"{_asked(run)}, and the app ended before the answer was there"
            notices.append(f"{told}: it is awaited again in {_in(title)}.")
            runs.append(run)
            continue
        notices.append(_notice(run, title))
        await store.runs.finish(run.idempotency_key)
    return LeftBehind(tuple(notices), tuple(runs))


def _asked(run: RunInFlight) -> str:
    asked = f"“{title_of(clean_text(run.message))}” was sent"
    if run.started_at is not None:
        asked += f" on {run.started_at.astimezone():%Y-%m-%d at %H:%M}"
    return asked


def _in(title: str | None) -> str:
    return f"the conversation “{title_of(clean_text(title))}”" if title else "the conversation"


def _notice(run: RunInFlight, title: str | None) -> str:
    fate = "The run may have gone on" if run.run_id else "It may have arrived all the same"
    named = f" (the platform calls the run {clean_text(run.run_id)})" if run.run_id else ""
    return (
        f"{_asked(run)}, and the app ended before the answer was there. {fate}, and may have been charged: "
        f"look for the answer in {_in(title)}{named} before you send it again."
    )
