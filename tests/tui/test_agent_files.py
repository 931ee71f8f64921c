"""An agent that a file defines: chosen in the app, and what the platform says about it."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.models import Agent, DefinedAgent
from athena_tui.tui.screens.agents import AgentsScreen
from tests.chat.scripted_client import ScriptedClient
from tests.tui.fakes import CONCIERGE, FakeConnector, connected, main_screen, make_app, wait_until

PIRATE = Agent("Pirate", "Pirate", "Talks like one")
PROBLEM = "agent.yaml:8: agents[0].agent_type: must be one of llm_agent, react_agent, supervisor, not 'sailor'."


class Takes(ScriptedClient):
    """A platform that runs agents out of files."""

    def __init__(self, outcome: DefinedAgent | InvalidRequest) -> None:
        super().__init__()
        self.agent_list = (CONCIERGE,)
        self.outcome = outcome
        self.checked: list[Path] = []

    async def use_agent_file(self, path: Path) -> DefinedAgent:
        self.checked.append(path)
        if isinstance(self.outcome, InvalidRequest):
            raise self.outcome
        return self.outcome


def in_home(name: str) -> Path:
    return Path.home() / name


def shown(screen: AgentsScreen) -> list[str]:
    listed = screen.query_one(OptionList)
    return [str(listed.get_option_at_index(index).prompt) for index in range(listed.option_count)]


def note(screen: AgentsScreen) -> str:
    return str(screen.query_one("#agents-note", Static).content)


async def opened(pilot: Pilot[None]) -> AgentsScreen:
    await pilot.press("ctrl+o")
    await wait_until(pilot, lambda: isinstance(pilot.app.screen, AgentsScreen))
    screen = pilot.app.screen
    assert isinstance(screen, AgentsScreen)
    return screen


async def test_a_file_is_chosen_where_agents_are() -> None:
    client = Takes(DefinedAgent(PIRATE, ("agent.yaml:5: entrypoint: warning: is not a documented key.",)))
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        screen = await opened(pilot)
        screen.query_one(Input).value = "~/my agents/agent.yaml"
        await wait_until(pilot, lambda: shown(screen)[0].startswith("Use the file ~/my agents/agent.yaml"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.screen is main)
        workspace = main.workspace
        assert workspace is not None
        assert client.checked == [in_home("my agents/agent.yaml")]
        assert workspace.agent == PIRATE
        assert workspace.session is not None
        assert workspace.session.options.agent_id == "Pirate"
        assert workspace.session.options.fresh
        assert any("entrypoint" in notice.message for notice in app._notifications)


async def test_what_is_wrong_with_a_file_is_said_there() -> None:
    client = Takes(InvalidRequest(PROBLEM, remedy="Correct the file, then send again."))
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        main = await connected(pilot, app)
        screen = await opened(pilot)
        screen.query_one(Input).value = "agent.yaml"
        await wait_until(pilot, lambda: shown(screen)[0].startswith("Use the file agent.yaml"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: PROBLEM in note(screen))
        assert app.screen is screen
        assert main.workspace is not None
        assert main.workspace.agent_id == CONCIERGE.id


async def test_a_platform_without_such_files_says_so() -> None:
    client = ScriptedClient()
    client.agent_list = (CONCIERGE,)
    app = make_app(client)
    async with app.run_test(size=(110, 30)) as pilot:
        await connected(pilot, app)
        screen = await opened(pilot)
        screen.query_one(Input).value = "agent.json"
        await wait_until(pilot, lambda: shown(screen)[0].startswith("Use the file"))
        await pilot.press("enter")
        await wait_until(pilot, lambda: "takes no files" in note(screen))


async def test_what_the_platform_finds_in_the_file_one_started_with_is_shown() -> None:
    connector = FakeConnector(Takes(InvalidRequest(PROBLEM)))
    connector.agent_file = Path("agent.yaml")
    app = make_app(connector=connector)
    async with app.run_test(size=(110, 30)) as pilot:
        await connected(pilot, app)
        main = main_screen(app)
        await wait_until(pilot, lambda: PROBLEM in str(main.query_one("#welcome-title", Static).content))


async def test_the_command_for_it_asks_for_a_path() -> None:
    app = make_app(Takes(DefinedAgent(PIRATE)))
    async with app.run_test(size=(110, 30)) as pilot:
        await connected(pilot, app)
        await pilot.press(*"/from-file", "enter")
        await wait_until(pilot, lambda: isinstance(app.screen, AgentsScreen))
        assert app.screen.query_one(Input).placeholder.startswith("the path of a .yaml or .json file")
