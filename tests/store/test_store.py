from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from athena_tui.client.models import Attachment, Conversation, JsonValue, Message, Role
from athena_tui.store.database import StoreError
from athena_tui.store.drafts import Draft
from athena_tui.store.history import MAX_PROMPTS
from athena_tui.store.runs import RunInFlight, Runs
from athena_tui.store.store import Store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "athena-tui.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with await Store.open(path) as opened:
        yield opened


def _message(number: int, text: str = "", role: Role = Role.USER) -> Message:
    return Message(f"m{number}", role, text or f"message {number}", created_at=NOON + timedelta(minutes=number))


async def test_nobody_else_can_read_it(store: Store, path: Path) -> None:
    await store.ui_state.put("x", 1)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    async def open_and_close() -> None:
        await (await Store.open(tmp_path / "x.db")).aclose()

    tmp_path.chmod(0o755)
    asyncio.run(open_and_close())
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


async def test_everything_survives_closing(path: Path) -> None:
    async with await Store.open(path) as store:
        await store.drafts.put("p", "c", Draft("text"))
        await store.history.add("prompt")
        await store.ui_state.put("theme", "dark")
        await store.messages.put("p", "c", [_message(1)])
    async with await Store.open(path) as store:
        assert await store.drafts.get("p", "c") == Draft("text")
        assert await store.history.recent() == ("prompt",)
        assert await store.ui_state.all() == {"theme": "dark"}
        assert (await store.messages.list("p", "c")).items == (_message(1),)


async def test_closing_twice_does_no_harm(path: Path) -> None:
    store = await Store.open(path)
    await store.aclose()
    await store.aclose()


async def test_what_comes_after_closing_is_an_error_of_the_store(path: Path) -> None:
    store = await Store.open(path)
    await store.aclose()
    with pytest.raises(StoreError, match="is closed"):
        await store.history.recent()
    with pytest.raises(StoreError, match="is closed"):
        await store.history.add("prompt")


class TestDrafts:
    async def test_each_conversation_of_each_profile_has_one(self, store: Store) -> None:
        await store.drafts.put("p", "c", Draft("one", ("/a.txt",)))
        await store.drafts.put("p", None, Draft("new"))
        await store.drafts.put("q", "c", Draft("other"))
        assert await store.drafts.get("p", "c") == Draft("one", ("/a.txt",))
        assert await store.drafts.get("p", None) == Draft("new")
        assert await store.drafts.get("q", "c") == Draft("other")
        assert await store.drafts.get("q", None) == Draft()

    async def test_an_empty_one_is_forgotten(self, store: Store) -> None:
        await store.drafts.put("p", "c", Draft("text"))
        await store.drafts.put("p", "c", Draft("", ("/a.txt",)))
        assert await store.drafts.get("p", "c") == Draft("", ("/a.txt",))
        await store.drafts.put("p", "c", Draft())
        assert await store.drafts.get("p", "c") == Draft()


class TestHistory:
    async def test_neighbours_count_once(self, store: Store) -> None:
        for text in ("a", "a", "b", "a", "  ", "\n"):
            await store.history.add(text)
        assert await store.history.recent() == ("a", "b", "a")

    async def test_it_is_bounded(self, store: Store) -> None:
        for number in range(MAX_PROMPTS + 5):
            await store.history.add(f"prompt {number}")
        everything = await store.history.recent(limit=MAX_PROMPTS * 2)
        assert len(everything) == MAX_PROMPTS
        assert everything[0] == f"prompt {MAX_PROMPTS + 4}"
        assert everything[-1] == "prompt 5"

    async def test_no_more_are_given_than_asked_for(self, store: Store) -> None:
        for text in ("first", "second"):
            await store.history.add(text)
        assert await store.history.recent(limit=1) == ("second",)


