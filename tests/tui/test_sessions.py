"""What is kept of the conversations that were opened, and of one that was joined."""

from __future__ import annotations

import asyncio
from functools import partial

from athena_tui.client.events import RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Conversation, Message, Page
from athena_tui.tui.screens.main import MainScreen
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import CONCIERGE, answer, connected, history, make_app, scripted, spoken, wait_until


async def test_the_history_of_a_conversation_that_is_joined_stands_above_what_is_said() -> None:
    goes_on = asyncio.Event()
    client = scripted([RunStarted("run:1"), TextDelta("Hello "), goes_on, TextDelta("again"), RunFinished("run:1")])
    client.active = Conversation("conversation:1", CONCIERGE.id)
    client.pages = [history("before", "said")]
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hi", "enter")
        await wait_until(pilot, lambda: "before" in spoken(main))
        goes_on.set()
        await wait_until(pilot, lambda: "again" in spoken(main))
        assert [line for line in spoken(main).split("\n") if line] == ["before", "said", "hi", "Hello again"]


class Library(ScriptedClient):
    """Many conversations, each of which says its name."""

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """What is in one."""
        return history(f"This is {conversation_id}.")


def shown(main: MainScreen, conversation: Conversation) -> bool:
    """Whether this one is open and loaded."""
    return f"This is {conversation.id}." in spoken(main)


async def test_only_so_many_transcripts_are_kept_at_hand_but_every_one_that_has_something_new() -> None:
    conversations = [Conversation(f"conversation:{number}", CONCIERGE.id, f"No. {number}") for number in range(16)]
    goes_on = asyncio.Event()
    client = Library([RunStarted("run:1"), goes_on, *answer("Done.")[1:]])
    client.agent_list = (CONCIERGE,)
    client.conversation_pages = [Page(tuple(conversations))]
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        assert main.workspace is not None
        watch = main.chat.sessions
        assert watch is not None
        for each in conversations:
            main.workspace.open(each)
            await wait_until(pilot, partial(shown, main, each))
            if each is conversations[0]:
                await pilot.press(*"go", "enter")
                await wait_until(pilot, lambda: client.requests)
        kept = [session.conversation_id for session in watch.sessions]
        assert len(kept) == 12
        assert "conversation:0" in kept
        goes_on.set()
        await wait_until(pilot, lambda: "conversation:0" in watch.marks())
        main.workspace.open(conversations[1])
        await wait_until(pilot, lambda: spoken(main) == "This is conversation:1.")
        main.workspace.open(conversations[0])
        await wait_until(pilot, lambda: "Done." in spoken(main))
        assert "This is conversation:0." in spoken(main)
