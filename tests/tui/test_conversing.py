"""Sending, queueing, stopping and deciding."""

from __future__ import annotations

import asyncio
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import TextArea

from athena_tui.chat.parts import ApprovalPart, ToolPart, ToolState
from athena_tui.chat.session import SessionState
from athena_tui.client.events import (
    ApprovalRequested,
    ClientToolCall,
    InputRequested,
    RunFinished,
    RunStarted,
    RunStatus,
    RunSuspended,
    TextDelta,
)
from athena_tui.client.models import Decision as GateDecision
from athena_tui.tools import tool
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.transcript.messages import Decision, GateAnswered, ToolDecided
from athena_tui.tui.widgets.answer_panel import AnswerPanel
from athena_tui.tui.widgets.composer import PLACEHOLDER
from tests.chat.scripted_client import Step
from tests.tui.fakes import (
    answer,
    connected,
    history,
    main_screen,
    make_app,
    scripted,
    shown,
    some_conversations,
    spoken,
    wait_until,
)


@tool
def double(number: int) -> int:
    """Twice a number."""
    return 2 * number


def call(number: int = 4) -> list[RunStarted | ClientToolCall | RunSuspended]:
    """A run that asks for the tool."""
    return [
        RunStarted("run:1"),
        ClientToolCall("run:1", "call:1", "double", {"number": number}),
        RunSuspended("run:1", RunStatus.AWAITING_CLIENT_TOOL),
    ]


async def test_what_is_typed_is_sent_and_answered() -> None:
    client = scripted(answer("Good morning."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        assert main.chat.welcome.display
        await pilot.press(*"hi there", "enter")
        await wait_until(pilot, lambda: "Good morning." in spoken(main))
        assert [request.message for request in client.requests] == ["hi there"]
        assert main.chat.composer.text == ""
        assert not main.chat.welcome.display


async def test_a_suggestion_is_offered_and_taken_back_when_one_writes_on() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("1")
        assert main.chat.composer.text == main.chat.welcome.offered[0]
        await pilot.press(" ", *"apple")
        assert main.chat.composer.text == "1 apple"


async def test_messages_queue_behind_a_run_and_keep_their_order() -> None:
    gate = asyncio.Event()
    client = scripted(
        [RunStarted("run:1"), gate, TextDelta("one"), RunFinished("run:1")], answer("two"), answer("three")
    )
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        for word in ("a", "b", "c"):
            await pilot.press(word, "enter")
        await wait_until(pilot, lambda: len(client.requests) == 1)
        assert main.query_one("#queue").display
        gate.set()
        await wait_until(pilot, lambda: "three" in spoken(main))
        assert [request.message for request in client.requests] == ["a", "b", "c"]
        await wait_until(pilot, lambda: not main.query_one("#queue").display)


async def test_escape_stops_the_run_and_gives_the_queue_back() -> None:
    client = scripted([RunStarted("run:1"), TextDelta("Once upon"), asyncio.Event()])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"tell", "enter")
        await wait_until(pilot, lambda: "Once upon" in spoken(main))
        await pilot.press(*"more", "enter")
        await pilot.press("escape")
        await wait_until(pilot, lambda: client.cancelled == ["run:1"])
        await wait_until(pilot, lambda: main.chat.composer.text == "more")
        assert len(client.requests) == 1


async def test_a_second_escape_discards_what_was_said() -> None:
    client = scripted([RunStarted("run:1"), TextDelta("Once upon"), asyncio.Event()])
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"tell", "enter")
        await wait_until(pilot, lambda: "Once upon" in spoken(main))
        session = main.chat.session
        assert session is not None
        await pilot.press("escape")
        await wait_until(pilot, lambda: session.state is SessionState.IDLE)
        turn = session.transcript.turn
        assert turn is not None
        await pilot.press("escape")
        assert session.transcript.answer(turn) == "Once upon", "a nervous second tap does nothing"
        assert main.focused is main.chat.composer
        await wait_until(pilot, lambda: "esc again discards what was said" in shown(main))
        await pilot.press("escape")
        await wait_until(pilot, lambda: session.transcript.answer(turn) == "")
        await wait_until(pilot, lambda: "esc again" not in shown(main))
        await wait_until(pilot, lambda: "taken back: discarded" in shown(main))
        await pilot.press("escape", "G", "enter")
        await wait_until(pilot, lambda: "Once upon" in shown(main))


