"""The app: a table of contents. What happens is in the screens; what it works with is in `launch` and `chat`."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker

from athena_tui.tui import surprises, terminal
from athena_tui.tui.keys import key_name
from athena_tui.tui.launch import CannotConnect, Connection, Launch, NothingToConnectTo, Target
from athena_tui.tui.logfile import log_path, log_to, stop_logging
from athena_tui.tui.memory import Memory
from athena_tui.tui.screens.main import MainScreen
from athena_tui.tui.themes import DARK, LIGHT, THEMES, theme_name
from athena_tui.tui.widgets.chat import Chat
from athena_tui.tui.widgets.composer_box import ComposerBox

if TYPE_CHECKING:
    from rich.console import RenderableType

    from athena_tui.tui.commands import Command
    from athena_tui.tui.display.shadow import Shadow
    from athena_tui.tui.workbench.bench import Bench

_GOODBYE = 3.0
"""Seconds that runs and connections get to end in when the app is left."""

_SECOND_THOUGHT = 4.0
"""Seconds for which one more ctrl+q stops what runs and quits."""

_OVER_MAIN = {"command_palette", "agents", "agent_file", "connect", "variables", "tools", "usage", "change_theme"}


class AthenaApp(App[None]):
    """athena-tui.

    Args:
        launch: What to start with.
    """

    TITLE = "athena-tui"
    HELP = "Everywhere"
    CSS_PATH = "screens/main.tcss"
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "ask_to_quit", "Quit", id="quit", priority=True, show=False),
        Binding("ctrl+l", "redraw", "Draw the screen again", id="redraw", show=False),
        Binding("ctrl+c", "copy_or_hint", "Copy what is selected", id="copy", show=False),
        Binding("ctrl+p", "command_palette", "All commands", id="commands", priority=True),
        Binding("f1", "help", "Keys", id="help", priority=True),
        Binding("f2", "variables", "What the agent asks for", id="variables", priority=True),
        Binding("f3", "tools", "Tools workbench", id="tools", priority=True),
        Binding("ctrl+o", "agents", "Choose an agent", id="agents", priority=True),
        Binding("ctrl+k", "connect", "Connect", id="connect", priority=True),
    ]

    def __init__(self, launch: Launch) -> None:
        super().__init__()
        self.launch = launch
        self.memory = Memory()
        self.main: MainScreen | None = None
        self._target: Target | None = None
        self._log_file: logging.Handler | None = None
        self._shadow: Shadow | None = None
        self._quit_asked = False
        self._bench: Bench | None = None
        if launch.appearance.reduced_motion:
            self.animation_level = "none"
        for theme in THEMES:
            self.register_theme(theme)

    async def on_load(self) -> None:
        """How the interface was left decides how the first frame looks."""
        if self.launch.database is not None:
            self._log_file = log_to(self.launch.database.parent)
        terminal.tell_alt_enter()
        self.memory = await Memory.open(self.launch.database)
        wanted = str(self.memory.state.get("theme", self.launch.appearance.theme))
        colors = self.launch.color_system or self.console.color_system
        self.theme = theme_name(wanted, self.available_themes, colors)

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002  # Textual's signature
        """Take over the theme; before the first screen there is nothing to style, so nothing is parsed either."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def get_default_screen(self) -> Screen[None]:
        """There is one main screen; the others lie above it."""
        self.main = MainScreen(self.launch, self.memory)
        return self.main

    def on_mount(self) -> None:
        """After the first frame comes everything that is slow."""
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        # A process that was stopped comes back to an empty screen.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh())
        self.call_after_refresh(self._painted)

    def _painted(self) -> None:
        gc.collect()
        gc.freeze()
        gc.enable()
        terminal.set_title(self, "athena-tui")
        if self.launch.appearance.display.is_compact(self.launch.environ):
            from athena_tui.tui.display.shadow import Shadow

            self._shadow = Shadow()
        if self.memory.problem:
            self.notify(f"Nothing is remembered: {self.memory.problem}", severity="warning", markup=False)
        self.open(None)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Where bytes are dear, send only what changed."""
        super()._display(screen, self._shadow.through(renderable) if self._shadow else renderable)

    def on_resize(self) -> None:
        """A terminal that was resized, or has just come back, may show anything."""
        if self._shadow is not None:
            self._shadow.forget()

    def open(self, target: Target | None) -> None:
        """Connect to something else, or where the settings say."""
        self._target = target
        self.run_worker(self._open(target), exclusive=True, group="open", exit_on_error=False)

    async def _open(self, target: Target | None) -> None:
        main = self.main
        if main is None:
            return
        try:
            connection = await self.launch.connector.connect(target)
        except NothingToConnectTo:
            main.show_problem("Welcome", "Nothing is connected yet. ctrl+k shows where you can go.")
            self.action_connect()
        except CannotConnect as error:
            main.show_problem("Not connected", str(error))
        except Exception:
            # It is told as every surprise is; here it must not look as if the connection were still being made.
            main.show_problem("Not connected", "Something went wrong here; the log has the details. F5 tries again.")
            raise
        else:
            await self.use(connection)

    async def use(self, connection: Connection) -> None:
        """Leave the connection there was for another."""
        main = self.main
        if main is None:
            return
        await self._leave(main)
        self.memory.profile = connection.name
        await self.memory.load_prompts()
        await main.attach(connection)

    async def _leave(self, main: MainScreen) -> None:
        await main.chat.keep_draft()
        connection = main.detach()
        if connection is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await main.chat.finish()
                    await connection.workspace.aclose()
            await connection.close()
        await main.chat.put_away()

    async def action_ask_to_quit(self) -> None:
        """Go; while a run goes on, at the second time only."""
        watch = self.main.chat.sessions if self.main is not None else None
        if watch is None or self._quit_asked or not (watch.runs or watch.waits):
            await self.action_quit()
            return
        self._quit_asked = True
        self.set_timer(_SECOND_THOUGHT, self._forget_quit)
        what = "Something waits for your answer" if watch.waits else "A run goes on"
        again = f"{what}: ctrl+q again stops it and quits."
        self.notify(again, severity="warning", timeout=_SECOND_THOUGHT, markup=False)

    def _forget_quit(self) -> None:
        self._quit_asked = False

    async def action_quit(self) -> None:
        """Keep the drafts, stop what runs, and go."""
        if self.main is not None:
            await self._leave(self.main)
        await self.memory.aclose()
        self.exit()

    def _fatal_error(self) -> None:
        """Say in plain words what Textual would show as a traceback; what is safe to survive never comes here."""
        if not self._exit_renderables:
            folder = self.launch.database.parent if self.launch.database is not None else None
            self._exit_renderables.append(Text(surprises.last_words(self._exception, folder and log_path(folder))))
        self._close_messages_no_wait()

    def on_unmount(self) -> None:
        """Leave the loggers as they were."""
        stop_logging(self._log_file)

    def action_connect_again(self) -> None:
        """Try the last connection once more."""
        self.open(self._target)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's own
        """Screens and the palette open over the main screen only."""
        return self.screen is self.main if action in _OVER_MAIN else True

    def get_key_display(self, binding: Binding) -> str:
        """Keys by their names, as the documentation has them."""
        return binding.key_display or key_name(binding.key)

    def action_copy_or_hint(self) -> None:
        """Copy what is selected; without a selection say how to quit."""
        if self.main is not None and self.main.chat.view.copy_selection():
            return
        self.notify("Nothing is selected. ctrl+q quits.", timeout=3, markup=False)

    def action_redraw(self) -> None:
        """Send the terminal everything again, where another program wrote on its screen."""
        if self._shadow is not None:
            self._shadow.forget()
        self.refresh()

    def action_help(self) -> None:
        """Show the keys of where one is."""
        from athena_tui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen))

    def action_agents(self) -> None:
        """Show whom one can talk to."""
        self._show_agents()

    def action_agent_file(self) -> None:
        """Ask for a file that defines an agent."""
        self._show_agents(from_file=True)

    def _show_agents(self, *, from_file: bool = False) -> None:
        from athena_tui.tui.screens.agents import AgentsScreen

        if self.main is None or self.main.workspace is None:
            self.notify("Not connected: ctrl+k connects.", severity="warning", markup=False)
        else:
            self.push_screen(AgentsScreen(self.main.workspace, from_file=from_file), self.main.talk_to)

    def action_connect(self) -> None:
        """Show where one can connect to."""
        from athena_tui.tui.screens.connect import ConnectScreen

        here = self.main.connection.name if self.main and self.main.connection else None
        self.push_screen(ConnectScreen(self.launch.connector, here), self._connected)

    def action_variables(self) -> None:
        """Ask for what the agent wants to know beside the message."""
        from athena_tui.tui.commands import named

        workspace = self.main.workspace if self.main else None
        if (obstacle := named("variables").obstacle(workspace)) is not None:
            self.notify(obstacle, severity="warning", markup=False)
        else:
            self.run_worker(self._ask_variables(None), exclusive=True, group="variables", exit_on_error=False)

    @on(Chat.VariablesMissing)
    def _variables_missing(self, event: Chat.VariablesMissing) -> None:
        self.run_worker(self._ask_variables(event.text), exclusive=True, group="variables", exit_on_error=False)

    @on(ComposerBox.VariableWanted)
    def _variable_wanted(self, event: ComposerBox.VariableWanted) -> None:
        self.run_worker(self._ask_variables(None, event.name), exclusive=True, group="variables", exit_on_error=False)

    async def _ask_variables(self, message: str | None, first: str | None = None) -> None:
        from athena_tui.tui import inputs

        main = self.main
        if main is None or main.workspace is None:
            return
        if await inputs.ask(self, main.workspace, self.memory, message, first):
            inputs.show(main.chat.box, main.workspace, self.memory)
            if message is not None:
                main.chat.send(message)

    def action_tools(self) -> None:
        """Show the client tools, to be called by hand."""
        from athena_tui.tui.screens.tools import ToolsScreen
        from athena_tui.tui.workbench.bench import Bench

        main = self.main
        if main is None or main.connection is None or main.chat.policies is None:
            self.notify("Not connected: ctrl+k connects.", severity="warning", markup=False)
            return
        if self._bench is None or self._bench.connection is not main.connection:
            self._bench = Bench(main.connection, main.chat.policies)
        self.push_screen(ToolsScreen(self._bench, self.launch, main.outside))

    def action_usage(self) -> None:
        """Show what was used."""
        from athena_tui.tui.screens.usage import UsageScreen, reports_of

        connection = self.main.connection if self.main else None
        if connection is not None:
            reports = reports_of(connection.workspace.client)
            ascii_only = self.launch.ascii_only
            self.push_screen(UsageScreen(connection.name, reports, self.launch.now, ascii_only=ascii_only))

    def action_command_palette(self) -> None:
        """Show every command there is."""
        from athena_tui.tui.screens.palette import PaletteScreen

        if self.main is not None:
            self.push_screen(PaletteScreen(self.main), self._chosen)

    async def _chosen(self, command: Command | None) -> None:
        if self.main is not None and command is not None:
            await self.main.perform(command)

    def action_change_theme(self) -> None:
        """Show the themes there are."""
        from athena_tui.tui.screens.themes import ThemesScreen

        self.push_screen(ThemesScreen(self.theme))

    def action_toggle_dark(self) -> None:
        """Swap our dark theme for our light one."""
        self.theme = LIGHT.name if self.current_theme.dark else DARK.name

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self, event)

    async def _connected(self, connection: Connection | None) -> None:
        if connection is not None:
            await self.use(connection)

    async def _theme_changed(self, theme: Theme) -> None:
        await self.memory.put("theme", theme.name)
