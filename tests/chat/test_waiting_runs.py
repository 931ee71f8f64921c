"""What a run waits for is answered: client tools by their handlers or a person, gates by a person."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator

import pytest

from athena_tui.chat.engine_events import ToolAnswered, ToolNeedsPerson
from athena_tui.chat.parts import (
    ApprovalPart,
    ToolPart,
    ToolState,
)
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.chat.tool_calls import AnswerIt, RejectIt, RunIt
from athena_tui.client import events
from athena_tui.client.models import Decision, ToolAnswer, ToolOutcome
from athena_tui.tools import ToolPolicy, tool
from athena_tui.tools.runner import ToolRunner
from tests.chat.scripted_client import ScriptedClient
from tests.chat.sessions import AT_GATE, FINISHED, STARTED, WAITS_FOR_TOOL, called, session_of, until


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


async def test_a_standing_yes_does_not_answer_what_only_a_person_can_say() -> None:
    asks = events.RunSuspended("execution:1", events.RunStatus.AWAITING_INPUT)
    client = ScriptedClient([events.InputRequested("execution:1", "Who?"), asks])
    options = SessionOptions("agent:1", gate=Decision(approved=True), attended=False)
    assert await session_of(client, options).send("mail") == asks
    assert client.decisions == []
