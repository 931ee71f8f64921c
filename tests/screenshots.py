"""Takes the pictures in `screenshots/` from the real app against a real sandbox: `python -m tests.screenshots`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from textual.pilot import Pilot

from athena_tui.chat.parts import ApprovalPart, ErrorPart, ReasoningPart, TextPart, ToolPart, ToolState, UsagePart
from athena_tui.chat.transcript import Transcript
from athena_tui.cli.connection import sandbox_settings
from athena_tui.cli.opening import Opening
from athena_tui.client.models import Platform
from athena_tui.config.appearance import Appearance
from athena_tui.config.settings import Settings
from athena_tui.sandbox.process import SandboxProcess
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import Chosen, Connection, KnownProfile, Launch, Target

_FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
_PATIENCE = 60.0
_SEED = 7

Scene = Callable[[Pilot[None], Transcript], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what is done before it is taken, with whom, and in which window."""

    name: str
    scene: Scene
    agent: str = "agent:concierge00000000000"
    theme: str = "athena-dark"
    size: tuple[int, int] = (120, 36)
    pace: float = 0.0
    platform: Platform = Platform.ATHENA

    def now(self) -> datetime:
        """The time of day in the picture: near the sandbox's seeded clock, unless the app keeps the conversations."""
        real = self.platform is not Platform.ATHENA
        return datetime.now(UTC) if real else datetime(2026, 11, 22, 12, tzinfo=UTC)


class SeededConnector:
    """Connects to a sandbox whose answers are the same every time."""

    def __init__(self, picture: Picture) -> None:
        self._opening = Opening(argparse.Namespace(agent_id=picture.agent, sandbox=True, config=None))
        self._picture = picture

    async def connect(self, target: Target | None) -> Connection:
        """Start the sandbox and connect to it."""
        del target
        sandbox = SandboxProcess(seed=_SEED, pace=self._picture.pace)
        await sandbox.start()
        wanted = Settings(platform=self._picture.platform)
        settings = sandbox_settings(wanted, sandbox.announcement, self._picture.agent)
        return await self._opening.open(settings, sandbox.stop)

    async def profiles(self) -> tuple[KnownProfile, ...]:
        """Follows `Connector.profiles`."""
        return self._opening.profiles()

    async def key_places(self) -> tuple[str, ...]:
        """Where a key could be kept."""
        return self._opening.key_places()

    async def keep(self, target: Chosen, place: str) -> str:
        """Nothing is kept: pictures are of the sandbox."""
        return self._opening.keep(target, place)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app go on until it is as wanted."""
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"never as wanted:\n{pilot.app.screen}")
        await pilot.pause(0.02)


def has(transcript: Transcript, kind: type) -> bool:
    """Whether the transcript has a part of this kind."""
    return any(isinstance(part, kind) for part in transcript.parts)


async def say(pilot: Pilot[None], text: str) -> None:
    """Type a message and send it."""
    for character in text:
        await pilot.press("space" if character == " " else character)
    await pilot.pause(0.05)
    await pilot.press("enter")


async def idle(pilot: Pilot[None], transcript: Transcript) -> None:
    """The first screen."""
    del pilot, transcript


async def tour(pilot: Pilot[None], transcript: Transcript) -> None:
    """A finished answer."""
    await say(pilot, "Give me a tour")
    await until(pilot, lambda: has(transcript, UsagePart))


async def streaming(pilot: Pilot[None], transcript: Transcript) -> None:
    """An answer with reasoning and server tools, half-way."""
    await say(pilot, "How do terminals draw text?")
    await until(
        pilot,
        lambda: (
            has(transcript, ReasoningPart)
            and any(isinstance(part, TextPart) and len(part.text) > 500 for part in transcript.parts)
        ),
    )


async def reasoning(pilot: Pilot[None], transcript: Transcript) -> None:
    """Thinking aloud."""
    await say(pilot, "How do terminals draw text?")
    await until(
        pilot, lambda: any(isinstance(part, ReasoningPart) and len(part.text) > 120 for part in transcript.parts)
    )


async def client_tool(pilot: Pilot[None], transcript: Transcript) -> None:
    """A client tool that waits for a person."""
    await say(pilot, "What did I spend last week?")
    await until(pilot, lambda: any(isinstance(part, ToolPart) and part.waits_for_person for part in transcript.parts))
    await pilot.press("escape")


async def ledger(pilot: Pilot[None], transcript: Transcript) -> None:
    """What the analyst makes of the tool's result."""
    await client_tool(pilot, transcript)
    while not has(transcript, UsagePart):
        if any(isinstance(part, ToolPart) and part.state is ToolState.WAITING for part in transcript.parts):
            await pilot.press("r")
        await pilot.pause(0.05)