async def test_a_turn_that_went_well_runs_again_at_the_second_key_and_stays_readable() -> None:
    client = scripted(answer("First."), answer("Second."), answer("Third."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("a", "enter", "b", "enter")
        await wait_until(pilot, lambda: "Second." in spoken(main) and not main.chat.runs)
        await pilot.press("escape", "g", "R")
        await wait_until(pilot, lambda: "Only the last message can be run again" in shown(main))
        await pilot.press("G", "R")
        await wait_until(pilot, lambda: "R again runs it again, and it is charged again." in shown(main))
        assert len(client.requests) == 2
        await pilot.press("R")
        await wait_until(pilot, lambda: "Third." in spoken(main) and not main.chat.runs)
        assert [request.message for request in client.requests] == ["a", "b", "b"]
        await wait_until(pilot, lambda: "taken back: tried again" in shown(main))
        assert "R again" not in shown(main)


async def test_a_prompt_never_takes_the_keyboard_from_who_is_writing() -> None:
    client = scripted(call(), answer("Eight."))
    app = make_app(client, tools=[double])
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        session = main.chat.session
        assert session is not None
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: session.state is SessionState.WAITING_FOR_PERSON)
        await pilot.press(*"raxy")
        assert main.focused is main.chat.composer
        assert main.chat.composer.text == "raxy"
        assert client.answers == []
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.focused is main.chat.view)
        assert client.cancelled == []
        await pilot.press("r")
        await wait_until(pilot, lambda: "Eight." in spoken(main))
        assert client.answers[0][1].result == 8


def waiting_tool(app: AthenaApp) -> ToolPart:
    """The tool call of the open conversation."""
    session = main_screen(app).chat.session
    assert session is not None
    return next(part for part in session.transcript.parts if isinstance(part, ToolPart))


async def asked(pilot: Pilot[None], main: MainScreen) -> AnswerPanel:
    """The panel, once it asks something and can be typed in."""
    await wait_until(pilot, lambda: main.query(AnswerPanel) and main.query_one(AnswerPanel).has_focus_within)
    return main.query_one(AnswerPanel)


async def test_arguments_can_be_edited_and_are_checked() -> None:
    client = scripted(call(), answer("Done."))
    app = make_app(client, tools=[double])
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        session = main.chat.session
        await wait_until(pilot, lambda: session and session.state is SessionState.WAITING_FOR_PERSON)
        main.chat.view.post_message(ToolDecided(waiting_tool(app), Decision.EDIT))
        panel = await asked(pilot, main)
        area = panel.query_one(TextArea)
        area.text = '{"number": 2'
        await pilot.press("ctrl+s")
        assert panel.question is not None
        assert client.answers == []
        area.text = '{"number": 21}'
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: len(client.answers) == 1)
        assert client.answers[0][1].result == 42


