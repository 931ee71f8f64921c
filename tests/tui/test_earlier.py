"""Going to where a conversation began, page by page."""

from __future__ import annotations

import asyncio
from itertools import count

from textual.pilot import Pilot

from athena_tui.client.models import Message, Page, Role
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.widgets.earlier import EarlierLine
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import CONCIERGE, connected, make_app, some_conversations, wait_until

PAGE = 60


class Archive(ScriptedClient):
    """A conversation with as many pages as are let through."""

    def __init__(self, pages: int) -> None:
        super().__init__()
        self.agent_list = (CONCIERGE,)
        self.conversation_pages = [Page(tuple(some_conversations()))]
        self.gate = asyncio.Semaphore(1)
        self._left = count(pages, -1)

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """The next page, once it is let through."""
        await self.gate.acquire()
        page = next(self._left)
        texts = (f"page {page}, line {line}" for line in range(PAGE))
        return Page(tuple(Message(text, Role.USER, text) for text in texts), f"before {page}" if page > 1 else None)


async def opened(pilot: Pilot[None], main: MainScreen) -> None:
    """Open the archive at its last page and go to read it."""
    assert main.workspace is not None
    main.workspace.open(main.workspace.conversations[0])
    await wait_until(pilot, lambda: turns(main) == PAGE)
    main.chat.view.focus()
    await pilot.pause()


def turns(main: MainScreen) -> int:
    """How many turns are loaded."""
    return len(main.chat.view.transcript.turns)


async def test_the_beginning_is_fetched_and_gone_to() -> None:
    client = Archive(5)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await opened(pilot, main)
        await pilot.press("g")
        for _ in range(4):
            client.gate.release()
        await wait_until(pilot, lambda: turns(main) == 5 * PAGE and not main.query(EarlierLine))
        assert getattr(main.chat.view.first_shown, "text", "") == "page 1, line 0"


async def test_a_move_stops_the_fetching_where_the_reader_went() -> None:
    client = Archive(5)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await opened(pilot, main)
        await pilot.press("g")
        client.gate.release()
        client.gate.release()
        await wait_until(pilot, lambda: "180 turns" in str(main.query_one(EarlierLine).render()))
        await pilot.press("G")
        client.gate.release()
        await wait_until(pilot, lambda: turns(main) == 4 * PAGE and not main.query(EarlierLine))
        assert main.chat.view.at_end


async def test_escape_stops_the_fetching_before_anything_else() -> None:
    client = Archive(5)
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await opened(pilot, main)
        await pilot.press("g")
        await wait_until(pilot, lambda: bool(main.query(EarlierLine)))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not main.query(EarlierLine))
        assert main.focused is main.chat.view
