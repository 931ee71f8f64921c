"""What a person decides in the message pane: client tools and human gates."""

from __future__ import annotations

import pytest
from textual.message import Message

from athena_tui.chat import engine_events
from athena_tui.chat.engine_events import ToolNeedsPerson, TurnSent
from athena_tui.client.events import (
    ApprovalRequested,
    ClientToolCall,
    RunStarted,
    TextDelta,
)
from athena_tui.tui.transcript import (
    Decision,
    GateAnswered,
    ToolDecided,
)
from athena_tui.tui.transcript.messages import ComposerWanted
from tests.tui.transcript.driving import PaneApp, conversation, of_kind, screen_lines, settled


def asked(app: PaneApp) -> None:
    """A client tool call waits for a person."""
    app.apply(
        TurnSent("go"),
        RunStarted("r"),
        ClientToolCall("r", "c1", "delete_files", {"path": "here"}),
        ToolNeedsPerson("c1"),
    )


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        ("r", Decision.RUN),
        ("e", Decision.EDIT),
        ("a", Decision.ANSWER),
        ("x", Decision.REJECT),
        ("A", Decision.ALWAYS),
    ],
)
async def test_a_tool_is_decided_about_with_one_key(key: str, decision: Decision) -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(80, 20), message_hook=log.append) as pilot:
        asked(app)
        await settled(pilot, app)
        assert app.view.focus_pending()
        await pilot.press(key)
        await pilot.pause()
        decided = of_kind(log, ToolDecided)
        assert [(message.call_id, message.decision) for message in decided] == [("c1", decision)]


async def test_decisions_count_only_on_the_part_that_waits() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(80, 20), message_hook=log.append) as pilot:
        asked(app)
        await settled(pilot, app)
        await pilot.press("g", "r", "x", "A")
        await pilot.pause()
        assert not of_kind(log, ToolDecided)


async def test_a_choice_can_be_clicked() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(100, 20), message_hook=log.append) as pilot:
        asked(app)
        await settled(pilot, app)
        lines = screen_lines(app)
        row = next(number for number, line in enumerate(lines) if "[x] reject" in line)
        await pilot.click(app.view, offset=(lines[row].index("reject"), row))
        await pilot.pause()
        assert [message.decision for message in of_kind(log, ToolDecided)] == [Decision.REJECT]


@pytest.mark.parametrize(("key", "approved", "comment"), [("y", True, False), ("n", False, False), ("c", True, True)])
async def test_a_gate_is_answered_with_one_key(key: str, approved: bool, comment: bool) -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(80, 20), message_hook=log.append) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ApprovalRequested("r", "Send the mail?"))
        await settled(pilot, app)
        assert app.view.focus_pending()
        await pilot.press(key)
        await pilot.pause()
        answers = of_kind(log, GateAnswered)
        assert [(message.approved, message.wants_comment) for message in answers] == [(approved, comment)]


async def test_the_cursor_goes_on_to_what_waits_next_once_its_part_was_answered() -> None:
    log: list[Message] = []
    app = PaneApp()
    async with app.run_test(size=(80, 20), message_hook=log.append) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ApprovalRequested("r", "Send the mail?"))
        await settled(pilot, app)
        assert app.view.focus_pending()
        app.apply(engine_events.GateAnswered(approved=True), TextDelta("Sent. And"))
        app.apply(ApprovalRequested("r", "Delete it?"))
        await settled(pilot, app)
        await pilot.press("n")
        await pilot.pause()
        (answered,) = of_kind(log, GateAnswered)
        assert (answered.part.prompt, answered.approved) == ("Delete it?", False)


async def test_the_cursor_of_who_reads_elsewhere_stays_when_something_waits() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), ApprovalRequested("r", "Send the mail?"))
        await settled(pilot, app)
        assert app.view.focus_pending()
        await pilot.press("g")
        app.apply(engine_events.GateAnswered(approved=True), ApprovalRequested("r", "Delete it?"))
        await settled(pilot, app)
        assert app.view.cursor == 0


@pytest.mark.parametrize("key", ["i", "a"])
async def test_the_keys_that_write_in_an_editor_go_to_the_composer(key: str) -> None:
    log: list[Message] = []
    app = PaneApp(conversation(2))
    async with app.run_test(size=(80, 20), message_hook=log.append) as pilot:
        await settled(pilot, app)
        await pilot.press("g", key)
        await pilot.pause()
        assert of_kind(log, ComposerWanted)


async def test_nothing_pending_leaves_the_cursor_alone() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("g")
        assert not app.view.focus_pending()
        assert app.view.cursor == 0


@pytest.mark.parametrize("fails", [True, False])
async def test_a_gate_says_when_a_no_fails_the_run(fails: bool) -> None:
    app = PaneApp()
    async with app.run_test() as pilot:
        app.apply(TurnSent("go"), ApprovalRequested("r", "Send it?", rejecting_fails=fails))
        await settled(pilot, app)
        assert any("A no fails the run." in row for row in screen_lines(app)) is fails
