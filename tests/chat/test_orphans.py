"""What is told of runs that an earlier life of the app left behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from athena_tui.chat.orphans import take_left_behind
from athena_tui.store.runs import RunInFlight, Runs
from athena_tui.store.store import Store

BEGAN = datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "store.db") as opened:
        yield opened


def earlier(store: Store) -> Runs:
    """The runs as a process wrote them that is gone."""
    return Runs(store._database, owner="earlier")


async def notices(store: Store) -> tuple[str, ...]:
    """What is told where no run can be followed again."""
    left_behind = await take_left_behind(store, "work", resumable=False)
    assert left_behind.runs == ()
    return left_behind.notices


async def test_a_run_is_told_with_what_was_asked_and_where_to_look(store: Store) -> None:
    conversation = await store.conversations.create("work", "agent:1", "Spending")
    run = RunInFlight("key-1", "work", "agent:1", "What did I spend?", conversation.id, started_at=BEGAN)
    await earlier(store).begin(run)
    await earlier(store).accepted("key-1", "execution:9")
    (notice,) = await notices(store)
    assert notice == (
        "The app ended before “What did I spend?” was answered. "
        "Look in “Spending” before you send it again, as it may have been charged."
    )


async def test_several_runs_are_told_in_one_short_notice(store: Store) -> None:
    conversation = await store.conversations.create("work", "agent:1", "Spending")
    for number in range(5):
        await earlier(store).begin(RunInFlight(f"key-{number}", "work", "agent:1", "x" * 300, conversation.id))
    (notice,) = await notices(store)
    assert notice.startswith("The app ended before 5 messages were answered. Look in “Spending” before")
    await earlier(store).begin(RunInFlight("key-8", "work", "agent:1", "Hello"))
    await earlier(store).begin(RunInFlight("key-9", "work", "agent:1", "Hello", conversation.id))
    (notice,) = await notices(store)
    assert "Look in the conversation" in notice


async def test_it_is_told_once(store: Store) -> None:
    await earlier(store).begin(RunInFlight("key-1", "work", "agent:1", "Hello"))
    assert len(await notices(store)) == 1
    assert await notices(store) == ()
    assert await store.runs.get("key-1") is None


async def test_a_run_that_was_never_named_and_is_long_is_told_briefly(store: Store) -> None:
    await earlier(store).begin(RunInFlight("key-1", "work", "agent:1", "line\n\x1b[2J" + "x" * 500))
    (notice,) = await notices(store)
    assert "\n" not in notice
    assert "\x1b" not in notice
    assert len(notice) < 150


async def test_runs_that_go_on_and_those_of_others_are_left_alone(store: Store) -> None:
    await store.runs.begin(RunInFlight("ours", "work", "agent:1", "Hello"))
    await earlier(store).begin(RunInFlight("another profile's", "home", "agent:1", "Hello"))
    assert await notices(store) == ()
    assert await store.runs.get("ours") is not None
    assert await store.runs.get("another profile's") is not None


async def test_a_run_that_can_be_followed_is_kept_for_that(store: Store) -> None:
    conversation = await store.conversations.create("work", "agent:1", "Spending")
    for key, run_id in (("named", "run_1"), ("unnamed", None)):
        await earlier(store).begin(RunInFlight(key, "work", "agent:1", "Hello", conversation.id, run_id))
    left_behind = await take_left_behind(store, "work", resumable=True)
    assert [run.run_id for run in left_behind.runs] == ["run_1"]
    assert ["awaited again in “Spending”" in notice for notice in left_behind.notices] == [True, False]
    assert await store.runs.get("named") is not None
    assert await store.runs.get("unnamed") is None
