"""Fetches what the main screen shows beside the transcript, and says what could not be had."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from athena_tui.chat.workspace import Workspace
from athena_tui.client.errors import ClientError
from athena_tui.client.models import Conversation
from athena_tui.client.observer import Idle
from athena_tui.tui.launch import Connection
from athena_tui.tui.memory import Memory


@dataclass(frozen=True, slots=True, eq=False)
class Fetching:
    """What is fetched over one connection.

    Args:
        connection: From where.
        memory: Knows where one was last time.
        complain: Tells the user what could not be done.
    """

    connection: Connection
    memory: Memory
    complain: Callable[[str], None]
    _sought: set[tuple[str, bool]] = field(default_factory=set)

    async def everything(self) -> ClientError | None:
        """Agents, balance and conversations, each on its own, so that one failure hides nothing else.

        Returns:
            The first thing that went wrong.
        """
        workspace = self.connection.workspace
        problem: ClientError | None = None
        for fetch in (self._check_agent_file, workspace.load_agents, workspace.load_credits, self._newest):
            try:
                await fetch()
            except ClientError as error:
                problem = problem or error
                if error.status == 401:
                    break
        return problem

    async def _check_agent_file(self) -> None:
        """Let the platform say what it thinks of the file that defines the agent."""
        if self.connection.agent_file is None:
            return
        defined = await self.connection.workspace.use_agent_file(self.connection.agent_file)
        for warning in defined.warnings:
            if warning not in self.connection.notices:  # those were told when the connection was opened
                self.complain(warning)

    def last_conversation(self) -> Conversation | None:
        """The conversation to go on with, unless something was begun: that of last time, or the asked-for agent's."""
        workspace = self.connection.workspace
        session = workspace.session
        if session is None or session.transcript.turns or session.conversation_id:
            return None
        if not self.connection.resume:
            return active_conversation(workspace, workspace.agent_id)
        last = self.conversation(str(self.memory.state.get(self._place)))
        return last if last is not None and not last.archived else None

    async def remember_place(self) -> None:
        """Note which conversation is open."""
        session = self.connection.workspace.session
        if session is not None and session.conversation_id is not None:
            await self.memory.put(self._place, session.conversation_id)

    async def after_run(self) -> float | None:
        """Bring up to date what a run changed; returns what it cost, where that is known."""
        workspace = self.connection.workspace
        await self.remember_place()
        if isinstance(workspace.connection, Idle):
            return None
        try:
            return await workspace.after_run()
        except ClientError:
            return None  # the header says how the connection is

    def lacks_open_conversation(self) -> bool:
        """Whether the open conversation began, or got its title, after the list was fetched; asks once for each."""
        workspace = self.connection.workspace
        session = workspace.session
        if session is None or session.conversation_id is None:
            return False
        listed = workspace.conversation
        lack = (session.conversation_id, listed is None)
        if (listed is not None and listed.title) or lack in self._sought:
            return False
        self._sought.add(lack)
        return True

    async def newest(self) -> None:
        """The first page of conversations, anew."""
        with contextlib.suppress(ClientError):  # the header says how the connection is
            await self._newest()

    async def more(self) -> None:
        """One more page of conversations."""
        try:
            await self.connection.workspace.load_conversations()
        except ClientError as error:
            self.complain(f"No more conversations: {error.message} {error.remedy or ''}")

    async def archive(self, conversation: Conversation) -> bool:
        """Archive a conversation; whether that was done. Where it was open, a new one is begun."""
        workspace = self.connection.workspace
        try:
            await workspace.archive(conversation)
        except ClientError as error:
            self.complain(f"Not archived: {error.message} {error.remedy or ''}")
            return False
        if workspace.session is not None and workspace.session.conversation_id == conversation.id:
            workspace.new_conversation()
        return True

    def conversation(self, conversation_id: str) -> Conversation | None:
        """A conversation of the list."""
        return next((each for each in self.connection.workspace.conversations if each.id == conversation_id), None)

    @property
    def _place(self) -> str:
        return f"conversation.{self.connection.name}"

    async def _newest(self) -> None:
        await self.connection.workspace.load_conversations(again=True)


def active_conversation(workspace: Workspace, agent_id: str | None) -> Conversation | None:
    """The conversation an agent goes on with."""
    return next((each for each in workspace.conversations if each.agent_id == agent_id and not each.archived), None)
