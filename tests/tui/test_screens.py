"""Getting around: conversations, agents, connecting, commands, keys, small windows."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList, Static

from athena_tui.client.errors import ConnectionFailed, NotSignedIn
from athena_tui.client.events import RunStarted, TextDelta
from athena_tui.client.models import Conversation, Page, Platform
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.tui.commands import COMMANDS, owner_of
from athena_tui.tui.launch import CannotConnect, Chosen, Sandbox
from athena_tui.tui.screens.agents import AgentsScreen
from athena_tui.tui.screens.connect import ConnectScreen, named_agent
from athena_tui.tui.screens.help import HelpScreen
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.screens.palette import PaletteScreen
from athena_tui.tui.widgets.sidebar import Conversations, Mark
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import (
    CONCIERGE,
    LEDGER,
    FakeConnector,
    answer,
    connected,
    history,
    main_screen,
    make_app,
    scripted,
    some_conversations,
    spoken,
    wait_until,
)


def text_of(widget: Static) -> str:
    """What a static widget says."""
    return str(widget.render())


def welcomed(main: MainScreen) -> str:
    """What stands in for a transcript."""
    return "".join(text_of(each) for each in main.query("#welcome-text").results(Static))


async def test_conversations_are_grouped_and_open_with_their_history() -> None:
    client = scripted(conversations=some_conversations())
    client.pages = [history("Where to?", "To the sea.")]
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        listed = main.query_one(Conversations)
        lines = [str(listed.get_option_at_index(index).prompt) for index in range(listed.option_count)]
        headings = [line.strip() for line in lines if line.strip() in {"Today", "Yesterday", "This week", "Older"}]
        assert headings == ["Today", "Yesterday", "Older"]
        await pilot.press("ctrl+f", *"trip", "enter")
        await wait_until(pilot, lambda: "To the sea." in spoken(main))
        assert "Trip planning" in main.header.render().plain


async def test_history_that_cannot_be_had_is_explained_in_its_place() -> None:
    client = scripted(conversations=some_conversations())

    async def no_messages(conversation_id: str, cursor: str | None = None, limit: int = 50) -> object:
        raise ConnectionFailed("The platform cannot be reached.")

    client.messages = no_messages  # type: ignore[method-assign,assignment]  # a platform out of reach
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        assert main.workspace is not None
        main.workspace.open(main.workspace.conversations[0])
        await wait_until(pilot, lambda: "cannot be reached" in welcomed(main))


async def test_a_run_goes_on_in_the_background_and_is_marked() -> None:
    gate = asyncio.Event()
    client = scripted(
        [RunStarted("run:1", "conversation:9"), TextDelta("Still "), gate, *answer("here")[1:]],
        conversations=some_conversations(),
    )
    client.pages = [history("Where to?", "To the sea.")]
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "Still" in spoken(main))
        assert main.workspace is not None
        main.workspace.open(main.workspace.conversations[0])
        await wait_until(pilot, lambda: "To the sea." in spoken(main))
        watch = main.chat.sessions
        assert watch is not None
        assert watch.marks() == {"conversation:9": Mark.RUNNING}
        gate.set()
        await wait_until(pilot, lambda: watch.marks() == {"conversation:9": Mark.UNREAD})


async def test_an_agent_is_chosen_by_filter_or_by_id() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, AgentsScreen))
        await pilot.press(*"sums", "enter")
        await wait_until(pilot, lambda: main.workspace and main.workspace.agent_id == LEDGER.id)
        assert app.screen is main
        await pilot.press("ctrl+o")
        await wait_until(pilot, lambda: isinstance(app.screen, AgentsScreen))
        await pilot.press(*"agent:77", "enter")
        await wait_until(pilot, lambda: main.workspace and main.workspace.agent_id == "agent:77")
        await wait_until(pilot, lambda: main.focused is main.chat.composer)


async def test_the_first_run_offers_the_sandbox() -> None:
    connector = FakeConnector()
    app = make_app(connector=connector)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        connector.clients = [scripted()]
        await pilot.press("enter")
        main = await connected(pilot, app)
        assert isinstance(connector.targets[-1], Sandbox)
        assert app.screen is main


async def test_a_platform_is_tried_before_it_is_kept() -> None:
    connector = FakeConnector(scripted())
    app = make_app(connector=connector)
    async with app.run_test(size=(100, 36)) as pilot:
        main = await connected(pilot, app)
        before = main.connection
        bad = scripted()

        async def no_agents(cursor: str | None = None) -> object:
            raise NotSignedIn("The key is not valid.", status=401)

        bad.agents = no_agents  # type: ignore[method-assign,assignment]  # a wrong key
        connector.clients = [bad, scripted()]
        await pilot.press("ctrl+k")
        await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("down", "enter", *"key1", "ctrl+s")
        screen = app.screen
        await wait_until(pilot, lambda: "not valid" in text_of(screen.query_one("#connect-note", Static)))
        assert connector.kept == []
        assert bad.closed
        assert main.connection is before
        await pilot.press("ctrl+s")
        await wait_until(pilot, lambda: main.connection not in {None, before})
        kept, place = connector.kept[0]
        assert place == "file"
        assert kept.settings.platform is Platform.ATHENA
        assert kept.settings.api_key == "key1"
        assert isinstance(connector.targets[-1], Chosen)


async def test_the_key_is_never_shown() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 36)) as pilot:
        await connected(pilot, app)
        await pilot.press("ctrl+k")
        await wait_until(pilot, lambda: isinstance(app.screen, ConnectScreen))
        await pilot.press("down", "enter", *"sk_secret")
        assert app.screen.query_one("#field-api_key", Input).value == "sk_secret"
        assert "sk_secret" not in app.export_screenshot()


async def test_what_is_in_the_way_is_said_where_the_transcript_would_be() -> None:
    connector = FakeConnector(CannotConnect("line 3: no such platform"), scripted())
    app = make_app(connector=connector)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_until(pilot, lambda: app.main and app.main.is_mounted)
        main = main_screen(app)
        await wait_until(pilot, lambda: "no such platform" in welcomed(main))
        await pilot.press("f5")
        await connected(pilot, app)


async def test_help_shows_the_keys_of_where_one_is() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 40)) as pilot:
        await connected(pilot, app)
        await pilot.press("f1")
        await wait_until(pilot, lambda: isinstance(app.screen, HelpScreen))
        said = "\n".join(text_of(each) for each in app.screen.query(Static))
        assert "ctrl+g" in said
        assert "Choose an agent" in said
        await pilot.press("escape")
        assert app.screen is main_screen(app)


async def test_every_command_names_an_action_and_says_why_it_cannot_be_used() -> None:
    client = ScriptedClient(capabilities=Capabilities({Feature.CONVERSATIONS: "There are none here."}))
    client.agent_list = (CONCIERGE,)
    app = make_app(client)
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        for command in COMMANDS:
            action = command.action.removeprefix("chat.")
            assert hasattr(owner_of(command, main), f"action_{action}"), command.name
        archive = next(command for command in COMMANDS if command.name == "archive")
        assert archive.obstacle(main.workspace) == "There are none here."
        assert archive.obstacle(None) == "Not connected."
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, PaletteScreen))


async def test_the_palette_finds_a_command_and_does_it() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, PaletteScreen))
        listed = app.screen.query_one(OptionList)
        retry = next(option for option in listed.options if option.id == "retry")
        assert "Nothing was said yet." in str(retry.prompt)
        await pilot.press(*"hide")
        await wait_until(pilot, lambda: listed.highlighted_option and listed.highlighted_option.id == "sidebar")
        shown = main.sidebar.display
        await pilot.press("enter")
        await wait_until(pilot, lambda: main.sidebar.display is not shown)
        assert app.screen is main


async def test_the_palette_shows_everything_before_a_key_is_typed() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(120, 36)) as pilot:
        await connected(pilot, app)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, PaletteScreen))
        listed = app.screen.query_one(OptionList)
        await wait_until(pilot, lambda: listed.size.height > 10 and listed.highlighted == 0)


async def test_the_palette_says_where_nothing_fits_and_closes() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(40, 12)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("ctrl+p")
        await wait_until(pilot, lambda: isinstance(app.screen, PaletteScreen))
        await pilot.press(*"qqqq", "enter")
        assert str(app.screen.query_one(OptionList).options[0].prompt) == "Nothing is called that."
        await pilot.press("ctrl+p")
        assert app.screen is main


async def test_a_command_can_be_typed() -> None:
    app = make_app(scripted())
    async with app.run_test(size=(100, 40)) as pilot:
        main = await connected(pilot, app)
        await pilot.press("slash", *"ag")
        await wait_until(pilot, lambda: main.query_one("#completions", OptionList).option_count == 1)
        await pilot.press("enter")
        await wait_until(pilot, lambda: isinstance(app.screen, AgentsScreen))
        assert main.chat.composer.text == ""


async def test_the_list_gives_way_in_a_narrow_window_and_its_state_is_remembered(tmp_path: Path) -> None:
    database = tmp_path / "store.db"
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(79, 24)) as pilot:
        main = await connected(pilot, app)
        assert not main.sidebar.display
        await pilot.press("ctrl+b")
        await wait_until(pilot, lambda: main.sidebar.display and main.sidebar.has_class("-overlay"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not main.sidebar.display)
        await pilot.resize_terminal(120, 40)
        await wait_until(pilot, lambda: main.sidebar.display)
        await pilot.press("ctrl+b")
        await wait_until(pilot, lambda: not main.sidebar.display)
        await app.action_quit()
    app = make_app(scripted(), database=database)
    async with app.run_test(size=(120, 40)) as pilot:
        main = await connected(pilot, app)
        assert not main.sidebar.display
        await pilot.resize_terminal(39, 12)
        await wait_until(pilot, lambda: main.query_one("#too-small").display)


async def test_leaving_stops_the_run_and_closes_everything() -> None:
    client = scripted([RunStarted("run:1"), TextDelta("On and on"), asyncio.Event()])
    connector = FakeConnector(client)
    app = make_app(connector=connector)
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: "On and on" in spoken(main))
        await pilot.press("ctrl+q")
        # Nothing public lists what was notified.
        await wait_until(pilot, lambda: [each.message for each in app._notifications if "ctrl+q again" in each.message])
        assert client.cancelled == []
        await pilot.press("ctrl+q")
        await wait_until(pilot, lambda: connector.closed)
        assert client.cancelled == ["run:1"]
        assert client.closed


async def test_what_nobody_expected_is_said_and_written_down(tmp_path: Path) -> None:
    async def go_wrong() -> None:
        raise ZeroDivisionError("by [nobody]")

    app = make_app(scripted(), database=tmp_path / "store.db")
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        main = await connected(pilot, app)
        main.run_worker(go_wrong(), exit_on_error=False)
        log = tmp_path / "athena-tui.log"
        await wait_until(pilot, lambda: log.exists() and "by [nobody]" in log.read_text(encoding="utf-8"))
        assert app.screen is main


async def test_one_is_told_which_conversation_a_first_message_would_join() -> None:
    app = make_app(scripted(conversations=some_conversations()))
    async with app.run_test(size=(100, 30)) as pilot:
        main = await connected(pilot, app)
        assert "continues “Trip planning”" in welcomed(main)
        await pilot.press("ctrl+n")
        await wait_until(pilot, lambda: "continues" not in welcomed(main))


async def test_an_agent_that_was_asked_for_goes_on_with_its_own_conversation(tmp_path: Path) -> None:
    database = tmp_path / "state.db"
    sums = replace(some_conversations()[1], agent_id=LEDGER.id)
    listed = [some_conversations()[0], sums]
    app = make_app(scripted(conversations=listed), database=database)
    async with app.run_test() as pilot:
        main = await connected(pilot, app)
        await pilot.press("ctrl+f", *"trip", "enter")
        await wait_until(pilot, lambda: main.chat.session and main.chat.session.conversation_id == listed[0].id)
        await pilot.press("ctrl+q")
    client = scripted(conversations=listed)
    client.agent_list = (LEDGER, CONCIERGE)
    connector = FakeConnector(client)
    connector.resume = False
    app = make_app(connector=connector, database=database)
    async with app.run_test() as pilot:
        main = await connected(pilot, app)
        assert main.chat.session is not None
        assert main.chat.session.conversation_id == sums.id


async def test_the_filter_is_gone_when_a_conversation_was_chosen_or_begun() -> None:
    client = scripted(conversations=some_conversations())
    client.pages = [history("Where to?", "To the sea.")]
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        field = main.query_one("#filter", Input)
        for leave in ("enter", "ctrl+n", "escape"):
            await pilot.press("ctrl+f", *"trip")
            assert field.value == "trip"
            await pilot.press(leave)
            await wait_until(pilot, lambda: field.value == "")


async def test_a_conversation_is_listed_as_soon_as_it_has_begun() -> None:
    gate = asyncio.Event()
    client = scripted([RunStarted("run:1", "conversation:9"), TextDelta("Still "), gate, *answer("here")[1:]])
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        client.conversation_pages = [Page((Conversation("conversation:9", CONCIERGE.id, "A new one"),))]
        await pilot.press(*"go", "enter")
        await wait_until(pilot, lambda: main.workspace and main.workspace.conversation is not None)
        assert main.chat.runs
        gate.set()


@pytest.mark.parametrize(
    ("text", "agent_id", "file"),
    [
        ("", None, None),
        ("agent:abc", "agent:abc", None),
        ("support.yaml", None, Path("support.yaml")),
        ("/srv/Agents/one.JSON", None, Path("/srv/Agents/one.JSON")),
    ],
)
def test_an_agent_is_an_id_or_a_file(text: str, agent_id: str | None, file: Path | None) -> None:
    assert named_agent(text) == (agent_id, file)
