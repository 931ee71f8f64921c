from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from asyncio.subprocess import PIPE
from contextlib import closing
from pathlib import Path

import pytest

from athena_tui.client.models import Message, Role
from athena_tui.store import schema
from athena_tui.store.database import Database, StoreError
from athena_tui.store.drafts import Draft
from athena_tui.store.store import Store


async def _refused(path: Path) -> str:
    before = path.read_bytes()  # noqa: ASYNC240  # a few bytes in a test
    with pytest.raises(StoreError) as caught:
        await Store.open(path)
    assert path.read_bytes() == before  # noqa: ASYNC240
    assert str(path) in str(caught.value)
    return str(caught.value)


async def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(b"these are my holiday notes, not a database" * 50)
    message = await _refused(path)
    assert "damaged or no database" in message
    assert "move it away" in message


async def test_a_truncated_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with await Store.open(path) as store:
        for number in range(50):
            await store.history.add(f"prompt {number} " * 100)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    message = ""
    try:
        async with await Store.open(path) as store:
            await store.history.recent()
    except StoreError as error:
        message = str(error)
    assert "damaged" in message
    assert path.stat().st_size == len(whole) // 2


async def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with await Store.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    message = await _refused(path)
    assert "later version" in message
    assert "update athena-tui" in message


async def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    assert "another program" in await _refused(path)


async def test_an_earlier_version_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    async with await Store.open(path) as store:
        await store.history.add("kept")
    later = ("CREATE TABLE later (x)", "INSERT INTO later VALUES (7)")
    monkeypatch.setattr(schema, "_MIGRATIONS", (*schema._MIGRATIONS, later))
    for _ in range(2):
        database = await Database.open(path)
        assert await database.read(lambda connection: connection.execute("SELECT x FROM later").fetchall()) == [(7,)]
        await database.aclose()
    async with await Store.open(path) as store:
        assert await store.history.recent() == ("kept",)


async def test_an_index_of_words_that_an_earlier_version_kept_goes(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(sqlite3.connect(path)) as connection:
        for statement in schema._MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("CREATE VIRTUAL TABLE messages_fts USING fts5 (text, content='messages')")
        for happens in ("inserted AFTER INSERT", "deleted AFTER DELETE", "updated AFTER UPDATE"):
            connection.execute(f"CREATE TRIGGER messages_{happens} ON messages BEGIN SELECT raise(FAIL, 'kept'); END")
        connection.execute(f"PRAGMA application_id = {schema._APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    async with await Store.open(path) as store:
        await store.messages.put("p", "c", [Message("m", Role.USER, "hello")])
        assert [message.text for message in (await store.messages.list("p", "c")).items] == ["hello"]
    with closing(sqlite3.connect(path)) as connection:
        left = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE 'messages_%'").fetchall()
    assert left == [("messages_by_age",)]


async def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.db"
    async with await Store.open(path) as store:
        await store.history.add("kept")
    with monkeypatch.context() as patched:
        patched.setattr(schema, "_MIGRATIONS", (*schema._MIGRATIONS, ("CREATE TABLE later (x)", "nonsense")))
        with pytest.raises(StoreError, match="nonsense"):
            await Store.open(path)
    async with await Store.open(path) as store:
        assert await store.history.recent() == ("kept",)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("SQLITE_BUSY", "locked by another program"),
        ("SQLITE_FULL", "the disk is full"),
        ("SQLITE_CORRUPT_INDEX", "damaged"),
        ("SQLITE_IOERR", "disk I/O error"),
    ],
)
async def test_trouble_while_working_is_explained(tmp_path: Path, name: str, says: str) -> None:
    def fail(_: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = name
        raise error

    database = await Database.open(tmp_path / "x.db")
    with pytest.raises(StoreError, match=says):
        await database.write(fail)
    await database.aclose()


async def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be opened"):
        await Store.open(tmp_path / "file" / "x.db")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be opened"):
        await Store.open(tmp_path / "folder")


async def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    database = await Database.open(tmp_path / "x.db")

    def change(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO ui_state VALUES ('a', '1')")
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(change)
    count = await database.read(lambda connection: connection.execute("SELECT count(*) FROM ui_state").fetchone())
    assert count == (0,)
    await database.aclose()


async def test_a_cancelled_write_is_whole_or_absent(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "x.db") as store:
        task = asyncio.create_task(store.drafts.put("p", "c", Draft("text")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await store.drafts.get("p", "c") in {Draft(), Draft("text")}
        await store.drafts.put("p", "c", Draft("more"))
        assert await store.drafts.get("p", "c") == Draft("more")


_WRITER = """
import asyncio, sys
from pathlib import Path
from athena_tui.store.store import Store

async def main():
    async with await Store.open(Path(sys.argv[1])) as store:
        for number in range(int(sys.argv[3])):
            await store.ui_state.put(f"{sys.argv[2]}.{number}", number)
            await store.history.add(f"{sys.argv[2]} {number}")

asyncio.run(main())
"""

_VICTIM = """
import asyncio, sys
from pathlib import Path
from athena_tui.store.drafts import Draft
from athena_tui.store.runs import RunInFlight
from athena_tui.store.store import Store

async def main():
    store = await Store.open(Path(sys.argv[1]))
    await store.runs.begin(RunInFlight("key", "p", "agent:1", "hi", "conversation:1"))
    await store.runs.accepted("key", "execution:1")
    await store.drafts.put("p", "conversation:1", Draft("half a sent"))
    print("written", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_processes_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    # They also make the file at the same time.
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", _WRITER, str(path), name, "40", stdout=PIPE, stderr=PIPE
        )
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        _, errors = await writer.communicate()
        assert (writer.returncode, errors) == (0, b"")
    async with await Store.open(path) as store:
        assert len(await store.ui_state.all()) == 120
        assert sorted(await store.history.recent(200)) == sorted(f"{name} {n}" for name in "abc" for n in range(40))


async def test_two_stores_in_one_process_see_each_other(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    async with await Store.open(path) as first, await Store.open(path) as second:
        await first.ui_state.put("key", 1)
        assert await second.ui_state.all() == {"key": 1}


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there")
async def test_another_process_that_closes_the_file_leaves_the_journal_to_this_one(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    first = await Store.open(path)
    await first.drafts.put("p", "c", Draft("kept"))
    second = await Store.open(path)
    closing_it = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM drafts'); c.close()"
    subprocess.run([sys.executable, "-c", closing_it, str(path)], check=True)  # noqa: ASYNC221  # it ends at once
    assert path.with_name("x.db-wal").exists()
    await first.aclose()
    await second.aclose()


async def test_a_killed_process_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with subprocess.Popen([sys.executable, "-c", _VICTIM, str(path)], stdout=subprocess.PIPE, text=True) as victim:  # noqa: ASYNC220  # nothing else runs here
        assert victim.stdout is not None
        assert victim.stdout.readline() == "written\n"
        async with await Store.open(path) as store:
            assert await store.runs.take_orphans("p") == ()  # its process lives
        victim.send_signal(signal.SIGKILL)
        victim.wait()
    async with await Store.open(path) as store:
        (run,) = await store.runs.take_orphans("p")
        assert (run.run_id, run.conversation_id, run.message) == ("execution:1", "conversation:1", "hi")
        assert await store.drafts.get("p", "conversation:1") == Draft("half a sent")
