"""A session sees turns through: tools, gates, cancelling, retrying, and errors that become events."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable

import pytest

from athena_tui.chat.engine_events import ChatEvent, ToolAnswered, ToolNeedsPerson
from athena_tui.chat.journal import NoJournal
from athena_tui.chat.parts import (
    ApprovalPart,
    ErrorPart,
    NoticePart,
    TextPart,
    ToolPart,
    ToolState,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.chat.tool_calls import AnswerIt, RejectIt, RunIt
from athena_tui.client import events
from athena_tui.client.errors import ConnectionFailed, OutOfCredits
from athena_tui.client.models import Conversation, Decision, Message, Page, Role, ToolAnswer, ToolOutcome
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.tools import ToolPolicy, tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient

STARTED = events.RunStarted("execution:1")
FINISHED = events.RunFinished("execution:1")
WAITS_FOR_TOOL = events.RunSuspended("execution:1", events.RunStatus.AWAITING_CLIENT_TOOL)
AT_GATE = events.RunSuspended("execution:1", events.RunStatus.AWAITING_APPROVAL)


@tool
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


def called(call_id: str, **arguments: int) -> events.ClientToolCall:
    return events.ClientToolCall("execution:1", call_id, "add", dict(arguments))


def session_of(client: ScriptedClient, options: SessionOptions | None = None) -> Session:
    keys = iter(f"key-{number}" for number in range(100))
    chosen = options or SessionOptions("agent:1")
    return Session(client, chosen, ToolRunner([add]), clock=lambda: 0.0, new_key=lambda: next(keys))


async def until(session: Session, condition: Callable[[ChatEvent], bool]) -> ChatEvent:
    """The next event for which the condition holds."""
    found: asyncio.Future[ChatEvent] = asyncio.get_running_loop().create_future()

    def listen(event: ChatEvent, _change: object) -> None:
        if condition(event) and not found.done():
            found.set_result(event)

    stop = session.subscribe(listen)
    try:
        async with asyncio.timeout(10):
            return await found
    finally:
        stop()


async def test_a_turn_is_sent_with_a_key_and_the_tools() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("hi"), FINISHED])
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:9", external_user_id="u"))
    end = await session.send("hello", variables={"tone": "calm"})
    assert end == FINISHED
    (request,) = client.requests
    assert (request.idempotency_key, request.conversation_id, request.external_user_id) == (
        "key-0",
        "conversation:9",
        "u",
    )
    assert [definition.name for definition in request.client_tools] == ["add"]
    assert request.variables == {"tone": "calm"}
    assert session.state is SessionState.IDLE


async def test_what_a_person_wrote_is_sent_as_it_is_and_shown_without_what_a_terminal_obeys() -> None:
    client = ScriptedClient([STARTED, called("tc_1"), WAITS_FOR_TOOL], [FINISHED])
    received: list[str] = []

    @tool
    def add(word: str) -> str:
        """Take a word."""
        received.append(word)
        return word

    session = Session(client, SessionOptions("agent:1", policies={"add": ToolPolicy.ASK}), ToolRunner([add]))

    def rule(event: ChatEvent, _change: object) -> None:
        if isinstance(event, ToolNeedsPerson):
            session.rule("tc_1", RunIt({"word": "b\x1b[2Jb"}, edited=True))

    session.subscribe(rule)
    await session.send("a\x1b]0;title\x07a")
    assert (client.requests[0].message, received) == ("a\x1b]0;title\x07a", ["b\x1b[2Jb"])
    said, call = session.transcript.parts[:2]
    assert isinstance(said, UserPart)
    assert isinstance(call, ToolPart)
    assert (said.text, call.arguments, call.result) == ("aa", {"word": "bb"}, "bb")


async def test_tools_are_not_offered_to_a_platform_without_them() -> None:
    client = ScriptedClient([FINISHED], capabilities=Capabilities({Feature.CLIENT_TOOLS: "It has none."}))
    await session_of(client).send("hello")
    assert client.requests[0].client_tools == ()


async def test_a_client_tool_runs_and_the_run_goes_on() -> None:
    client = ScriptedClient([STARTED, called("tc_1", a=1, b=2), WAITS_FOR_TOOL], [events.TextDelta("three"), FINISHED])
    session = session_of(client)
    assert await session.send("1 + 2?") == FINISHED
    ((run_id, answer),) = client.answers
    assert (run_id, answer.call_id, answer.outcome, answer.result) == ("execution:1", "tc_1", ToolOutcome.SUCCESS, 3)


async def test_several_calls_at_once_are_each_answered_and_the_last_one_continues() -> None:
    client = ScriptedClient(
        [STARTED, called("tc_1", a=1, b=2), called("tc_2", a=3, b=4), WAITS_FOR_TOOL],
        [WAITS_FOR_TOOL],
        [called("tc_3", a=5, b=6), WAITS_FOR_TOOL],
        [events.TextDelta("done"), FINISHED],
    )
    assert await session_of(client).send("sums") == FINISHED
    assert sorted(str(answer.result) for _, answer in client.answers) == ["11", "3", "7"]
    assert client.answers[-1][1].call_id == "tc_3"


async def test_a_call_that_is_asked_again_while_it_is_open_runs_once() -> None:
    ran: list[str] = []
    first_is_answered = threading.Event()

    @tool
    def note(word: str) -> str:
        """Write a word down."""
        if word == "second":
            first_is_answered.wait(10)
        ran.append(word)
        return word

    class Asking(ScriptedClient):
        def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[events.RunEvent, None]:
            asyncio.get_running_loop().call_soon(first_is_answered.set)
            return super().answer_tool(run_id, answer)

    first, second, third = (
        events.ClientToolCall("execution:1", f"tc_{word}", "note", {"word": word})
        for word in ("first", "second", "third")
    )
    client = Asking(
        [STARTED, first, second, WAITS_FOR_TOOL],
        [second, WAITS_FOR_TOOL],
        [third, WAITS_FOR_TOOL],
        [FINISHED],
        [FINISHED],
    )
    session = Session(client, SessionOptions("agent:1"), ToolRunner([note]))
    assert await session.send("?") == FINISHED
    assert ran == ["first", "second", "third"]
    assert [answer.call_id for _, answer in client.answers] == ["tc_first", "tc_second", "tc_third"]


async def test_a_failing_tool_is_answered_with_an_error_and_the_run_goes_on() -> None:
    client = ScriptedClient([called("tc_1", a=1), WAITS_FOR_TOOL], [FINISHED])
    assert await session_of(client).send("?") == FINISHED
    answer = client.answers[0][1]
    assert answer.outcome is ToolOutcome.ERROR
    assert "b" in str(answer.result)


@pytest.mark.parametrize(
    ("ruling", "result", "state"),
    [
        (RunIt(), 3, ToolState.SUCCEEDED),
        (RunIt({"a": 40, "b": 2}, edited=True), 42, ToolState.SUCCEEDED),
        (AnswerIt("about three"), "about three", ToolState.SUCCEEDED),
        (RejectIt("not now"), {"error": {"code": "rejected", "message": "not now"}}, ToolState.REJECTED),
    ],
)
async def test_a_person_decides_about_a_call(
    ruling: RunIt | AnswerIt | RejectIt, result: object, state: ToolState
) -> None:
    client = ScriptedClient([STARTED, called("tc_1", a=1, b=2), WAITS_FOR_TOOL], [FINISHED])
    session = session_of(client, SessionOptions("agent:1", policies={"add": ToolPolicy.ASK}))
    turn = asyncio.create_task(session.send("?"))
    await until(session, lambda event: isinstance(event, ToolNeedsPerson))
    assert session.state is SessionState.WAITING_FOR_PERSON
    assert session.rule("tc_1", ruling)
    assert not session.rule("tc_1", ruling)
    assert await turn == FINISHED
    assert client.answers[0][1].result == result
    (part,) = [part for part in session.transcript.parts if isinstance(part, ToolPart)]
    assert part.state is state


async def test_nobody_there_means_a_call_that_asks_is_rejected() -> None:
    client = ScriptedClient([called("tc_1", a=1, b=2), WAITS_FOR_TOOL], [FINISHED])
    options = SessionOptions("agent:1", policies={"add": ToolPolicy.ASK}, attended=False)
    await session_of(client, options).send("?")
    assert client.answers[0][1].outcome is ToolOutcome.ERROR


async def test_a_tool_result_is_shown_clean_and_sent_as_it_is() -> None:
    @tool
    def nasty() -> str:
        """Say something nasty."""
        return "\x1b[31mred\x07"

    client = ScriptedClient([events.ClientToolCall("execution:1", "tc_1", "nasty", {}), WAITS_FOR_TOOL], [FINISHED])
    session = Session(client, SessionOptions("agent:1"), ToolRunner([nasty]))
    turn = asyncio.create_task(session.send("?"))
    shown = await until(session, lambda event: isinstance(event, ToolAnswered))
    await turn
    assert isinstance(shown, ToolAnswered)
    assert shown.result == "red"
    assert client.answers[0][1].result == "\x1b[31mred\x07"


@pytest.mark.parametrize("approved", [True, False])
async def test_a_gate_waits_for_the_decision(approved: bool) -> None:
    client = ScriptedClient(
        [STARTED, events.ApprovalRequested("execution:1", "Send it?"), AT_GATE], [events.TextDelta("ok"), FINISHED]
    )
    session = session_of(client)
    turn = asyncio.create_task(session.send("mail"))
    await until(session, lambda event: event == AT_GATE)
    assert session.state is SessionState.WAITING_FOR_PERSON
    assert session.decide(Decision(approved, "because"))
    assert await turn == FINISHED
    assert client.decisions == [("execution:1", Decision(approved, "because"))]
    (part,) = [part for part in session.transcript.parts if isinstance(part, ApprovalPart)]
    assert (part.approved, part.comment) == (approved, "because")


async def test_a_gate_with_nobody_there_ends_the_turn_suspended() -> None:
    client = ScriptedClient([events.ApprovalRequested("execution:1"), AT_GATE])
    assert await session_of(client, SessionOptions("agent:1", attended=False)).send("mail") == AT_GATE


async def test_a_standing_answer_opens_every_gate() -> None:
    client = ScriptedClient([events.ApprovalRequested("execution:1"), AT_GATE], [FINISHED])
    options = SessionOptions("agent:1", gate=Decision(approved=True), attended=False)
    assert await session_of(client, options).send("mail") == FINISHED


async def test_a_suspension_nobody_here_can_end_is_handed_back() -> None:
    waits = events.RunSuspended("execution:1", events.RunStatus.WAITING_FOR_EXTERNAL_EVENT)
    assert await session_of(ScriptedClient([STARTED, waits])).send("video") == waits


async def test_an_error_before_the_first_event_becomes_a_failed_run() -> None:
    client = ScriptedClient([OutOfCredits("No credits left.", trace_id="t-1", status=402)])
    session = session_of(client)
    end = await session.send("hello")
    assert isinstance(end, events.RunFailed)
    assert (end.code, end.trace_id, end.status) == ("payment_required", "t-1", 402)
    (part,) = [part for part in session.transcript.parts if isinstance(part, ErrorPart)]
    assert part.remedy


async def test_a_response_that_just_ends_is_reported_as_interrupted() -> None:
    end = await session_of(ScriptedClient([STARTED, events.TextDelta("ha")])).send("hello")
    assert isinstance(end, events.RunFailed)
    assert end.code == "stream_interrupted"


async def test_cancelling_stops_here_and_there() -> None:
    never = asyncio.Event()
    client = ScriptedClient([STARTED, events.TextDelta("on and"), never])
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    await session.cancel()
    end = await turn
    assert isinstance(end, events.RunFinished)
    assert end.status is events.RunStatus.CANCELLED
    assert client.cancelled == ["execution:1"]
    assert session.state is SessionState.IDLE


@pytest.mark.parametrize("by_the_caller", [False, True])
async def test_a_run_that_had_just_ended_is_not_cancelled(*, by_the_caller: bool) -> None:
    class Slow(NoJournal):
        def __init__(self) -> None:
            self.struck_out = 0

        async def end(self, idempotency_key: str) -> None:
            self.struck_out += 1
            if self.struck_out == 1:
                striking.set()
                await asyncio.Event().wait()

    striking, journal = asyncio.Event(), Slow()
    client = ScriptedClient([STARTED, events.TextDelta("all"), FINISHED])
    session = Session(client, SessionOptions("agent:1"), journal=journal)
    turn = asyncio.create_task(session.send("hello"))
    await striking.wait()
    if by_the_caller:
        turn.cancel()
        with pytest.raises(asyncio.CancelledError):
            await turn
    else:
        await session.cancel()
        assert await turn == FINISHED
    assert client.cancelled == []
    assert journal.struck_out == 2
    assert session.transcript.turns[-1].state is TurnState.COMPLETED
    assert [type(part) for part in session.transcript.parts] == [UserPart, TextPart, UsagePart]


async def test_cancelling_lets_a_slow_handler_go() -> None:
    release, began = threading.Event(), threading.Event()

    @tool
    def slow() -> str:
        """Wait."""
        began.set()
        release.wait(10)
        return "late"

    client = ScriptedClient(
        [STARTED, events.ClientToolCall("execution:1", "tc_1", "slow", {}), WAITS_FOR_TOOL], [FINISHED]
    )
    session = Session(client, SessionOptions("agent:1"), ToolRunner([slow]))
    turn = asyncio.create_task(session.send("?"))
    await asyncio.to_thread(began.wait, 10)
    await session.cancel()
    release.set()
    await turn
    assert client.answers == []


async def test_a_cancellation_the_platform_does_not_confirm_is_said() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("x"), asyncio.Event()])
    client.cancel_error = ConnectionFailed("No route.")
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    await session.cancel()
    await turn
    assert any(isinstance(part, NoticePart) and "No route" in part.text for part in session.transcript.parts)


async def test_cancelling_the_caller_cancels_the_run() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("x"), asyncio.Event()])
    session = session_of(client)
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    assert client.cancelled == ["execution:1"]


async def test_a_retry_is_a_new_intent_of_the_same_turn() -> None:
    client = ScriptedClient([ConnectionFailed("No route.")], [events.TextDelta("hi"), FINISHED])
    session = session_of(client)
    await session.send("hello")
    assert await session.retry() == FINISHED
    assert [request.idempotency_key for request in client.requests] == ["key-0", "key-1"]
    assert [type(part) for part in session.transcript.parts][:2] == [UserPart, TextPart]


async def test_a_second_message_waits_for_the_first() -> None:
    gate = asyncio.Event()
    client = ScriptedClient([STARTED, events.TextDelta("a"), gate, FINISHED], [events.TextDelta("b"), FINISHED])
    session = session_of(client)
    first = asyncio.create_task(session.send("one"))
    await until(session, lambda event: isinstance(event, events.TextDelta))
    second = asyncio.create_task(session.send("two"))
    await asyncio.sleep(0)
    assert len(client.requests) == 1
    gate.set()
    await asyncio.gather(first, second)
    assert [request.message for request in client.requests] == ["one", "two"]


async def test_the_first_turn_opens_the_active_conversation() -> None:
    client = ScriptedClient([FINISHED], [FINISHED])
    session = session_of(client, SessionOptions("agent:1", kept=True))
    await session.send("one")
    await session.send("two")
    assert client.opened == ["agent:1"]
    assert [request.conversation_id for request in client.requests] == ["conversation:1", "conversation:1"]


async def test_a_fresh_conversation_is_asked_for_once() -> None:
    client = ScriptedClient([FINISHED], [FINISHED])
    client.active = Conversation("conversation:old", "agent:1")
    session = session_of(client, SessionOptions("agent:1", kept=True, fresh=True))
    await session.send("one")
    await session.send("two")
    assert client.archived == ["conversation:old"]
    assert [request.conversation_id for request in client.requests] == ["conversation:2", "conversation:2"]


async def test_history_comes_in_pages_and_in_front() -> None:
    client = ScriptedClient([events.TextDelta("new"), FINISHED])
    client.pages = [
        Page((Message("m3", Role.USER, "third"), Message("m4", Role.ASSISTANT, "fourth")), "more"),
        Page(
            (
                Message("m1", Role.USER, "first"),
                Message("m2", Role.ASSISTANT, "", tool_calls=({"id": "tc_1", "name": "add", "arguments": {"a": 1}},)),
                Message("m2b", Role.TOOL, "3", tool_call_id="tc_1"),
                Message("m2c", Role.SYSTEM, "The run failed."),
            )
        ),
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("now")
    loaded = [((await session.load_older()).prepended, session.has_older) for _ in range(3)]
    assert loaded == [(2, True), (3, False), (0, False)]
    kinds = [type(part) for part in session.transcript.parts[:5]]
    assert kinds == [UserPart, ToolPart, NoticePart, UserPart, TextPart]
    call = session.transcript.parts[1]
    assert isinstance(call, ToolPart)
    assert (call.arguments, call.result) == ({"a": 1}, 3)
    numbers = [turn.id for turn in session.transcript.turns]
    assert len(set(numbers)) == len(numbers)


async def test_a_page_asked_for_twice_at_once_comes_once() -> None:
    client = ScriptedClient()
    client.pages = [
        Page((Message("m2", Role.USER, "second"),), "more"),
        Page((Message("m1", Role.USER, "first"),)),
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await asyncio.gather(*(session.load_older() for _ in range(3)))
    assert [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart)] == ["first", "second"]


async def test_a_cursor_that_leads_nowhere_ends_the_history() -> None:
    client = ScriptedClient()
    client.pages = [Page((Message("m1", Role.USER, "first"),), "more"), Page((), "more")]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    assert (await session.load_older()).prepended == 1
    assert (await session.load_older()).prepended == 0
    assert not session.has_older


async def test_history_does_not_repeat_a_run_that_was_watched() -> None:
    client = ScriptedClient([STARTED, events.TextDelta("new"), FINISHED])
    watched = (
        Message("m3", Role.USER, "now", run_id=STARTED.run_id),
        Message("m4", Role.ASSISTANT, "new", run_id=STARTED.run_id),
    )
    client.pages = [Page(watched, "more"), Page((Message("m1", Role.USER, "before", run_id="run_0"),))]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.send("now")
    assert (await session.load_older()).prepended == 1
    texts = [str(part.text) for part in session.transcript.parts if isinstance(part, UserPart | TextPart)]
    assert texts == ["before", "now", "new"]


async def test_escapes_hidden_in_stored_json_stay_harmless() -> None:
    client = ScriptedClient()
    client.pages = [
        Page(
            (
                Message(
                    "m1", Role.ASSISTANT, "", tool_calls=({"id": "tc_1", "name": "add", "arguments": '"\\u001b[2J"'},)
                ),
                Message("m2", Role.TOOL, '"\\u001b]0;title\\u0007ok"', tool_call_id="tc_1"),
            )
        )
    ]
    session = session_of(client, SessionOptions("agent:1", conversation_id="conversation:1"))
    await session.load_older()
    (call,) = session.transcript.parts
    assert isinstance(call, ToolPart)
    assert (call.arguments, call.result) == ("", "ok")


async def test_a_cancellation_that_is_swallowed_once_is_insisted_on() -> None:
    class Stubborn(ScriptedClient):
        async def _play(self) -> AsyncGenerator[events.RunEvent, None]:
            yield STARTED
            for _ in range(2):
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.Event().wait()

    session = session_of(Stubborn())
    turn = asyncio.create_task(session.send("hello"))
    await until(session, lambda event: isinstance(event, events.RunStarted))
    assert await session.cancel()
    assert isinstance(await turn, events.RunFailed | events.RunFinished)
    assert not await session.cancel()


async def test_a_standing_yes_does_not_answer_what_only_a_person_can_say() -> None:
    asks = events.RunSuspended("execution:1", events.RunStatus.AWAITING_INPUT)
    client = ScriptedClient([events.InputRequested("execution:1", "Who?"), asks])
    options = SessionOptions("agent:1", gate=Decision(approved=True), attended=False)
    assert await session_of(client, options).send("mail") == asks
    assert client.decisions == []
