"""The commands as the palette shows them: every one, and why one cannot be used now."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from athena_tui.chat.workspace import Workspace
from athena_tui.tui.commands import COMMANDS, Command, perform


class PaletteCommands(Provider):
    """Finds commands by what is typed."""

    async def discover(self) -> Hits:
        """Everything, before anything is typed; what is possible first."""
        workspace = self._workspace()
        for command in sorted(COMMANDS, key=lambda each: each.obstacle(workspace) is not None):
            yield DiscoveryHit(self._title(command, workspace), self._run(command), command.title, self._help(command))

    async def search(self, query: str) -> Hits:
        """What fits to what is typed."""
        matcher = self.matcher(query)
        for command in COMMANDS:
            score = max(matcher.match(command.title), matcher.match(command.name), matcher.match(command.help) * 0.6)
            if score > 0:
                shown = matcher.highlight(command.title)
                yield Hit(score, shown, self._run(command), command.title, self._help(command))

    def _workspace(self) -> Workspace | None:
        found: Workspace | None = getattr(self.screen, "workspace", None)
        return found

    def _title(self, command: Command, workspace: Workspace | None) -> Content:
        style = "$foreground 60%" if command.obstacle(workspace) else ""
        return Content.styled(command.title, style)

    def _help(self, command: Command) -> str:
        obstacle = command.obstacle(self._workspace())
        keys = f"  ({command.key})" if command.key else ""
        return f"Not now: {obstacle}" if obstacle else f"{command.help}{keys}"

    def _run(self, command: Command) -> Callable[[], object]:
        obstacle = command.obstacle(self._workspace())
        if obstacle is not None:
            return partial(self.app.notify, obstacle, severity="warning", markup=False)
        return partial(self._act, command)

    async def _act(self, command: Command) -> None:
        await perform(command, self.screen)
