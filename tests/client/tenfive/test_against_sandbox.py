"""The client and the sandbox know nothing of each other; here they meet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from athena_tui.client.errors import NotSignedIn
from athena_tui.client.events import (
    ApprovalRequested,
    InputRequested,
    ReasoningDelta,
    RunEvent,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStatus,
    RunSuspended,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    TextReset,
    UnknownEvent,
)
from athena_tui.client.management import Granularity, UsageQuery
from athena_tui.client.models import ConnectionSettings, Decision, Message, Platform, Role
from athena_tui.client.observer import Reconnecting
from athena_tui.client.registry import connect
from athena_tui.client.tenfive.client import TenFiveClient
from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from tests.client.recording import FakeTime, RecordingObserver
from tests.client.tenfive.wiring import collect, request, text_of


class Meeting:
    """A client that is connected to a sandbox, and what it noticed."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        described = sandbox.description["tenfive"]
        self.settings = ConnectionSettings(Platform.TENFIVE, described["base_url"], described["api_key"])
        self.observer = RecordingObserver()
        self.client = TenFiveClient(self.settings, self.observer, FakeTime().timing)

    async def run(self, message: str, **fields: Any) -> list[RunEvent]:
        """One turn."""
        return await collect(self.client.run(request(message, **fields)))


@asynccontextmanager
async def meeting(**options: Any) -> AsyncIterator[Meeting]:
    """A sandbox that answers at once, and a client."""
    async with RunningSandbox(SandboxOptions(**{"seed": 11, "pace": 0.0, **options})) as sandbox:
        met = Meeting(sandbox)
        try:
            yield met
        finally:
            await met.client.aclose()


@pytest.mark.parametrize("fields", [{"message": "@echo so it is"}, {"message": "so it is", "agent_id": "echo"}])
@pytest.mark.parametrize("stream", [True, False])
async def test_echo_says_what_it_was_told(fields: dict[str, str], stream: bool) -> None:
    async with meeting() as met:
        events = await met.run(**fields, stream=stream)
    assert isinstance(events[0], RunStarted)
    assert text_of(events) == "so it is"
    assert events[-1] == RunFinished(events[0].run_id, text="so it is")
    assert not any(isinstance(event, UnknownEvent) for event in events)


@pytest.mark.parametrize("every", [1, 2, 3, 7])
async def test_long_answer_survives_a_stream_that_breaks_again_and_again(every: int) -> None:
    async with meeting(faults=f"drop@{every}", requests_per_minute=None) as met:
        events = await met.run("@metronome 60 at 1000")
    assert [event.text.strip() for event in events if isinstance(event, TextDelta)] == [
        f"tick{number}" for number in range(1, 61)
    ]
    assert isinstance(events[-1], RunFinished)
    reconnects = [state for state in met.observer.states if isinstance(state, Reconnecting)]
    assert len(reconnects) >= 60 // every
    assert {state.attempt for state in reconnects} == {1}


async def test_earlier_messages_reach_the_agent() -> None:
    history = (Message("1", Role.USER, "I like tea"), Message("2", Role.ASSISTANT, "Noted."))
    async with meeting() as met:
        assert "*I like tea*" in text_of(await met.run("What do I like?", history=history))


async def test_researcher_thinks_and_uses_tools() -> None:
    async with meeting() as met:
        events = await met.run("@researcher owls")
    assert "".join(event.text for event in events if isinstance(event, ReasoningDelta)).startswith("The question")
    calls = [event for event in events if isinstance(event, ServerToolCall)]
    results = [event for event in events if isinstance(event, ServerToolResult)]
    assert [call.name for call in calls] == ["web_search", "read_page"]
    assert [result.call_id for result in results] == [call.call_id for call in calls]
    assert text_of(events).endswith("Ask again for more detail.\n")


@pytest.mark.parametrize("faults", ["", "drop@4"])
async def test_gates_are_passed_by_approval_and_input(faults: str) -> None:
    async with meeting(faults=faults) as met:
        first = await met.run("@gatekeeper the newsletter")
        start = first[0]
        assert isinstance(start, RunStarted)
        run_id = start.run_id
        assert first[-2:] == [
            ApprovalRequested(run_id, "Send the message?", rejecting_fails=True),
            RunSuspended(run_id, RunStatus.AWAITING_APPROVAL),
        ]
        second = await collect(met.client.decide(run_id, Decision(True)))
        assert second[-2:] == [
            InputRequested(run_id, "Who should receive it?", rejecting_fails=True),
            RunSuspended(run_id, RunStatus.AWAITING_INPUT),
        ]
        third = await collect(met.client.decide(run_id, Decision(True, data="the whole team")))
    whole = text_of([*first, *second, *third])
    assert whole.endswith("Approved. Sent to the whole team.\n")
    assert third[-1] == RunFinished(run_id, text=whole)


