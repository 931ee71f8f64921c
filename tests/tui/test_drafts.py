"""What was typed is not lost: refused, failed, left, recalled."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from athena_tui.chat.session import SessionState
from athena_tui.client.errors import InvalidRequest
from athena_tui.client.events import (
    InputRequested,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStatus,
    RunSuspended,
    TextDelta,
)
from athena_tui.client.models import Conversation, Decision
from athena_tui.store.drafts import Draft
from athena_tui.store.store import Store
from athena_tui.tui.launch import Connection, Profile, Target
from athena_tui.tui.widgets.composer import Composer
from athena_tui.tui.widgets.composer_box import MAX_LENGTH
from tests.chat.scripted_client import ScriptedClient, Step
from tests.tui.fakes import (
    FakeConnector,
    answer,
    connected,
    main_screen,
    make_app,
    scripted,
    spoken,
    wait_until,
)


async def test_what_the_platform_refused_is_given_back_to_be_changed() -> None:
    client = scripted([InvalidRequest("Too rude.", status=422)])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hey", "enter")
        await wait_until(pilot, lambda: main.chat.composer.text == "hey")


async def test_a_failed_run_keeps_the_message_in_the_conversation_only() -> None:
    client = scripted([RunStarted("run:1"), RunFailed("provider_error", "It broke.", "run:1", retryable=True)])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hey", "enter")
        await wait_until(pilot, lambda: not main.chat.welcome.display)
        session = main.chat.session
        await wait_until(pilot, lambda: session and session.state is SessionState.IDLE and session.transcript.parts)
        assert main.chat.composer.text == ""


@pytest.mark.parametrize("text", ["", "   ", "x" * (MAX_LENGTH + 1)])
async def test_what_cannot_be_sent_is_kept_with_the_reason(text: str) -> None:
    client = scripted()
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        main.chat.composer.show(text)
        await pilot.pause()
        await pilot.press("enter")
        await wait_until(pilot, lambda: main.chat.box.note.parent)
        assert main.chat.composer.text == text
        assert client.requests == []


async def test_a_message_that_was_begun_before_a_question_does_not_answer_it() -> None:
    """The question may come between two keys."""
    ask = asyncio.Event()
    script: list[Step] = [
        RunStarted("run:1"),
        ask,
        InputRequested("run:1", "Who should receive it?"),
        RunSuspended("run:1", RunStatus.AWAITING_INPUT),
    ]
    client = scripted(script, answer("Sent to Ada."), answer("Later then."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: main.chat.runs)
        await pilot.press(*"and then")
        ask.set()
        await wait_until(pilot, lambda: main.query("#asked") and main.query_one("#asked").display)
        assert "enter queues your message" in str(main.chat.box.asked.content)
        await pilot.press("!", "enter")
        await wait_until(pilot, lambda: "and then!" in str(main.chat.box.queue.content))
        assert client.decisions == []
        await wait_until(pilot, lambda: "enter answers" in str(main.chat.box.asked.content))
        await pilot.press(*"Ada", "enter")
        await wait_until(pilot, lambda: "Later then." in spoken(main))
        assert client.decisions == [("run:1", Decision(approved=True, data="Ada"))]
        assert [request.message for request in client.requests] == ["go", "and then!"]


async def test_an_emptied_composer_answers_the_question() -> None:
    ask = asyncio.Event()
    script: list[Step] = [
        RunStarted("run:1"),
        ask,
        InputRequested("run:1", "Who?"),
        RunSuspended("run:1", RunStatus.AWAITING_INPUT),
    ]
    client = scripted(script, answer("Sent."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: main.chat.runs)
        await pilot.press("x")
        ask.set()
        await wait_until(pilot, lambda: main.chat.question)
        assert main.chat.answered is None
        await pilot.press("backspace")
        await wait_until(pilot, lambda: main.chat.answered)
        await pilot.press(*"Ada", "enter")
        await wait_until(pilot, lambda: client.decisions)


async def test_what_is_queued_can_be_taken_back_and_is_kept_on_leaving() -> None:
    gate = asyncio.Event()
    client = scripted([RunStarted("run:1"), gate, TextDelta("One."), RunFinished("run:1")])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"one", "enter")
        await wait_until(pilot, lambda: main.chat.runs)
        await pilot.press(*"two", "enter", *"three", "enter")
        await wait_until(pilot, lambda: "queued three" in str(main.chat.box.queue.content))
        await pilot.press("up")
        assert main.chat.composer.text == "three"
        assert "three" not in str(main.chat.box.queue.content)
        assert "queued two" in str(main.chat.box.queue.content)
        session = main.chat.session
        assert session is not None
        await app.action_quit()
        assert await app.memory.draft(session.conversation_id) == Draft("two\n\nthree")


async def test_what_waits_in_another_conversation_is_kept_there_on_leaving() -> None:
    gate = asyncio.Event()
    client = scripted([RunStarted("run:1", "conversation:1"), gate, TextDelta("One."), RunFinished("run:1")])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"one", "enter")
        await wait_until(pilot, lambda: main.chat.runs and main.chat.session and main.chat.session.conversation_id)
        await pilot.press(*"two", "enter")
        await wait_until(pilot, lambda: "queued two" in str(main.chat.box.queue.content))
        session = main.chat.session
        assert session is not None
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: main.chat.session is not session)
        await app.action_quit()
        assert await app.memory.draft(session.conversation_id) == Draft("two")


async def test_drafts_belong_to_their_conversation_and_survive(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        await connected(pilot, app)
        await pilot.press(*"half a thou")
        await app.action_quit()
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: main.chat.composer.text == "half a thou")


async def test_a_draft_is_there_once_though_its_conversation_is_shown_twice_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "store.db"
    async with await Store.open(path) as store:
        await store.drafts.put("sandbox", "conversation:1", Draft("once"))
    app = make_app(scripted(), database=path)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        monkeypatch.setattr(main.chat, "keep_draft", lambda: asyncio.sleep(0))  # as long as both wait for it
        assert main.workspace is not None
        session = main.workspace.open(Conversation("conversation:1"))
        await asyncio.gather(main.chat.show(session), main.chat.show(session))
        assert main.chat.composer.text == "once"


async def test_prompts_are_recalled(tmp_path: Path) -> None:
    app = make_app(scripted(answer("1"), answer("2")), database=tmp_path / "store.db")
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        composer: Composer = main.chat.composer
        for word in ("first", "second"):
            await pilot.press(*word, "enter")
        await wait_until(pilot, lambda: "2" in spoken(main) and app.memory.prompts[:2] == ["second", "first"])
        await pilot.press(*"now", "up")
        assert composer.text == "second"
        await pilot.press("up")
        assert composer.text == "first"
        await pilot.press("down", "down")
        assert composer.text == "now"


async def test_a_draft_that_was_sent_does_not_come_back(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    client = scripted([RunStarted("run:1", "conversation:1"), TextDelta("Yes."), RunFinished("run:1")])
    app = make_app(client, database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"is it me")
        await main.chat.keep_draft()
        await pilot.press("enter")
        await wait_until(pilot, lambda: "Yes." in spoken(main) and app.memory.prompts)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: main.chat.session and main.chat.session.conversation_id is None)
        await pilot.pause()
        assert main.chat.composer.text == ""


class _Slow(FakeConnector):
    """Connects when it is told to."""

    def __init__(self, *clients: ScriptedClient) -> None:
        super().__init__(*clients)
        self.ready = asyncio.Event()

    async def connect(self, target: Target | None) -> Connection:
        """Follows `FakeConnector.connect`."""
        await self.ready.wait()
        return await super().connect(target)


@pytest.mark.parametrize(
    ("kept", "shown"), [("", "hello"), ("what was begun last time", "what was begun last time\n\nhello")]
)
async def test_what_is_typed_before_there_is_a_connection_stays(tmp_path: Path, kept: str, shown: str) -> None:
    path = tmp_path / "athena-tui.db"
    async with await Store.open(path) as store:
        await store.drafts.put("sandbox", None, Draft(kept))
    connector = _Slow(scripted())
    app = make_app(connector=connector, database=path)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.press(*"hello")
        assert main_screen(app).chat.composer.text == "hello"
        connector.ready.set()
        main = await connected(pilot, app)
        await wait_until(pilot, lambda: main.chat.session and main.chat.composer.text == shown)
        await app.workers.wait_for_complete()
        assert main.chat.composer.text == shown


async def test_a_draft_stays_with_the_connection_that_was_left(tmp_path: Path) -> None:
    path = tmp_path / "athena-tui.db"
    app = make_app(scripted(), scripted(), database=path)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hello")
        first = main.connection
        app.open(Profile("work"))
        await wait_until(pilot, lambda: main.connection not in {None, first} and main.chat.session)
        await app.workers.wait_for_complete()
        assert main.chat.composer.text == ""
    async with await Store.open(path) as store:
        assert (await store.drafts.get("sandbox", None)).text == "hello"
