"""Runs that were under way when the app ended without notice."""

from __future__ import annotations

from athena_tui.chat.titles import title_of
from athena_tui.client.sanitise import clean_text
from athena_tui.store.runs import RunInFlight
from athena_tui.store.store import Store


async def take_orphan_notices(store: Store, profile: str) -> tuple[str, ...]:
    """What to tell about the runs an earlier life of the app left behind; each is told once, then struck out."""
    notices = []
    for run in await store.runs.take_orphans(profile):
        conversation = await store.conversations.get(profile, run.conversation_id) if run.conversation_id else None
        notices.append(_notice(run, conversation.title if conversation else None))
        await store.runs.finish(run.idempotency_key)
    return tuple(notices)


def _notice(run: RunInFlight, title: str | None) -> str:
    asked = f"“{title_of(clean_text(run.message))}” was sent"
    if run.started_at is not None:
        asked += f" on {run.started_at.astimezone():%Y-%m-%d at %H:%M}"
    fate = "The run may have gone on" if run.run_id else "It may have arrived all the same"
    where = f"the conversation “{title_of(clean_text(title))}”" if title else "the conversation"
    named = f" (the platform calls the run {clean_text(run.run_id)})" if run.run_id else ""
    return (
        f"{asked}, and the app ended before the answer was there. {fate}, and may have been charged: "
        f"look for the answer in {where}{named} before you send it again."
    )