async def test_another_client_can_answer_the_gates() -> None:
    async with meeting() as met:
        first = await met.run("@gatekeeper x")
        assert isinstance(first[0], RunStarted)
        run_id = first[0].run_id
        async with aclosing(connect(met.settings)) as other:
            await collect(other.decide(run_id, Decision(True)))
            await collect(other.decide(run_id, Decision(True, data="the team")))
        # This client has not heard of it: the platform refuses its answer, and it sees what happened meanwhile.
        late = await collect(met.client.decide(run_id, Decision(True)))
    assert isinstance(late[-1], RunFinished)
    assert text_of([*first, *late]).endswith("Approved. Sent to the team.\n")


async def test_rejection_fails_the_run() -> None:
    async with meeting() as met:
        start = (await met.run("@gatekeeper x"))[0]
        assert isinstance(start, RunStarted)
        end = (await collect(met.client.decide(start.run_id, Decision(False, "no"))))[-1]
    assert isinstance(end, RunFailed)
    assert end.code == "REJECTED"


async def test_retried_step_is_taken_back() -> None:
    async with meeting() as met:
        events = await met.run("@reviser tea")
    assert sum(isinstance(event, TextReset) for event in events) == 1
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.text == "First the part that stays.\n\nAbout *tea*: this is the corrected text.\n"


@pytest.mark.parametrize(("agent", "code"), [("unlucky", "STEP_FAILED"), ("glutton", "RUN_LIMIT_EXCEEDED")])
async def test_failures_say_why(agent: str, code: str) -> None:
    async with meeting() as met:
        end = (await met.run(f"@{agent} x"))[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.retryable) == (code, False)


@pytest.mark.parametrize("stream", [True, False])
async def test_stalled_run_is_resumed(stream: bool) -> None:
    async with meeting() as met:
        events = await met.run("@sleeper hello", stream=stream)
    assert text_of(events) == "One half before the worker is lost, the other half after the run was resumed: hello\n"
    assert isinstance(events[-1], RunFinished)


async def test_run_is_cancelled_from_outside() -> None:
    async with meeting(pace=1.0) as met:
        events: list[RunEvent] = []
        async for event in met.client.run(request("@metronome 100000 at 100")):
            events.append(event)
            if isinstance(event, TextDelta) and len(events) < 5:
                assert isinstance(events[0], RunStarted)
                await met.client.cancel(events[0].run_id)
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.status is RunStatus.CANCELLED


async def test_same_intent_is_done_once() -> None:
    async with meeting() as met:
        first = await met.run("@echo once", idempotency_key="k")
        again = await met.run("@echo once", idempotency_key="k")
    assert isinstance(first[0], RunStarted)
    assert again[0] == RunStarted(first[0].run_id, replayed=True)
    assert again[1:] == first[1:]


async def test_trouble_on_the_way_is_survived() -> None:
    async with meeting(faults="runs=503:2,stream=429:1,html502:1,drop@5") as met:
        assert text_of(await met.run("@echo it is well in the end")) == "it is well in the end"


async def test_usage_and_keys() -> None:
    async with meeting() as met:
        await met.run("@researcher owls", external_user_id="user-7")
        report = await met.client.usage_report(UsageQuery(Granularity.MONTH, external_user_id="user-7"))
        assert report.totals["run.created"] == 1
        assert {item.event_type for item in report.items} == {
            "run.created",
            "task.completed",
            "tokens.consumed",
            "tool.invoked",
        }
        own = (met.settings.api_key or "").partition(":")[0]
        await met.client.rotate_api_key(own)
        issued = await met.client.create_api_key("laptop")
        settings = ConnectionSettings(Platform.TENFIVE, met.settings.base_url, issued.credential)
        async with aclosing(connect(settings)) as other:
            events = await collect(other.run(request("@echo hi", idempotency_key="by another key")))
            assert isinstance(events[-1], RunFinished)
            await met.client.revoke_api_key(issued.key_id)
            with pytest.raises(NotSignedIn):
                await collect(other.run(request("@echo hi")))