async def approval(pilot: Pilot[None], transcript: Transcript) -> None:
    """A human gate."""
    await say(pilot, "Write to Sam about Friday")
    await until(pilot, lambda: has(transcript, ApprovalPart))
    await pilot.press("escape")


async def answered(pilot: Pilot[None], transcript: Transcript) -> None:
    """The researcher's whole answer, from its beginning."""
    await say(pilot, "How do terminals draw text?")
    await until(pilot, lambda: has(transcript, UsagePart))
    await pilot.press("escape", "g")


async def error(pilot: Pilot[None], transcript: Transcript) -> None:
    """A run that failed half-way."""
    await say(pilot, "Summarise the quarterly report")
    await until(pilot, lambda: has(transcript, ErrorPart))
    await pilot.press("escape")


async def palette(pilot: Pilot[None], transcript: Transcript) -> None:
    """The command palette over a conversation."""
    await tour(pilot, transcript)
    await pilot.press("ctrl+p")
    await pilot.pause(0.6)


async def help_keys(pilot: Pilot[None], transcript: Transcript) -> None:
    """The keys of where one is."""
    await tour(pilot, transcript)
    await pilot.press("f1")
    await pilot.pause(0.5)


async def workbench(pilot: Pilot[None], transcript: Transcript) -> None:
    """A tool called by hand, after one that an agent called."""
    await ledger(pilot, transcript)
    await pilot.press("f3")
    await until(pilot, lambda: bool(pilot.app.screen.query("#tool-policy")))
    await pilot.press("end")
    await pilot.press("enter")
    await pilot.pause(0.3)
    for text in ("2026-11-16", "2026-11-20"):
        await pilot.press(*text, "tab")
    await pilot.press("ctrl+s")


ANALYST, RESEARCHER = "agent:ledgeranalyst0000000", "agent:researcher0000000000"

PICTURES = [
    Picture("idle", idle),
    Picture("idle-light", idle, theme="athena-light"),
    Picture("streaming", streaming, RESEARCHER, pace=0.4),
    Picture("streaming-light", streaming, RESEARCHER, theme="athena-light", pace=0.4),
    Picture("reasoning", reasoning, RESEARCHER, pace=0.6),
    Picture("client-tool", client_tool, ANALYST),
    Picture("client-tool-light", client_tool, ANALYST, theme="athena-light"),
    Picture("ledger", ledger, ANALYST),
    Picture("approval", approval, "agent:gatekeeper0000000000"),
    Picture("error", error, "agent:brittle0000000000000"),
    Picture("error-light", error, "agent:brittle0000000000000", theme="athena-light"),
    Picture("workbench", workbench, ANALYST),
    Picture("workbench-light", workbench, ANALYST, theme="athena-light"),
    Picture("palette", palette),
    Picture("palette-light", palette, theme="athena-light"),
    Picture("help", help_keys),
    Picture("atthene", answered, "researcher", platform=Platform.ATTHENE),
    Picture("tenfive", answered, "researcher", platform=Platform.TENFIVE),
    Picture("tenfive-gate", approval, "gatekeeper", platform=Platform.TENFIVE),
    Picture("narrow", ledger, ANALYST, size=(80, 24)),
]


async def take(picture: Picture) -> None:
    """Take one picture."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ATHENA_TUI_DATA_DIR"] = folder
        os.environ["ATHENA_TUI_CONFIG"] = str(Path(folder) / "config.toml")
        launch = Launch(
            SeededConnector(picture),
            appearance=Appearance(theme=picture.theme, reduced_motion=True),
            color_system="truecolor",
            now=picture.now,
            burst=0.0,
        )
        app = AthenaApp(launch)
        async with app.run_test(size=picture.size) as pilot:
            await until(pilot, lambda: app.main is not None and app.main.connection is not None)
            assert app.main is not None
            connection = app.main.connection
            assert connection is not None
            session = connection.workspace.session
            assert session is not None
            if picture.platform is Platform.ATHENA:
                await until(pilot, lambda: bool(connection.workspace.conversations))
            await pilot.pause(0.2)
            await picture.scene(pilot, session.transcript)
            await pilot.pause(0.4)
            (_FOLDER / f"{picture.name}.svg").write_text(app.export_screenshot(title="athena-tui"), encoding="utf-8")
    sys.stdout.write(f"{picture.name}\n")


def main() -> None:
    """Take all pictures, or those named on the command line."""
    _FOLDER.mkdir(exist_ok=True)
    wanted = set(sys.argv[1:])
    for picture in PICTURES:
        if not wanted or picture.name in wanted:
            asyncio.run(take(picture))


if __name__ == "__main__":
    main()
