"""One connection's tools on the bench: called by hand, and what was called by whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from athena_tui.chat.engine_events import ChatEvent
from athena_tui.chat.parts import NoticePart, ToolPart, ToolState, Turn
from athena_tui.chat.transcript import Transcript
from athena_tui.chat.turns import Change
from athena_tui.client.models import JsonObject, JsonValue, Role, ToolOutcome
from athena_tui.client.sanitise import clean_json
from athena_tui.tools import AnyTool
from athena_tui.tui.workbench.as_test import as_test

if TYPE_CHECKING:
    from athena_tui.tui.launch import Connection
    from athena_tui.tui.tool_policies import ToolPolicies

_STATES = {ToolOutcome.SUCCESS: ToolState.SUCCEEDED, ToolOutcome.ERROR: ToolState.FAILED}


class Bench:
    """The tools of a connection and the log of their calls, which lasts as long as the connection.

    Args:
        connection: Whose tools.
        policies: What happens when an agent calls them.
        clock: Seconds of the clock that the sessions go by.
    """

    def __init__(
        self, connection: Connection, policies: ToolPolicies, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.connection = connection
        self.policies = policies
        self.problems = connection.tool_problems
        self.log = Transcript()
        """The calls, oldest first."""
        self.drafts: dict[str, JsonObject] = {}
        """Arguments that were typed and not used yet, by tool."""
        self._clock = clock
        self._turn = Turn(0, Role.ASSISTANT)
        self._ids = count(1)
        self._copies: dict[ToolPart, ToolPart] = {}
        self._exact: dict[ToolPart, tuple[JsonValue, JsonValue]] = {}
        self._listeners: list[Callable[[Change], None]] = []

    @property
    def tools(self) -> tuple[AnyTool, ...]:
        """What can be called."""
        return tuple(self.connection.workspace.tools.tools.values())

    @property
    def modules(self) -> tuple[str, ...]:
        """The sources that cannot be loaded again: Python imports a module once."""
        sources = self.connection.tool_sources
        return tuple(source for source in sources if not Path(source).expanduser().exists())

    def tool(self, name: str) -> AnyTool | None:
        """A tool by its name."""
        return self.connection.workspace.tools.tools.get(name)

    async def reload(self) -> None:
        """Load the tools again, as their files are now."""
        if self.connection.reload_tools is not None:
            self.problems = await self.connection.reload_tools()
            self.policies.recall()

    def begin(self, name: str, arguments: JsonValue) -> ToolPart:
        """Note a call by hand; `finish` makes it."""
        call_id, now = f"by-hand-{next(self._ids)}", self._clock()
        part = ToolPart(self._turn, call_id, name, clean_json(arguments), "by hand", ToolState.RUNNING, started_at=now)
        self._add(part)
        return part

    async def finish(self, part: ToolPart, arguments: JsonValue) -> None:
        """Call a tool as an agent does, and note what came of it; cancelling this stops it."""
        try:
            done = await self.connection.workspace.tools.run(part.name, arguments)
        except asyncio.CancelledError:
            part.state = ToolState.FAILED
            self._tell(Change(updated=(part,)))
            raise
        part.state, part.outcome, part.duration_ms = _STATES[done.outcome], done.outcome, done.duration_ms
        part.result = clean_json(done.result)
        self._exact[part] = (arguments, done.result)
        self._tell(Change(updated=(part,)))
        if done.output.strip():
            self._add(NoticePart(self._turn, f"{part.name} printed:\n{done.output.rstrip()}"))

    def arguments_of(self, part: ToolPart) -> JsonValue:
        """What a call was made with, exactly."""
        return self._exact.get(part, (part.arguments, None))[0]

    def test_of(self, part: ToolPart) -> str | None:
        """A call as a test; `None` where no handler answered it."""
        tool = self.tool(part.name)
        if tool is None or part.outcome is None or part.state is ToolState.REJECTED:
            return None
        arguments, result = self._exact.get(part, (part.arguments, part.result))
        return as_test(tool, self.connection.tool_sources, arguments, part.outcome, result)

    # The log

    def follow(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Be told how the log changes, agents' calls included; returns how to stop that."""
        sessions = self.connection.workspace.sessions
        for session in sessions:
            for part in session.transcript.parts:
                self._heard(part)
        self._sort()
        self._listeners.append(listener)
        stops = [session.subscribe(self._hearing(session.transcript)) for session in sessions]

        def stop() -> None:
            self._listeners.remove(listener)
            for each in stops:
                each()

        return stop

    def _sort(self) -> None:
        """By when they began; what a call printed stays below it."""
        times: list[float] = []
        for part in self.log.parts:
            began = part.started_at if isinstance(part, ToolPart) else None
            times.append(began or (times[-1] if times else 0.0))
        order = sorted(range(len(times)), key=times.__getitem__)
        self.log.parts[:] = [self.log.parts[index] for index in order]

    def _hearing(self, transcript: Transcript) -> Callable[[ChatEvent, Change], None]:
        def hear(_event: ChatEvent, change: Change) -> None:
            for part in (*change.updated, *transcript.parts[len(transcript.parts) - change.added :]):
                self._heard(part)

        return hear

    def _heard(self, part: object) -> None:
        """Note an agent's call, or how it stands now. What the log has is its own: nothing is decided there."""
        if not isinstance(part, ToolPart) or part.side != "client":
            return
        copy = self._copies.get(part)
        if copy is None:
            copy = self._copies[part] = ToolPart(
                self._turn, part.call_id, part.name, part.arguments, "client", part.state, started_at=part.started_at
            )
            self._add(copy)
        copy.state, copy.arguments, copy.started_at = part.state, part.arguments, part.started_at
        copy.outcome, copy.result, copy.duration_ms = part.outcome, part.result, part.duration_ms
        self._tell(Change(updated=(copy,)))

    def _add(self, part: ToolPart | NoticePart) -> None:
        self.log.parts.append(part)
        self._tell(Change(added=1))

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)
