"""A session that began elsewhere is gone on with here. The answers are those of Atthene's pages."""

from __future__ import annotations

from pathlib import Path

from athena_tui.chat.local_conversations import LocalConversations
from athena_tui.chat.session import Session, SessionOptions
from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.events import RunFailed, RunFinished
from athena_tui.store.store import Store
from tests.client.atthene.conftest import EXECUTE
from tests.client.atthene.test_reply import TUTORIAL
from tests.client.raw_server import RawServer, json_reply

HISTORY = {
    "messages": [
        {"id": "msg_001", "role": "user", "content": "Hello", "timestamp": "2025-01-15T10:30:00Z"},
        {"id": "msg_002", "role": "assistant", "content": "Hi!", "timestamp": "2025-01-15T10:30:05Z"},
    ],
    "total": 2,
    "has_more": False,
}
MESSAGES = "GET /api/v1/runtime/session_abc123/messages/?limit=100&offset=0"
SESSION = "session_abc123"


async def test_its_history_comes_along(client: AttheneClient, raw_server: RawServer, tmp_path: Path) -> None:
    raw_server.script(json_reply(HISTORY), json_reply(TUTORIAL), json_reply(TUTORIAL))
    async with await Store.open(tmp_path / "store.db") as store:
        local = LocalConversations(client, store, "work")
        session = Session(local, SessionOptions("support_agent", SESSION))
        for message in ("And now?", "And then?"):
            assert isinstance(await session.send(message), RunFinished)
        assert raw_server.targets == [MESSAGES, EXECUTE, EXECUTE]
        [conversation] = (await local.conversations()).items
        assert (conversation.id, conversation.agent_id, conversation.title) == (SESSION, "support_agent", "Hello")
        said = [message.text for message in (await local.messages(SESSION)).items]
        assert said[:3] == ["Hello", "Hi!", "And now?"]
        assert len(said) == 6


async def test_one_that_is_not_there_either_is_not_found(
    client: AttheneClient, raw_server: RawServer, tmp_path: Path
) -> None:
    raw_server.script(json_reply({"error": {"type": "not_found_error", "message": "Session not found"}}, 404))
    async with await Store.open(tmp_path / "store.db") as store:
        local = LocalConversations(client, store, "work")
        end = await Session(local, SessionOptions("support_agent", SESSION)).send("Hello")
        assert isinstance(end, RunFailed)
        assert (end.code, (await local.conversations()).items) == ("not_found", ())