class TestUiState:
    @pytest.mark.parametrize("value", [True, 0, "text", [1, None], {"a": {"b": 1.5}}])
    async def test_any_json_is_kept(self, store: Store, value: JsonValue) -> None:
        await store.ui_state.put("key", value)
        assert await store.ui_state.all() == {"key": value}

    async def test_none_forgets(self, store: Store) -> None:
        await store.ui_state.put("key", 1)
        await store.ui_state.put("key", None)
        assert await store.ui_state.all() == {}


class TestRuns:
    run = RunInFlight("key", "p", "agent:1", "hi", "conversation:1", started_at=NOON)

    async def test_the_life_of_a_run(self, store: Store) -> None:
        await store.runs.begin(self.run)
        assert await store.runs.get("key") == self.run
        await store.runs.accepted("key", "execution:1")
        found = await store.runs.get("key")
        assert found is not None
        assert (found.run_id, found.conversation_id) == ("execution:1", "conversation:1")
        await store.runs.finish("key")
        assert await store.runs.get("key") is None

    async def test_the_same_key_cannot_begin_twice(self, store: Store) -> None:
        await store.runs.begin(self.run)
        with pytest.raises(StoreError):
            await store.runs.begin(self.run)

    async def test_our_own_runs_are_no_orphans(self, store: Store) -> None:
        await store.runs.begin(self.run)
        assert await store.runs.take_orphans("p") == ()

    async def test_runs_of_another_store_in_this_process_are_no_orphans_either(self, store: Store, path: Path) -> None:
        async with await Store.open(path) as other:
            await other.runs.begin(self.run)
        assert await store.runs.take_orphans("p") == ()

    async def test_runs_of_an_earlier_life_with_the_same_process_id_are(self, store: Store) -> None:
        await Runs(store._database, owner="earlier").begin(self.run)
        assert await store.runs.take_orphans("another profile") == ()
        assert await store.runs.take_orphans("p") == (self.run,)
        assert await store.runs.take_orphans("p") == ()

    @pytest.mark.skipif(os.name == "nt", reason="processes cannot be looked at there")
    async def test_runs_of_a_living_process_are_left_to_it(self, store: Store, path: Path) -> None:
        await Runs(store._database, owner="other").begin(self.run)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("UPDATE runs SET owner_pid = ?", (os.getppid(),))
        assert await store.runs.take_orphans("p") == ()


