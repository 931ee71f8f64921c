"""The main screen: header, conversations, the open conversation, credits and keys."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import Worker

from athena_tui.tui import surprises
from athena_tui.tui.hints import hints
from athena_tui.tui.symbols import symbols
from athena_tui.tui.widgets.chat import Chat
from athena_tui.tui.widgets.composer import Composer
from athena_tui.tui.widgets.composer_box import ComposerBox
from athena_tui.tui.widgets.header import Header
from athena_tui.tui.widgets.sidebar import Sidebar
from athena_tui.tui.widgets.status import StatusBar

if TYPE_CHECKING:
    from athena_tui.chat.workspace import Workspace
    from athena_tui.client.models import Conversation
    from athena_tui.tui.commands import Command
    from athena_tui.tui.launch import Connection, Launch
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.outside import Outside
    from athena_tui.tui.showing import Showing
    from athena_tui.tui.transcript.messages import ComposerWanted, Copied, LinkWanted, OpenWanted, SaveWanted

_SHORT = 24
"""Rows of the window below which none is left blank."""


class MainScreen(Screen[None]):
    """Everything one needs while talking.

    Args:
        launch: What the app was started with.
        memory: What is remembered.
    """

    HELP = "Everywhere"
    AUTO_FOCUS = "#composer"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (80, "-medium"), (110, "-wide")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "new_conversation", "New conversation", id="new", priority=True),
        Binding("ctrl+b", "toggle_sidebar", "Show or hide the conversations", id="sidebar", priority=True),
        Binding("ctrl+f", "find", "Find a conversation", id="find", priority=True),
        Binding("f5", "reload", "Reload", id="reload"),
        Binding("escape", "back", "Stop the run, or write", id="back", show=False),
    ]

    header = query_one(Header)
    sidebar = query_one(Sidebar)
    chat = query_one(Chat)
    status = query_one(StatusBar)

    def __init__(self, launch: Launch, memory: Memory) -> None:
        super().__init__()
        self.showing: Showing | None = None
        self._launch = launch
        self._memory = memory
        self.signs = symbols(ascii_only=launch.ascii_only)
        self._title = ""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield Header(self.signs)
        with Horizontal(id="body"):
            yield Sidebar(self.signs, self._launch.now, self._memory, wanted=self._launch.appearance.sidebar)
            yield Chat(self._launch, self._memory, time.monotonic)
        yield StatusBar(self.signs, self._launch.now, reduced_motion=self._launch.appearance.reduced_motion)

    def on_mount(self) -> None:
        """The first frame: nothing is connected yet."""
        self.header.show_place(())
        self.chat.welcome.show("Connecting …", "")
        self.show_hints()

    @cached_property
    def outside(self) -> Outside:
        """Other programs."""
        from athena_tui.tui.outside import Outside

        return Outside(self.app, self._launch.environ)

    @property
    def connection(self) -> Connection | None:
        """What one is connected to."""
        return self.showing.connection if self.showing else None

    @property
    def workspace(self) -> Workspace | None:
        """What one works with, once there is a connection."""
        return self.showing.workspace if self.showing else None

    async def attach(self, connection: Connection) -> None:
        """Work with a connection that was just made."""
        from athena_tui.tui.showing import Showing

        self.showing = Showing(self, connection, self._memory)
        await self.showing.begin()

    def detach(self) -> Connection | None:
        """Let go of the connection; returns it, for it is still open."""
        showing, self.showing = self.showing, None
        if showing is None:
            return None
        showing.end()
        return showing.connection

    def show_problem(self, title: str, text: str) -> None:
        """Say in place of a transcript what is wrong."""
        keys = (("ctrl+k", "connect to a platform or the sandbox"), ("F5", "try again"), ("ctrl+q", "quit"))
        self.chat.welcome.show(title, text, keys=keys, error=True)

    def show_hints(self) -> None:
        """Say which keys matter now."""
        question = self.chat.question
        reading = not self.chat.welcome.display and self.focused is self.chat.view
        asked = None if question is None else question.prompt or "What the agent asks for"
        self.chat.box.show_asked(asked, answers=self.chat.answered is not None, reading=reading)
        keys = dict(self.connection.keys) if self.connection is not None else {}
        writing = isinstance(self.focused, Composer)
        self.status.show_hints(hints(self.chat, writing=writing, reading=reading, keys=keys))

    def talk_to(self, agent_id: str | None) -> None:
        """Go on with an agent where one was with it, or begin."""
        if self.showing is not None and agent_id is not None:
            self.showing.talk_to(agent_id)
            self.chat.composer.focus()

    # What happens

    def on_resize(self, event: events.Resize) -> None:
        """Decide what fits."""
        tiny = event.size.width < 40 or event.size.height < 10
        if tiny and not self.query("#too-small"):
            self.mount(Static("This window is too small; 40×10 is enough.", id="too-small", markup=False))
        self.query("#too-small").set(display=tiny)
        self.set_class(tiny, "-tiny")
        self.set_class(event.size.height < _SHORT, "-short")
        self.sidebar.place(event.size.width)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        self.show_hints()

    @on(Chat.Stirred)
    def _stirred(self, event: Chat.Stirred) -> None:
        self.show_hints()
        if self.showing is not None:
            self.showing.stirred()
        if event.waits and self._launch.appearance.bell:
            self.app.bell()
        self._show_title()

    def _show_title(self) -> None:
        from athena_tui.tui import terminal

        watch = self.chat.sessions
        title = f"{self.signs.waiting} waits for you – athena-tui" if watch and watch.waits else "athena-tui"
        if title != self._title:
            self._title = title
            terminal.set_title(self.app, title)

    @on(Chat.RunEnded)
    def _run_ended(self) -> None:
        if self.showing is not None:
            self.showing.run_ended()

    @on(ComposerBox.Run)
    async def _run_command(self, event: ComposerBox.Run) -> None:
        await self.perform(event.command)

    async def perform(self, command: Command) -> None:
        """Do what a command asks for, or say why it cannot be done now."""
        from athena_tui.tui.commands import perform

        if (obstacle := command.obstacle(self.workspace)) is not None:
            self.chat.box.say(obstacle, "$text-warning")
        else:
            await perform(command, self)

    @on(Sidebar.Chosen)
    def _open(self, event: Sidebar.Chosen) -> None:
        workspace, conversation = self.workspace, self._conversation(event.conversation_id)
        if workspace is not None and conversation is not None:
            self.sidebar.leave()
            workspace.open(conversation)
            self.chat.composer.focus()

    @on(Sidebar.ArchiveWanted)
    def _archive_wanted(self, event: Sidebar.ArchiveWanted) -> None:
        self._archive(self._conversation(event.conversation_id))

    @on(Sidebar.MoreWanted)
    def _more(self) -> None:
        if self.showing is not None:
            self.run_worker(self.showing.fetching.more(), group="more", exclusive=True, exit_on_error=False)

    @on(Sidebar.Left)
    def _left_sidebar(self) -> None:
        self.sidebar.leave()
        self.chat.composer.focus()

    def on_composer_wanted(self, event: ComposerWanted) -> None:
        """The reader wants to write."""
        self.chat.composer.focus()
        if event.text:
            self.chat.composer.post_message(events.Paste(event.text))

    def on_copied(self, event: Copied) -> None:
        """Say by which way it went."""
        self.notify(event.how, timeout=3, markup=False)

    def on_link_wanted(self, event: LinkWanted | SaveWanted) -> None:
        """A link was followed, or a picture is to be saved, which a browser does."""
        self.outside.open_link(event.url)

    on_save_wanted = on_link_wanted

    def on_open_wanted(self, event: OpenWanted) -> None:
        """A block is to be read in the pager."""
        self.run_worker(self.outside.page(event.text, event.suffix), group="outside", exit_on_error=False)

    @on(Composer.EditorWanted)
    def action_external_editor(self) -> None:
        """Write the message in `$EDITOR`."""
        self.run_worker(self._edit_message(), group="outside", exit_on_error=False)

    async def _edit_message(self) -> None:
        text = await self.outside.edit(self.chat.composer.full_text)
        if text is not None:
            self.chat.composer.show(text)

    # What one can do

    def action_new_conversation(self) -> None:
        """Begin afresh with this agent."""
        if self.showing is not None and self.showing.workspace.agent_id is not None:
            self.sidebar.leave()
            self.showing.begin_afresh()
            self.chat.composer.focus()

    def action_toggle_sidebar(self) -> None:
        """Show or hide the conversations; where there is little room they lie over the transcript."""
        self.sidebar.toggle()

    def action_find(self) -> None:
        """Filter the conversations."""
        self.sidebar.find()

    def action_back(self) -> None:
        """Stop the run that is being read, or go to the composer."""
        if self.chat.waits or not self.chat.stop():
            self.chat.composer.focus()

    def action_archive(self) -> None:
        """Archive the open conversation."""
        self._archive(self.workspace.conversation if self.workspace else None)

    def action_reload(self) -> None:
        """Fetch everything anew, or connect again."""
        if self.showing is not None:
            self.showing.reload()
        else:
            self.app.run_worker(self.app.run_action("app.connect_again"), exit_on_error=False)

    # How it is done

    def _archive(self, conversation: Conversation | None) -> None:
        if conversation is not None:
            self.run_worker(self._archived(conversation), group="archive", exit_on_error=False)

    async def _archived(self, conversation: Conversation) -> None:
        if self.showing is not None and await self.showing.fetching.archive(conversation):
            self.notify(f"Archived: {conversation.title or 'Untitled'}", timeout=3, markup=False)

    def _conversation(self, conversation_id: str) -> Conversation | None:
        return self.showing.fetching.conversation(conversation_id) if self.showing else None
