"""The app with a scripted platform behind it, and how to wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from athena_tui.chat.workspace import Workspace
from athena_tui.client.events import RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Agent, Conversation, Message, Page, Role
from athena_tui.config.appearance import Appearance
from athena_tui.tools import AnyTool, ToolPolicy
from athena_tui.tools.runner import ToolRunner
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import (
    CannotConnect,
    Chosen,
    Connection,
    KnownProfile,
    Launch,
    NothingToConnectTo,
    Profile,
    Target,
)
from athena_tui.tui.screens.main import MainScreen
from tests.chat.scripted_client import ScriptedClient, Step

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONCIERGE = Agent("agent:1", "Concierge", "Shows newcomers around.", "Start here", "0.2 credits")
LEDGER = Agent("agent:2", "Ledger analyst", "Does the sums.", "Work")


class FakeConnector:
    """Connects to scripted clients, one after the other.

    Args:
        clients: What to connect to; without any there is nothing to connect to.
        tools: The client tools of every connection.
    """

    def __init__(self, *clients: ScriptedClient | CannotConnect, tools: Iterable[AnyTool] = ()) -> None:
        self.clients = list(clients)
        self.targets: list[Target | None] = []
        self.kept: list[tuple[Chosen, str]] = []
        self.known: tuple[KnownProfile, ...] = ()
        self.closed = 0
        self.resume = True
        self.agent_file: Path | None = None
        self._tools = tuple(tools)

    async def connect(self, target: Target | None) -> Connection:
        """The next client."""
        self.targets.append(target)
        if not self.clients:
            raise NothingToConnectTo
        client = self.clients.pop(0)
        if isinstance(client, CannotConnect):
            raise client
        policies = {tool.name: ToolPolicy.ASK for tool in self._tools}
        agent_id = client.agent_list[0].id if client.agent_list else None
        workspace = Workspace(lambda _: client, agent_id, ToolRunner(self._tools), policies)
        name = target.name if isinstance(target, Profile) else "sandbox"
        return Connection(name, workspace, close=self._close, resume=self.resume, agent_file=self.agent_file)

    async def profiles(self) -> tuple[KnownProfile, ...]:
        """What a test put there."""
        return self.known

    async def key_places(self) -> tuple[str, ...]:
        """A file, as everywhere."""
        return ("file",)

    async def keep(self, target: Chosen, place: str) -> str:
        """Write it down."""
        self.kept.append((target, place))
        return "Kept."

    async def _close(self) -> None:
        self.closed += 1


def scripted(*scripts: Sequence[Step], conversations: Sequence[Conversation] = ()) -> ScriptedClient:
    """A client with two agents, a few conversations, and what each run says."""
    client = ScriptedClient(*scripts)
    client.agent_list = (CONCIERGE, LEDGER)
    if conversations:
        client.conversation_pages = [Page(tuple(conversations))]
    return client


def answer(text: str, run_id: str = "run:1") -> list[Step]:
    """A run that says one thing."""
    return [RunStarted(run_id), TextDelta(text), RunFinished(run_id)]


def some_conversations() -> list[Conversation]:
    """One of each age."""
    ages = (("Trip planning", 2), ("Ledger review", 40), ("Release notes", 60 * 26), ("Old papers", 60 * 24 * 30))
    return [
        Conversation(f"conversation:{title}", CONCIERGE.id, title, updated_at=NOW - timedelta(minutes=minutes))
        for title, minutes in ages
    ]


def history(*texts: str) -> Page[Message]:
    """What was said in turns: the user begins."""
    roles = (Role.USER, Role.ASSISTANT)
    return Page(tuple(Message(str(index), roles[index % 2], text) for index, text in enumerate(texts)))


def make_app(
    *clients: ScriptedClient | CannotConnect,
    tools: Iterable[AnyTool] = (),
    database: Path | None = None,
    theme: str = "athena-dark",
    connector: FakeConnector | None = None,
    ascii_only: bool = False,
) -> AthenaApp:
    """The app before it runs. Nothing moves by itself, and the time stands still."""
    launch = Launch(
        connector or FakeConnector(*clients, tools=tools),
        database=database,
        appearance=Appearance(theme=theme, reduced_motion=True),
        ascii_only=ascii_only,
        color_system="truecolor",
        now=lambda: NOW,
        burst=0,
        environ={},
    )
    return AthenaApp(launch)


def main_screen(app: AthenaApp) -> MainScreen:
    """The main screen of an app that runs."""
    assert app.main is not None
    return app.main


async def wait_until(pilot: Pilot[Any], condition: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait for something to become true.

    Raises:
        AssertionError: It did not.
    """
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await pilot.pause(0.005)
    except TimeoutError:
        raise AssertionError("this did not become true in time") from None


async def connected(pilot: Pilot[Any], app: AthenaApp) -> MainScreen:
    """Wait for the connection and for everything that is loaded at first."""
    await wait_until(pilot, lambda: app.main and app.main.workspace and app.main.workspace.agents)
    main = main_screen(app)
    await wait_until(pilot, lambda: main.chat.session is not None)
    await wait_until(pilot, lambda: not [each for each in app.workers if each.group == "load" and each.is_running])
    await pilot.pause()
    return main


def spoken(main: MainScreen) -> str:
    """What the open conversation says, in plain text."""
    session = main.chat.session
    if session is None:
        return ""
    return "\n".join(str(getattr(part, "text", "")) for part in session.transcript.parts)


def shown(main: MainScreen) -> str:
    """What one reads: the transcript as far as it is in view, what is said beside the composer, and the keys."""
    view, box = main.chat.view, main.chat.box
    drawn = [strip.text for strip in view.render_lines(view.size.region)]
    return "\n".join([*drawn, str(box.asked.content), str(box.note.content), main.status.render().plain])
