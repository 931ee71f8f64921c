"""Keeps what the main screen shows in step with the workspace of one connection."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from textual.worker import Worker

from athena_tui.chat.local_conversations import LocalConversations
from athena_tui.chat.workspace import Topic, Workspace
from athena_tui.client.errors import ClientError, InvalidRequest
from athena_tui.client.observer import Offline
from athena_tui.client.protocol import Feature
from athena_tui.tui import inputs
from athena_tui.tui.fetching import Fetching, active_conversation
from athena_tui.tui.launch import Connection
from athena_tui.tui.memory import Memory
from athena_tui.tui.suggestions import greet

if TYPE_CHECKING:
    from athena_tui.client.models import Conversation
    from athena_tui.store.runs import RunInFlight
    from athena_tui.tui.screens.main import MainScreen


class Showing:
    """Shows a connection's workspace in the header, the list, the conversation and the credits bar.

    Args:
        screen: Whose widgets show it.
        connection: What was connected to.
        memory: Knows where one was last time.
    """

    def __init__(self, screen: MainScreen, connection: Connection, memory: Memory) -> None:
        self.connection = connection
        self.fetching = Fetching(connection, memory, self._complain)
        self._screen = screen
        self._memory = memory
        self._wrong: InvalidRequest | None = None
        """What about the wishes for this connection is to be put right; until something else is shown."""
        self._seeking = False
        self._told = ""
        """What is to be said when the conversation that was chosen is shown."""
        self._put_away: Conversation | None = None
        """What the platform archives when the conversation that was begun is opened."""
        self._stop = self.workspace.subscribe(self._changed)

    @property
    def workspace(self) -> Workspace:
        """What is shown."""
        return self.connection.workspace

    async def begin(self) -> None:
        """Show the workspace as it is, and fetch what is missing."""
        await self._screen.chat.attach(self.workspace)
        self._screen.header.show_connection(self.workspace.connection)
        self._screen.status.show_credits(self.workspace.credits)
        self._use_keys()
        for notice in self.connection.notices:
            self._warn(notice)
        await self._show_session()
        for run in self.connection.left_behind:
            self._resume(run)
        self.reload()

    def _use_keys(self) -> None:
        if keys := dict(self.connection.keys):
            from athena_tui.tui import keymap

            for problem in keymap.problems(keys):
                self._warn(problem)
        self._screen.app.set_keymap(keys)

    def end(self) -> None:
        """Show nothing of it any more."""
        self._stop()
        self._screen.status.show_credits(None)

    def reload(self) -> None:
        """Fetch everything anew, also an answer that was lost."""
        self._start(self._load, "load", exclusive=True)
        self._screen.chat.look_again()

    def stirred(self) -> None:
        """Something began, ended or waits in one of the sessions."""
        self._show_place()
        self._show_conversations()
        if self.fetching.lacks_open_conversation():
            self._start(self.fetching.newest, "newest")

    def run_ended(self) -> None:
        """A run changed the balance, and perhaps the list."""
        self._start(self._after_run, "after", exclusive=True)

    def talk_to(self, agent_id: str) -> None:
        """Go on with an agent where one was with it, or begin."""
        workspace = self.workspace
        if (active := active_conversation(workspace, agent_id)) is not None:
            if active is not workspace.conversation:
                self._told = f"Going on with {_name(active)}; ctrl+n begins afresh."
            workspace.open(active)
        elif agent_id != workspace.agent_id:
            workspace.choose_agent(agent_id)

    def begin_afresh(self) -> None:
        """Begin a conversation; where there can be one with each agent only, that puts the one there is away."""
        workspace = self.workspace
        active = active_conversation(workspace, workspace.agent_id)
        if active is not None and not isinstance(workspace.client, LocalConversations):
            self._put_away = active
            self._told = f"Your first message here archives {_name(active)}: there can be one with each agent only."
        workspace.new_conversation()

    def _resume(self, run: RunInFlight) -> None:
        """Follow a run of an earlier life of the app; the conversation it belongs to need not be open."""
        chat = self._screen.chat
        if chat.sessions is not None:
            chat.sessions.follow(self.workspace.session_of(run))

        async def follow() -> None:
            await self.workspace.resume(run)
            chat.post_message(chat.Stirred())
            chat.post_message(chat.RunEnded())

        _: Worker[None] = chat.run_worker(follow, group="send", exit_on_error=False)

    def _changed(self, topic: Topic) -> None:
        screen = self._screen
        if not screen.is_attached:
            return
        match topic:
            case Topic.CONNECTION:
                screen.header.show_connection(self.workspace.connection)
                if isinstance(self.workspace.connection, Offline) and not self._seeking:
                    self._seeking = True
                    self._start(self._seek, "seek")
            case Topic.CREDITS:
                screen.status.show_credits(self.workspace.credits)
            case Topic.CONVERSATIONS:
                self._show_place()
                self._show_conversations()
            case Topic.AGENTS | Topic.SESSION:
                if topic is Topic.SESSION:
                    self._wrong = None
                self._start(self._show_session, "session")

    def _start(self, work: Callable[[], Coroutine[None, None, None]], group: str, *, exclusive: bool = False) -> None:
        # The function, not its coroutine: a worker that is not begun when the app ends must not leave one.
        _: Worker[None] = self._screen.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)

    async def _load(self) -> None:
        problem = await self.fetching.everything()
        if not self._shown:
            return
        last = self.fetching.last_conversation()
        if last is not None and not self._screen.chat.composer.text:
            self.workspace.open(last)
        self._wrong = problem if isinstance(problem, InvalidRequest) else None
        self._show_welcome(problem)
        self._show_conversations(problem)

    async def _seek(self) -> None:
        """Load again by itself what could not be had while the platform was out of reach."""
        from athena_tui.tui.offline import until_reachable

        try:
            reachable = await until_reachable(self.workspace, lambda: self._shown)
        finally:
            self._seeking = False
        if reachable and self._shown:
            self.reload()

    async def _after_run(self) -> None:
        charge = await self.fetching.after_run()
        if self._put_away is not None and self._shown:
            now = self.fetching.conversation(self._put_away.id)
            if now is not None and now.archived:
                self._put_away = None
                self._screen.notify(f"Archived: {_name(now)}", timeout=3, markup=False)
        if charge and self._shown:
            self._screen.status.flash(charge)

    async def _show_session(self) -> None:
        if not self._shown:
            return
        await self._screen.chat.show(self.workspace.session)
        self._show_welcome()
        self._show_place()
        self._show_conversations()
        self._screen.show_hints()
        agent = self.workspace.agent
        self._screen.chat.box.needs_message = agent is None or agent.needs_message
        inputs.show(self._screen.chat.box, self.workspace, self._memory)
        if self._told:
            self._screen.chat.box.say(self._told)
            self._told = ""
        await self.fetching.remember_place()

    @property
    def _shown(self) -> bool:
        """Whether one is still connected here: work that was begun may end later."""
        return self._screen.showing is self

    def _show_welcome(self, problem: ClientError | None = None) -> None:
        problem = self._wrong or (None if self.workspace.agents else problem)
        if problem is not None:
            self._screen.show_problem(problem.message, problem.remedy or "")
        else:
            greet(self._screen.chat.welcome, self.workspace)

    def _show_place(self) -> None:
        self._screen.header.show_place(self.connection.place)

    def _show_conversations(self, problem: ClientError | None = None) -> None:
        workspace, watch = self.workspace, self._screen.chat.sessions
        if watch is None:
            return
        missing = workspace.client.capabilities.reason(Feature.CONVERSATIONS)
        note = problem.message if problem else missing or "Nothing yet. Your conversations appear here."
        self._screen.sidebar.show(
            workspace.conversations,
            open_id=workspace.session.conversation_id if workspace.session else None,
            marks=watch.marks(),
            more=workspace.more_conversations,
            note=note,
        )

    def _warn(self, text: str) -> None:
        self._screen.notify(text, severity="warning", timeout=12, markup=False)

    def _complain(self, text: str) -> None:
        self._screen.notify(text, severity="error", timeout=8, markup=False)


def _name(conversation: Conversation) -> str:
    return conversation.title or "the conversation there was"
