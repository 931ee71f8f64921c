"""Whom one can talk to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from athena_tui.chat.workspace import Workspace
from athena_tui.client.errors import ClientError
from athena_tui.client.models import Agent
from athena_tui.client.protocol import Feature
from athena_tui.tui import surprises

_DIM = "$foreground 60%"
_FILE = "file:"
"""Before a path, in the id of the option that takes it."""


class AgentsScreen(ModalScreen[str | None]):
    """Gives back the id of an agent; one that is not listed can be typed, and so can a file that defines one.

    Args:
        workspace: Whose agents.
        from_file: Whether a file is wanted.
    """

    CSS_PATH = "agents.tcss"
    HELP = "Agents"
    AUTO_FOCUS = "#agent-filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="agents.close"),
        Binding("down", "move(1)", "Next", id="agents.next", priority=True),
        Binding("up", "move(-1)", "Previous", id="agents.previous", priority=True),
        Binding("f5", "reload", "Fetch them anew", id="agents.reload"),
    ]

    def __init__(self, workspace: Workspace, *, from_file: bool = False) -> None:
        super().__init__()
        self._workspace = workspace
        self._from_file = from_file
        self._takes_files = workspace.client.capabilities.has(Feature.AGENT_FILES)

    def compose(self) -> ComposeResult:
        """Filter, list, keys."""
        with Vertical(id="agents"):
            yield Static(Content.styled("Agents", "bold"), id="agents-title")
            yield Input(placeholder=self._placeholder(), id="agent-filter", compact=True)
            yield OptionList(id="agent-list", markup=False)
            yield Static("", id="agents-note", markup=False)

    def on_mount(self) -> None:
        """Show what is known; fetch what is not."""
        self._rebuild()
        if not self._workspace.agents:
            self.action_reload()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    def action_reload(self) -> None:
        """Fetch the agents anew."""
        self.run_worker(self._load(), exclusive=True, exit_on_error=False)

    def action_move(self, lines: int) -> None:
        """Move through the list while the filter has the keyboard."""
        listed = self.query_one(OptionList)
        if lines > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    @on(Input.Changed)
    def _filter(self) -> None:
        self._rebuild()

    @on(Input.Submitted)
    def _submit(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option is not None and option.id is not None:
            self._take(option.id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self._take(event.option_id)

    def _take(self, option_id: str) -> None:
        if option_id.startswith(_FILE):
            path = Path(option_id.removeprefix(_FILE)).expanduser()
            self.run_worker(self._use_file(path), exclusive=True, group="file", exit_on_error=False)
        else:
            self.dismiss(option_id)

    async def _use_file(self, path: Path) -> None:
        """Let a file be checked, then talk to its agent; a session keeps its configuration, so it is a new one."""
        self._say("Checking it …")
        try:
            defined = await self._workspace.use_agent_file(path)
        except ClientError as error:
            self._say(f"{error.message}\n{error.remedy or ''}", error=True)
            return
        for warning in defined.warnings:
            self.app.notify(warning, severity="warning", timeout=12, markup=False)
        self._workspace.agent_id = defined.agent.id
        self._workspace.new_conversation()
        self.dismiss(None)

    async def _load(self) -> None:
        self._say("Fetching …")
        reason = self._workspace.client.capabilities.reason(Feature.AGENTS)
        try:
            await self._workspace.load_agents()
        except ClientError as error:
            self._say(f"{error.message} {error.remedy or ''}")
            return
        self._say(f"{reason} Type the agent's id." if reason else "")
        self._rebuild()

    def _placeholder(self) -> str:
        if not self._takes_files:
            return "type to filter, or an agent's id"
        file = "the path of a .yaml or .json file that defines an agent"
        return file if self._from_file else f"type to filter, an agent's id, or {file}"

    def _say(self, text: str, *, error: bool = False) -> None:
        self.query_one("#agents-note", Static).update(Content.styled(text, "$text-error" if error else ""))

    def _rebuild(self) -> None:
        listed = self.query_one(OptionList)
        options = list(self._options())
        listed.set_options(options)
        wanted = self._workspace.agent_id
        ids = [option.id for option in options]
        chosen = ids.index(wanted) if wanted in ids else next((i for i, each in enumerate(ids) if each), None)
        listed.highlighted = chosen

    def _options(self) -> Iterator[Option]:
        typed = self.query_one(Input).value.strip()
        if self._takes_files and typed.lower().endswith((".yaml", ".yml", ".json")):
            what = "checked here and by the platform, before anything is sent to it"
            line = Content.assemble(("Use the file ", _DIM), (typed, "bold"), "\n", (what, _DIM))
            yield Option(line, id=f"{_FILE}{typed}")
            return
        wanted = typed.casefold()
        found = [
            agent
            for agent in self._workspace.agents
            if wanted in f"{agent.name} {agent.description} {agent.category} {agent.id}".casefold()
        ]
        category: str | None = None
        for agent in sorted(found, key=lambda each: each.category or "~"):
            if agent.category and agent.category != category:
                category = agent.category
                yield Option(Content.styled(category, "bold $foreground 60%"), disabled=True)
            yield Option(self._lines(agent), id=agent.id)
        if typed and " " not in typed and not found:
            yield Option(Content.assemble(("Use the id ", _DIM), (typed, "bold")), id=typed)

    def _lines(self, agent: Agent) -> Content:
        here = ("  you are here", "$text-accent") if agent.id == self._workspace.agent_id else ("", "")
        price = (f"  {agent.price}", _DIM) if agent.price else ("", "")
        first = Content.assemble((agent.name, "bold"), price, here)
        if not agent.description:
            return first
        return Content.assemble(first, "\n", (agent.description, _DIM))
