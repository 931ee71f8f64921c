"""What a workspace tells beside its sessions."""

from __future__ import annotations

import asyncio

import pytest

from athena_tui.chat.session import Session
from athena_tui.chat.workspace import Workspace
from athena_tui.client import events
from athena_tui.client.models import Conversation, Credits
from tests.chat.scripted_client import ScriptedClient, Step
from tests.chat.sessions import until

LOST = events.RunFailed("stream_interrupted", "The stream ended.", "run:1")


def answering(*balances: float, end: Step | None = None) -> tuple[ScriptedClient, Workspace]:
    """A platform that answers each run at once, and tells these balances, one each time it is asked."""
    left = list(balances)

    class Charging(ScriptedClient):
        async def credits(self, generation_cost: float | None = None) -> Credits:
            return Credits(left.pop(0))

    client = Charging(*([events.RunStarted("run:1"), end or events.RunFinished("run:1")] for _ in balances))
    return client, Workspace(lambda _: client, "agent:1")


def open_session(workspace: Workspace, conversation_id: str = "conversation:1") -> Session:
    return workspace.open(Conversation(conversation_id, "agent:1"))


class TestCharges:
    async def test_a_run_costs_what_lies_between_two_balances(self) -> None:
        _, workspace = answering(10.0, 9.5, 9.25)
        await workspace.load_credits()
        session = open_session(workspace)
        await session.send("one")
        assert await workspace.after_run() == 0.5
        await session.retry()
        assert await workspace.after_run() == 0.25

    async def test_nobody_knows_which_of_two_runs_at_once_cost_what(self) -> None:
        client, workspace = answering(10.0, 9.0, 8.0, 7.5)
        await workspace.load_credits()
        goes_on = asyncio.Event()
        client.scripts.insert(0, [events.RunStarted("run:0"), goes_on, events.RunFinished("run:0")])
        long = open_session(workspace, "conversation:1")
        turn = asyncio.create_task(long.send("long"))
        await until(long, lambda event: isinstance(event, events.RunStarted))
        short = open_session(workspace, "conversation:2")
        await short.send("short")
        assert await workspace.after_run() is None
        goes_on.set()
        await turn
        assert await workspace.after_run() is None
        await short.send("alone again")
        assert await workspace.after_run() == 0.5

    async def test_nor_what_the_first_of_two_in_a_row_cost_between_which_no_balance_was_told(self) -> None:
        _, workspace = answering(10.0, 9.0)
        await workspace.load_credits()
        session = open_session(workspace)
        await session.send("one")
        await session.send("two")
        assert await workspace.after_run() is None

    @pytest.mark.parametrize("balance", [10.0, 12.0])
    async def test_a_balance_that_grew_tells_of_no_cost(self, balance: float) -> None:
        _, workspace = answering(10.0, balance)
        await workspace.load_credits()
        await open_session(workspace).send("one")
        assert await workspace.after_run() is None

    async def test_a_run_that_was_lost_may_cost_more(self) -> None:
        _, workspace = answering(10.0, 9.0, end=LOST)
        await workspace.load_credits()
        await open_session(workspace).send("one")
        assert await workspace.after_run() is None

    async def test_without_a_balance_before_there_is_none(self) -> None:
        _, workspace = answering(9.0)
        await open_session(workspace).send("one")
        assert await workspace.after_run() is None


async def test_the_session_that_joined_a_conversation_is_the_one_that_is_opened() -> None:
    client, workspace = answering(1.0)
    client.active = Conversation("conversation:1", "agent:1")
    earlier = open_session(workspace)
    joined = workspace.choose_agent("agent:1")
    assert joined is not earlier
    await joined.send("hello")
    assert open_session(workspace) is joined


class TestForgetting:
    def names(self, workspace: Workspace) -> list[str | None]:
        return [session.conversation_id for session in workspace.sessions]

    async def test_the_sessions_that_were_not_shown_for_longest_go(self) -> None:
        _, workspace = answering()
        assert workspace.session is not None
        first = workspace.session
        for number in range(12):
            open_session(workspace, f"conversation:{number}")
        open_session(workspace, "conversation:0")
        assert workspace.forget_idle(()) == [first]
        again = open_session(workspace, "conversation:12")
        assert [each.conversation_id for each in workspace.forget_idle(())] == ["conversation:1"]
        assert len(workspace.sessions) == 12
        assert workspace.session is again
        assert self.names(workspace)[-2:] == ["conversation:0", "conversation:12"]

    async def test_none_goes_that_runs_or_waits_or_is_needed(self) -> None:
        client, workspace = answering()
        client.scripts = [
            [events.RunStarted("run:1"), asyncio.Event()],
            [
                events.RunStarted("run:2"),
                events.ApprovalRequested("run:2", "Go?"),
                events.RunSuspended("run:2", events.RunStatus.AWAITING_APPROVAL),
            ],
        ]
        runs = open_session(workspace, "runs")
        running = asyncio.create_task(runs.send("on and on"))
        await until(runs, lambda event: isinstance(event, events.RunStarted))
        waits = open_session(workspace, "waits")
        waiting = asyncio.create_task(waits.send("?"))
        await until(waits, lambda event: isinstance(event, events.RunSuspended))
        needed = open_session(workspace, "needed")
        for number in range(30):
            open_session(workspace, f"conversation:{number}")
        workspace.forget_idle({needed})
        assert self.names(workspace)[:3] == ["runs", "waits", "needed"]
        assert len(workspace.sessions) == 12
        await workspace.aclose()
        await asyncio.gather(running, waiting)
        assert sorted(client.cancelled) == ["run:1", "run:2"]