async def test_always_is_remembered(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    client = scripted(call(), answer("Done."))
    app = make_app(client, tools=[double], database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        session = main.chat.session
        await wait_until(pilot, lambda: session and session.state is SessionState.WAITING_FOR_PERSON)
        main.chat.view.post_message(ToolDecided(waiting_tool(app), Decision.ALWAYS))
        await wait_until(pilot, lambda: "Done." in spoken(main))
        await app.action_quit()
    again = scripted(call(), answer("Done again."))
    app = make_app(again, tools=[double], database=database)
    async with app.run_test(size=(100, 30)) as pilot:
        screen = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "Done again." in spoken(screen))
        assert again.answers[0][1].result == 8


async def test_a_rejection_can_say_why() -> None:
    client = scripted(call(), answer("Never mind."))
    app = make_app(client, tools=[double])
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        session = main.chat.session
        await wait_until(pilot, lambda: session and session.state is SessionState.WAITING_FOR_PERSON)
        main.chat.view.post_message(ToolDecided(waiting_tool(app), Decision.REJECT))
        await asked(pilot, main)
        await pilot.press(*"too late", "ctrl+s")
        await wait_until(pilot, lambda: "Never mind." in spoken(main))
        assert waiting_tool(app).state is ToolState.REJECTED
        assert "too late" in str(client.answers[0][1].result)


async def test_a_gate_takes_a_comment() -> None:
    client = scripted(
        [
            RunStarted("run:1"),
            ApprovalRequested("run:1", "Send it?"),
            RunSuspended("run:1", RunStatus.AWAITING_APPROVAL),
        ],
        answer("Sent."),
    )
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        session = main.chat.session
        assert session is not None
        await wait_until(pilot, lambda: session.state is SessionState.WAITING_FOR_PERSON)
        part = next(part for part in session.transcript.parts if isinstance(part, ApprovalPart))
        main.chat.view.post_message(GateAnswered(part, approved=True, wants_comment=True))
        await asked(pilot, main)
        await pilot.press(*"fine", "ctrl+s")
        await wait_until(pilot, lambda: "Sent." in spoken(main))
        assert client.decisions == [("run:1", GateDecision(approved=True, comment="fine"))]


async def test_digits_are_digits_where_no_suggestions_are_seen(tmp_path: Path) -> None:
    client = scripted(conversations=some_conversations())
    client.pages = [history("Where to?", "To the sea.")]
    app = make_app(client, database=tmp_path / "state.db")
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("1")
        assert main.chat.composer.draft == "1"
        await pilot.press("backspace", "ctrl+f", *"trip", "enter")
        await wait_until(pilot, lambda: "To the sea." in spoken(main))
        await wait_until(pilot, lambda: main.focused is main.chat.composer)
        await pilot.press("1")
        assert main.chat.composer.text == "1"


async def test_the_conversation_is_read_from_the_composer() -> None:
    client = scripted(answer("\n\n".join(f"line {number}" for number in range(200))))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "line 199" in spoken(main))
        view = main.chat.view
        await wait_until(pilot, lambda: view.geometry.top_row > 100)
        end = view.geometry.top_row
        await pilot.press("pageup")
        await wait_until(pilot, lambda: view.geometry.top_row < end)
        await pilot.press("ctrl+home")
        await wait_until(pilot, lambda: view.geometry.top_row == 0)
        await pilot.press("pagedown")
        await wait_until(pilot, lambda: 0 < view.geometry.top_row < end)
        await pilot.press("ctrl+end")
        await wait_until(pilot, lambda: view.at_end)
        assert main.focused is main.chat.composer
        assert "composer.page_up" in {active.binding.id for active in main.active_bindings.values()}


def question() -> list[RunStarted | InputRequested | RunSuspended]:
    """A run that asks for words."""
    return [
        RunStarted("run:1"),
        InputRequested("run:1", "Who should receive it?"),
        RunSuspended("run:1", RunStatus.AWAITING_INPUT),
    ]


async def test_a_question_is_answered_from_the_composer() -> None:
    client = scripted(question(), answer("Sent."))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: main.chat.question is not None)
        await wait_until(pilot, lambda: "Who should receive it?" in str(main.chat.composer.placeholder))
        assert main.focused is main.chat.composer
        assert main.query_one("#asked").display
        await pilot.press("escape")
        await wait_until(pilot, lambda: not main.query_one("#asked").display)
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.query_one("#asked").display)
        await pilot.press(*"Ada", "enter")
        await wait_until(pilot, lambda: "Sent." in spoken(main))
        assert [request.message for request in client.requests] == ["go"]
        assert client.decisions == [("run:1", GateDecision(approved=True, data="Ada"))]
        await wait_until(pilot, lambda: PLACEHOLDER in str(main.chat.composer.placeholder))
        assert not main.query_one("#asked").display


async def test_an_approval_is_never_answered_from_the_composer() -> None:
    asks: list[Step] = [
        RunStarted("run:1"),
        ApprovalRequested("run:1", "Send it?"),
        RunSuspended("run:1", RunStatus.AWAITING_APPROVAL),
    ]
    client = scripted(asks, answer("Not sent."), answer("Yes?"))
    app = make_app(client)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: main.chat.waits)
        assert main.chat.question is None
        await pilot.press(*"yes", "enter")
        await wait_until(pilot, lambda: main.query_one("#queue").display)
        assert client.decisions == []
        await pilot.press("escape", "n")
        await wait_until(pilot, lambda: client.requests[-1].message == "yes")
        await wait_until(pilot, lambda: not main.chat.runs)


async def test_the_composer_says_when_one_reads() -> None:
    app = make_app(scripted(answer("Hello.")))
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"hi", "enter")
        await wait_until(pilot, lambda: "Hello." in spoken(main))
        await wait_until(pilot, lambda: not main.chat.runs)
        written = main.chat.composer.styles.background
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.focused is main.chat.view)
        await wait_until(pilot, lambda: "esc" in str(main.chat.composer.placeholder))
        assert main.chat.composer.styles.background != written
        assert "esc write" in str(main.status.render())
        await pilot.press("escape")
        await wait_until(pilot, lambda: main.focused is main.chat.composer)
        await wait_until(pilot, lambda: PLACEHOLDER in str(main.chat.composer.placeholder))
