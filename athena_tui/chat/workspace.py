"""Everything one connection's screen shows beside the transcript: conversations, credits, the connection, the agent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from athena_tui.chat.charge import Charge
from athena_tui.chat.engine_events import ChatEvent, TurnRetried, TurnSent
from athena_tui.chat.journal import RunJournal
from athena_tui.chat.local_conversations import LocalConversations, platform_client
from athena_tui.chat.parts import LOST_ANSWERS
from athena_tui.chat.session import Session, SessionOptions, SessionState
from athena_tui.chat.turns import Change
from athena_tui.client.agent_files import AgentFiles
from athena_tui.client.errors import ClientError, Unsupported
from athena_tui.client.events import RunFailed, RunFinished
from athena_tui.client.models import Agent, Conversation, Credits, DefinedAgent, RunRequest
from athena_tui.client.naming import agent_named
from athena_tui.client.observer import ClientObserver, ConnectionState, Idle, WireRecord
from athena_tui.client.protocol import AgentClient, Feature
from athena_tui.store.runs import RunInFlight
from athena_tui.tools import ToolPolicy
from athena_tui.tools.runner import ToolRunner


class Topic(StrEnum):
    """What about a workspace changed."""

    CONNECTION = "connection"
    CREDITS = "credits"
    CONVERSATIONS = "conversations"
    AGENTS = "agents"
    SESSION = "session"


Subscriber: TypeAlias = Callable[[Topic], None]

_MOST_SESSIONS = 12
"""How many transcripts are kept at hand, where nothing goes on in them."""


class Workspace:
    """One connection to one platform, as a person works with it.

    Subscribers are told what changed and read the new state from here.

    Args:
        connect: Makes the client; it is given the observer to report to.
        agent_id: The agent to talk to; none until one is chosen.
        tools: The client tools.
        policies: What to do about client tools, by name; changes made during the session are kept here.
        journal: Where runs in flight are kept.
        external_user_id: The caller's own user id, for per-user memory.
    """

    def __init__(
        self,
        connect: Callable[[ClientObserver], AgentClient],
        agent_id: str | None = None,
        tools: ToolRunner | None = None,
        policies: dict[str, ToolPolicy] | None = None,
        journal: RunJournal | None = None,
        external_user_id: str | None = None,
    ) -> None:
        self.connection: ConnectionState = Idle()
        self.credits: Credits | None = None
        self.agents: tuple[Agent, ...] = ()
        self.agent_id = agent_id
        self._wanted_agent = agent_id
        self.conversations: list[Conversation] = []
        self.more_conversations = True
        self.tools = tools or ToolRunner()
        self.policies = policies if policies is not None else {}
        self.client = connect(self)
        if agent_id is None and not self.client.capabilities.has(Feature.AGENTS):
            agent_id = self.agent_id = ""  # the platform has one voice, which needs no name
        self._journal = journal
        self._external_user_id = external_user_id
        self._cursor: str | None = None
        self._sessions: list[Session] = []
        self._subscribers: list[Subscriber] = []
        self._wire_listeners: list[Callable[[WireRecord], None]] = []
        self._charge = Charge()
        self.session: Session | None = self._new_session() if agent_id is not None else None

    @property
    def agent(self) -> Agent | None:
        """The agent one talks to, as far as its details are known."""
        known = next((agent for agent in self.agents if agent.id == self.agent_id), None)
        return known or (None if self.agent_id is None else Agent(self.agent_id, self.agent_id))

    @property
    def conversation(self) -> Conversation | None:
        """The conversation that is open, as it is listed."""
        open_id = self.session.conversation_id if self.session else None
        return next((item for item in self.conversations if item.id == open_id), None)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session there is, in the order in which they were shown last."""
        return tuple(self._sessions)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Be told what changes; returns how to stop that."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def subscribe_wire(self, listener: Callable[[WireRecord], None]) -> Callable[[], None]:
        """Be given everything that goes over the wire; returns how to stop that."""
        self._wire_listeners.append(listener)
        return lambda: self._wire_listeners.remove(listener)

    async def load_agents(self) -> None:
        """Fetch the agents one can talk to; the first one is chosen where none was.

        Raises:
            ClientError: They could not be had.
            WhichAgent: The agent that was asked for is not there, or its name is not that of exactly one.
        """
        if not self.client.capabilities.has(Feature.AGENTS):
            return
        found: list[Agent] = []
        cursor: str | None = None
        while True:
            page = await self.client.agents(cursor)
            found += page.items
            if page.next_cursor in {None, cursor}:
                break
            cursor = page.next_cursor
        self.agents = tuple(found)
        if self.agent_id is None and found:
            self.choose_agent(found[0].id)
        self._tell(Topic.AGENTS)
        # Only what was asked for may be a name; an old conversation may be with an agent that is gone.
        wanted = self._wanted_agent
        if wanted and self.agent_id == wanted and (meant := agent_named(wanted, found)) != wanted:
            self.choose_agent(meant)

    async def use_agent_file(self, path: Path) -> DefinedAgent:
        """Check a file that defines an agent, here and on the platform; from now on one can talk to its agent.

        Raises:
            Unsupported: The platform runs no agents that are defined in a file.
            InvalidRequest: The file is wrong; the message has a line for each problem.
        """
        client = platform_client(self.client)
        if not isinstance(client, AgentFiles):
            raise Unsupported(
                self.client.capabilities.reason(Feature.AGENT_FILES) or "This platform takes no files that define one."
            )
        defined = await client.use_agent_file(path)
        self.agents = (defined.agent, *(agent for agent in self.agents if agent.id != defined.agent.id))
        self._tell(Topic.AGENTS)
        return defined

    async def load_credits(self, generation_cost: float | None = None) -> None:
        """Fetch the balance.

        Args:
            generation_cost: Credits that are to be covered; the platform then recommends a pack.

        Raises:
            ClientError: It could not be had.
        """
        if self.client.capabilities.has(Feature.CREDITS):
            self.credits = await self.client.credits(generation_cost)
            self._tell(Topic.CREDITS)

    async def load_conversations(self, *, again: bool = False) -> None:
        """Fetch one more page of the list, or with `again` the first one anew.

        Raises:
            ClientError: It could not be had.
        """
        if not self.client.capabilities.has(Feature.CONVERSATIONS):
            self.more_conversations = False
            return
        if not again and not self.more_conversations:
            return
        page = await self.client.conversations(None if again else self._cursor)
        if again:
            fresh = {item.id for item in page.items}
            self.conversations = [*page.items, *(item for item in self.conversations if item.id not in fresh)]
            self._cursor = self._cursor or page.next_cursor
        else:
            known = {item.id for item in self.conversations}
            self.conversations += [item for item in page.items if item.id not in known]
            self._cursor = page.next_cursor
        self.more_conversations = self._cursor is not None
        self._tell(Topic.CONVERSATIONS)

    def choose_agent(self, agent_id: str) -> Session:
        """Talk to another agent, in its active conversation."""
        self.agent_id = agent_id
        self._tell(Topic.AGENTS)
        return self._show(self._new_session())

    def new_conversation(self) -> Session:
        """Begin a fresh conversation; the platform hears of it with the first turn."""
        return self._show(self._new_session(fresh=True))

    def open(self, conversation: Conversation) -> Session:
        """Show a conversation; its history comes with `Session.load_older`."""
        known = self._known(conversation.id)
        if known is None:
            self.agent_id = conversation.agent_id or self.agent_id
            known = self._new_session(conversation.id)
        else:
            self.agent_id = known.options.agent_id
        return self._show(known)

    def session_of(self, run: RunInFlight) -> Session:
        """The session of the conversation in which a run was sent; it is not shown by that."""
        return self._known(run.conversation_id) or self._new_session(run.conversation_id, run.agent_id)

    def forget_idle(self, needed: Container[Session]) -> list[Session]:
        """Let go of sessions that were not shown for long, unless something goes on there; returns them.

        Their conversations come from the platform again when they are opened.

        Args:
            needed: Sessions to keep in any case.
        """
        surplus = max(0, len(self._sessions) - _MOST_SESSIONS)
        idle = (each for each in self._sessions if each is not self.session and each.state is SessionState.IDLE)
        forgotten = [each for each in idle if each not in needed][:surplus]
        self._sessions = [each for each in self._sessions if each not in forgotten]
        return forgotten

    async def resume(self, run: RunInFlight) -> None:
        """Follow a run that an earlier life of the app left behind, in its conversation, until it ends.

        Raises:
            Unsupported: The platform cannot do that.
        """
        if not isinstance(self.client, LocalConversations) or run.run_id is None or run.conversation_id is None:
            raise Unsupported("This run cannot be followed again.")
        request = RunRequest(run.agent_id, run.message, run.idempotency_key, run.conversation_id)
        await self.session_of(run).resume(request, self.client.resume_run(run.run_id, request, run.conversation_id))

    async def archive(self, conversation: Conversation) -> None:
        """Archive a conversation.

        Raises:
            ClientError: It could not be archived.
        """
        await self.client.archive_conversation(conversation.id)
        self.conversations = [
            replace(item, archived=True) if item.id == conversation.id else item for item in self.conversations
        ]
        self._tell(Topic.CONVERSATIONS)

    async def aclose(self) -> None:
        """Stop every run, wait until the platform was told, and close the connection."""
        await asyncio.gather(*(session.aclose() for session in self._sessions))
        await self.client.aclose()

    def connection_changed(self, state: ConnectionState) -> None:
        """The client reports another state of the connection."""
        if state != self.connection:
            self.connection = state
            self._tell(Topic.CONNECTION)

    def balance_reported(self, credits_remaining: float) -> None:
        """The client reports a balance (`X-Credits-Remaining`)."""
        if self.credits is None:
            self.credits = Credits(credits_remaining)
        elif credits_remaining != self.credits.active:
            self.credits = replace(self.credits, active=credits_remaining)
        else:
            return
        self._tell(Topic.CREDITS)

    def wire_recorded(self, record: WireRecord) -> None:
        """The client reports what went over the wire."""
        for listener in tuple(self._wire_listeners):
            listener(record)

    async def after_run(self) -> float | None:
        """Bring up to date what a run may have changed: the balance and the list of conversations.

        Returns:
            The credits that the run cost, where that is known.

        Raises:
            ClientError: It could not be had.
        """
        quiet = all(session.state is SessionState.IDLE for session in self._sessions)
        begun = self._charge.runs
        await self.load_credits()
        charge = None
        if quiet and self._charge.runs == begun and self.credits is not None:
            charge = self._charge.settle(self.credits.active)
        await self.load_conversations(again=True)
        return charge

    def _known(self, conversation_id: str | None) -> Session | None:
        """The session of a conversation; of several, as where one joined it, the one that was shown last."""
        there = (session for session in reversed(self._sessions) if session.conversation_id == conversation_id)
        return next(there, None) if conversation_id is not None else None

    def _show(self, session: Session) -> Session:
        self.session = session
        self._sessions.remove(session)
        self._sessions.append(session)
        self._tell(Topic.SESSION)
        return session

    def _new_session(
        self, conversation_id: str | None = None, agent_id: str | None = None, *, fresh: bool = False
    ) -> Session:
        agent_id = self.agent_id if agent_id is None else agent_id
        if agent_id is None:
            raise ClientError("No agent is chosen.", code="no_agent", remedy="Choose one with ctrl+o.")
        options = SessionOptions(
            agent_id=agent_id,
            conversation_id=conversation_id,
            kept=True,
            fresh=fresh,
            external_user_id=self._external_user_id,
            policies=self.policies,
        )
        session = Session(self.client, options, self.tools, self._journal)
        session.subscribe(self._followed)
        self._sessions.append(session)
        return session

    def _followed(self, event: ChatEvent, _change: Change) -> None:
        match event:
            case TurnSent() | TurnRetried():
                self._charge.begin(self.credits.active if self.credits else None)
            case RunFinished() | RunFailed():
                if isinstance(event, RunFailed) and event.code in LOST_ANSWERS:
                    self._charge.lose()
                self._tell(Topic.SESSION)

    def _tell(self, topic: Topic) -> None:
        for subscriber in tuple(self._subscribers):
            subscriber(topic)
