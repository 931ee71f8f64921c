"""Runs that an earlier life of the app left behind, and answers that do not arrive at once."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest

from athena_tui.chat import run as run_module
from athena_tui.chat.engine_events import ChatEvent, Noted
from athena_tui.chat.journal import StoredJournal
from athena_tui.chat.local_conversations import LocalConversations, can_resume
from athena_tui.chat.parts import TextPart, UserPart
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.chat.workspace import Workspace
from athena_tui.client import events
from athena_tui.client.errors import AnswerLost, ClientError, ConnectionFailed, RateLimited, ServerTrouble
from athena_tui.client.events import RunEvent
from athena_tui.client.models import Decision, Message, Role, RunRequest
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.store.runs import RunInFlight, Runs
from athena_tui.store.store import Store
from athena_tui.tools import ToolPolicy, tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient, Step

NO_CONVERSATIONS = Capabilities({Feature.CONVERSATIONS: "There are none."})


class Resuming(ScriptedClient):
    """A platform whose runs can be followed again."""

    def resume_run(self, run_id: str, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        assert request.message == "What did I spend?"
        self.opened.append(run_id)
        return self._play()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with await Store.open(tmp_path / "store.db") as opened:
        yield opened


async def left_behind(store: Store) -> RunInFlight:
    """A run as a process left it that was killed: its message is kept, what it said is not."""
    conversation = await store.conversations.create("work", "agent:1", "Spending")
    await store.messages.put("work", conversation.id, [Message("m1", Role.USER, "What did I spend?")])
    run = RunInFlight("key-1", "work", "agent:1", "What did I spend?", conversation.id, "run_1")
    await Runs(store._database, owner="earlier").begin(run)
    return run


def workspace(store: Store, client: ScriptedClient) -> Workspace:
    return Workspace(
        lambda _observer: LocalConversations(client, store, "work"),
        "agent:2",
        journal=StoredJournal(store.runs, "work"),
    )


async def texts(store: Store, run: RunInFlight) -> list[str]:
    assert run.conversation_id is not None
    page = await store.messages.list("work", run.conversation_id)
    return [message.text for message in page.items]


async def test_it_is_followed_in_its_conversation_and_its_answer_kept(store: Store) -> None:
    run = await left_behind(store)
    client = Resuming(
        [events.RunStarted("run_1", replayed=True), events.TextDelta("$5.50"), events.RunFinished("run_1")],
        capabilities=NO_CONVERSATIONS,
    )
    place = workspace(store, client)
    await place.resume(run)
    assert client.opened == ["run_1"]
    assert client.requests == []
    session = place.session_of(run)
    assert session is not place.session
    assert session.options.agent_id == "agent:1"
    said = [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart | TextPart)]
    assert said == ["What did I spend?", "$5.50"]
    assert await texts(store, run) == ["What did I spend?", "$5.50"]
    assert await store.runs.get("key-1") is None


async def test_an_answer_that_was_kept_already_is_not_kept_twice(store: Store) -> None:
    run = await left_behind(store)
    script: list[Step] = [events.RunStarted("run_1"), events.TextDelta("$5.50"), events.RunFinished("run_1")]
    client = Resuming(script, script, capabilities=NO_CONVERSATIONS)
    for _ in range(2):
        await workspace(store, client).resume(run)
    assert await texts(store, run) == ["What did I spend?", "$5.50"]


async def test_a_gate_it_waits_at_can_be_answered(store: Store) -> None:
    run = await left_behind(store)
    gate: list[Step] = [
        events.RunStarted("run_1"),
        events.ApprovalRequested("run_1", "Send it?"),
        events.RunSuspended("run_1", events.RunStatus.AWAITING_APPROVAL),
    ]
    client = Resuming(gate, [events.TextDelta("Sent."), events.RunFinished("run_1")], capabilities=NO_CONVERSATIONS)
    place = workspace(store, client)
    session = place.session_of(run)

    def answer(event: ChatEvent, _change: object) -> None:
        if isinstance(event, events.RunSuspended):
            assert session.state is SessionState.WAITING_FOR_PERSON
            session.decide(Decision(approved=True))

    session.subscribe(answer)
    await place.resume(run)
    assert [run_id for run_id, _ in client.decisions] == ["run_1"]
    assert await texts(store, run) == ["What did I spend?", "Sent."]


@pytest.mark.parametrize("streams", [True, False])
async def test_what_is_sent_again_is_what_any_turn_sends(store: Store, streams: bool) -> None:
    run = await left_behind(store)
    missing = dict(NO_CONVERSATIONS.missing) | ({} if streams else {Feature.STREAMING: "It cannot."})
    client = Resuming(
        [events.RunFailed("provider_error", "No.", "run_1")], DONE, DONE, capabilities=Capabilities(missing)
    )

    @tool
    def clock() -> str:
        """Tell the time."""
        return "noon"

    place = Workspace(
        lambda _observer: LocalConversations(client, store, "work"),
        "agent:2",
        ToolRunner([clock]),
        external_user_id="u",
    )
    await place.resume(run)
    session = place.session_of(run)
    await session.retry()
    await session.send("And now?")
    again, fresh = client.requests
    assert [tool.name for tool in again.client_tools] == ["clock"]
    assert (again.client_tools, again.stream, again.external_user_id) == (fresh.client_tools, streams, "u")


def test_only_a_platform_that_can_is_asked(store: Store) -> None:
    assert can_resume(LocalConversations(Resuming(capabilities=NO_CONVERSATIONS), store, "work"))
    assert not can_resume(LocalConversations(ScriptedClient(capabilities=NO_CONVERSATIONS), store, "work"))
    assert not can_resume(Resuming())


ASKS: list[Step] = [
    events.RunStarted("run:1"),
    events.ClientToolCall("run:1", "call_1", "add", {"first": 1}),
    events.RunSuspended("run:1", events.RunStatus.AWAITING_CLIENT_TOOL),
]
DONE: list[Step] = [events.TextDelta("Done."), events.RunFinished("run:1")]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> tuple[Session, ScriptedClient, list[int], list[str]]:
    """A session whose agent asks for a tool once; how often the tool ran, and what was noted."""
    monkeypatch.setattr(run_module, "_PATIENCE", (0.0, 0.0))
    calls: list[int] = []
    notes: list[str] = []

    @tool(policy=ToolPolicy.AUTO)
    def add(first: int) -> int:
        """Add one."""
        calls.append(first)
        return first + 1

    client = ScriptedClient(ASKS)
    session = Session(client, SessionOptions("agent:1"), ToolRunner([add]))
    session.subscribe(lambda event, _: notes.append(event.text) if isinstance(event, Noted) else None)
    return session, client, calls, notes


@pytest.mark.parametrize("trouble", [ConnectionFailed("No network."), RateLimited("Too many.", status=429)])
async def test_a_tools_answer_that_did_not_arrive_is_sent_again(
    ran: tuple[Session, ScriptedClient, list[int], list[str]], trouble: ClientError
) -> None:
    session, client, calls, notes = ran
    client.scripts += [[trouble], [trouble], DONE]
    assert isinstance(await session.send("hi"), events.RunFinished)
    assert calls == [1]
    assert len({answer for _, answer in client.answers}) == 1
    assert [note.startswith(trouble.message) for note in notes] == [True, True]


@pytest.mark.parametrize(
    "trouble", [AnswerLost("It may have arrived."), ServerTrouble("Boom.", status=500)], ids=["lost", "500"]
)
async def test_one_that_may_have_arrived_is_not(
    ran: tuple[Session, ScriptedClient, list[int], list[str]], trouble: ClientError
) -> None:
    session, client, _, notes = ran
    client.scripts += [[trouble]]
    end = await session.send("hi")
    assert isinstance(end, events.RunFailed)
    assert end.message == trouble.message
    assert (len(client.answers), notes) == (1, [])


async def test_it_is_given_up_in_the_end(ran: tuple[Session, ScriptedClient, list[int], list[str]]) -> None:
    session, client, _, _ = ran
    client.scripts += [[ConnectionFailed("No network.")]] * 3
    end = await session.send("hi")
    assert isinstance(end, events.RunFailed)
    assert (end.code, len(client.answers)) == ("connection_failed", 3)


async def test_an_answer_that_was_lost_is_followed_again(store: Store) -> None:
    client = Resuming(
        [events.RunStarted("run_1"), events.TextDelta("$5"), events.RunFailed("answer_lost", "Lost.", "run_1")],
        [events.RunStarted("run_1", replayed=True), events.TextDelta("$5.50"), events.RunFinished("run_1")],
        capabilities=NO_CONVERSATIONS,
    )
    place = workspace(store, client)
    session = place.choose_agent("agent:1")
    await session.send("What did I spend?")
    assert session.lost_answer
    assert await session.look_again()
    assert (client.opened, len(client.requests)) == (["run_1"], 1)
    said = [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart | TextPart)]
    assert said == ["What did I spend?", "$5.50"]
    assert session.conversation_id is not None
    kept = (await store.messages.list("work", session.conversation_id)).items
    assert [message.text for message in kept] == ["What did I spend?", "$5.50"]