class TestConversations:
    async def test_a_local_one_is_listed_renamed_and_archived(self, store: Store) -> None:
        made = await store.conversations.create("p", "agent:1", "First")
        await store.messages.put("p", made.id, [_message(1), _message(2)])
        found = await store.conversations.get("p", made.id)
        assert found is not None
        assert (found.title, found.agent_id, found.message_count) == ("First", "agent:1", 2)
        await store.conversations.rename("p", made.id, "Second")
        assert [each.title for each in (await store.conversations.list("p")).items] == ["Second"]
        await store.conversations.archive("p", made.id)
        assert (await store.conversations.list("p")).items == ()
        assert [each.archived for each in (await store.conversations.list("p", archived=None)).items] == [True]

    async def test_pages_are_newest_first_and_meet_without_gap(self, store: Store) -> None:
        # Several of the same age, so that the id has to decide.
        listed = [Conversation(f"c{n}", updated_at=NOON + timedelta(minutes=n // 3)) for n in range(10)]
        await store.conversations.put("p", listed)
        seen: list[str] = []
        cursor = None
        while True:
            page = await store.conversations.list("p", cursor=cursor, limit=4)
            seen += [each.id for each in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == [f"c{n}" for n in reversed(range(10))]

    async def test_what_the_platform_left_out_stays(self, store: Store) -> None:
        whole = Conversation("c", "agent:1", "Title", updated_at=NOON, message_count=7)
        await store.conversations.put("p", [whole])
        await store.conversations.put("p", [Conversation("c")])
        assert await store.conversations.get("p", "c") == whole

    async def test_profiles_do_not_see_each_other(self, store: Store) -> None:
        await store.conversations.put("p", [Conversation("c", title="P")])
        await store.conversations.put("q", [Conversation("c", title="Q")])
        assert [each.title for each in (await store.conversations.list("p")).items] == ["P"]
        await store.conversations.archive("p", "c")
        assert [each.archived for each in (await store.conversations.list("q")).items] == [False]

    async def test_a_platforms_name_for_one_that_is_kept_here(self, store: Store) -> None:
        made = await store.conversations.create("p", "agent:1")
        assert await store.conversations.platform_id("p", made.id) is None
        await store.conversations.link("p", made.id, "session-1")
        assert await store.conversations.platform_id("p", made.id) == "session-1"
        assert await store.conversations.platform_id("p", "never seen") is None

    async def test_a_new_message_brings_a_conversation_to_the_top(self, store: Store) -> None:
        await store.conversations.put("p", [Conversation("old", updated_at=NOON), Conversation("new", updated_at=NOON)])
        await store.messages.put("p", "old", [_message(5)])
        assert [each.id for each in (await store.conversations.list("p")).items] == ["old", "new"]
        await store.messages.put("p", "new", [_message(-5)])
        found = await store.conversations.get("p", "new")
        assert found is not None
        assert found.updated_at == NOON


class TestMessages:
    async def test_a_message_comes_back_as_it_was(self, store: Store) -> None:
        message = Message(
            "m",
            Role.TOOL,
            "text",
            created_at=NOON,
            run_id="execution:1",
            tool_name="clock",
            tool_call_id="tc_1",
            tool_calls=({"id": "tc_1", "arguments": {"a": [1]}},),
            attachments=(Attachment("a.pdf", "application/pdf", "key", 3),),
            feedback=1,
        )
        await store.messages.put("p", "c", [message])
        assert (await store.messages.list("p", "c")).items == (message,)

    async def test_pages_lead_back_and_meet_without_gap(self, store: Store) -> None:
        # Given newest page first, as a reader who scrolls back loads them; three of each age.
        messages = [Message(f"m{n:02}", Role.USER, "x", created_at=NOON + timedelta(minutes=n // 3)) for n in range(20)]
        await store.messages.put("p", "c", messages[12:])
        await store.messages.put("p", "c", messages[:12])
        pages: list[list[str]] = []
        cursor = None
        while True:
            page = await store.messages.list("p", "c", cursor, limit=6)
            pages.insert(0, [each.id for each in page.items])
            cursor = page.next_cursor
            if cursor is None:
                break
        assert [len(page) for page in pages] == [2, 6, 6, 6]
        assert [message_id for page in pages for message_id in page] == [message.id for message in messages]

    async def test_one_that_is_there_is_replaced_where_it_stands(self, store: Store) -> None:
        await store.messages.put("p", "c", [_message(1), _message(2)])
        await store.messages.put("p", "c", [Message("m1", Role.USER, "changed", feedback=-1)])
        first, second = (await store.messages.list("p", "c")).items
        assert (first.text, first.feedback) == ("changed", -1)
        assert first.created_at == _message(1).created_at
        assert second.id == "m2"

    async def test_messages_without_a_time_keep_their_order(self, store: Store) -> None:
        await store.messages.put("p", "c", [Message(str(n), Role.USER, "x") for n in range(5)])
        assert [each.id for each in (await store.messages.list("p", "c")).items] == list("01234")

    async def test_putting_nothing_makes_no_conversation(self, store: Store) -> None:
        await store.messages.put("p", "c", [])
        assert await store.conversations.get("p", "c") is None

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    @given(st.text(st.characters(), max_size=20) | st.sampled_from(["a\0b", "\ud800"]))
    async def test_any_text_can_be_kept(self, store: Store, text: str) -> None:
        await store.messages.put("p", "c", [Message("m", Role.USER, text)])
        assert len((await store.messages.list("p", "c")).items) == 1
        await store.drafts.put("p", "c", Draft(text))
        assert (await store.drafts.get("p", "c")).text == text
        await store.history.add(text)
