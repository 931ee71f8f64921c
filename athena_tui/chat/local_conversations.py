"""Conversations for platforms that list none: kept in the store, so that everything above sees no difference."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from athena_tui.chat.titles import title_of
from athena_tui.chat.transcript import Transcript
from athena_tui.client.errors import ClientError, NotFound, Unsupported
from athena_tui.client.events import Notice, RunEvent, RunFailed, RunFinished, RunStarted
from athena_tui.client.files import UploadProgress
from athena_tui.client.left_behind import ResumableRuns
from athena_tui.client.models import (
    Agent,
    Attachment,
    Conversation,
    Credits,
    Decision,
    Message,
    Page,
    Platform,
    Role,
    RunRequest,
    ToolAnswer,
)
from athena_tui.client.protocol import AgentClient, Capabilities, Feature
from athena_tui.client.sanitise import clean_text
from athena_tui.store.conversations import LOCAL
from athena_tui.store.database import StoreError
from athena_tui.store.store import Store

_PAGE = 100
_MOST_PAGES = 20
"""How much is taken over of a conversation that began elsewhere."""


@dataclass(slots=True)
class _Turn:
    """A run whose answer is being gathered for the store."""

    conversation_id: str
    said: Transcript = field(default_factory=Transcript)
    kept_as: str | None = None
    """The message that is replaced by what is said now."""


class LocalConversations:
    """A client that keeps the conversations its platform does not; satisfies `AgentClient`.

    A platform that remembers what was said under an id of its own is given that id; any other is given the newest
    messages with each turn. So is one that does not know its own id any more.

    Args:
        client: The platform's own client.
        store: Where conversations are kept.
        profile: Whose they are.
        context_messages: How many earlier messages go with each turn.
    """

    def __init__(self, client: AgentClient, store: Store, profile: str, context_messages: int = 20) -> None:
        self._client = client
        self._store = store
        self._profile = profile
        self._context_messages = context_messages
        self._turns: dict[str, _Turn] = {}

    @property
    def platform(self) -> Platform:
        """Which platform this is."""
        return self._client.platform

    @property
    def beneath(self) -> AgentClient:
        """The platform's own client."""
        return self._client

    @property
    def capabilities(self) -> Capabilities:
        """What it can do, and conversations."""
        beneath = self._client.capabilities
        missing: Mapping[Feature, str] = {
            feature: why for feature, why in beneath.missing.items() if feature is not Feature.CONVERSATIONS
        }
        return Capabilities(missing, beneath.files)

    async def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Start a run with what was said before, and keep both sides of it."""
        local_id = request.conversation_id
        if local_id is None:
            turn, stream = None, self._client.run(request)
        else:
            turn, stream = _Turn(local_id), self._in_context(request, local_id)
        async with aclosing(self._kept(stream, turn)) as kept:
            async for event in kept:
                yield event

    async def resume_run(
        self, run_id: str, request: RunRequest, conversation_id: str
    ) -> AsyncGenerator[RunEvent, None]:
        """Follow a run of this conversation again, and keep what the agent says.

        Raises:
            Unsupported: The platform cannot do that.
        """
        if not isinstance(self._client, ResumableRuns):
            raise Unsupported("This platform follows no run that was started before.")
        kept = (await self._store.messages.list(self._profile, conversation_id)).items
        answers = [message.id for message in kept if message.run_id == run_id]
        turn = _Turn(conversation_id, kept_as=answers[-1] if answers else None)
        there = replace(
            request, conversation_id=await self._store.conversations.platform_id(self._profile, conversation_id)
        )
        async with aclosing(self._kept(self._client.resume_run(run_id, there), turn)) as stream:
            async for event in stream:
                yield event

    def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[RunEvent, None]:
        """Answer a client tool call and keep what the agent goes on to say."""
        return self._kept(self._client.answer_tool(run_id, answer), self._turns.get(run_id))

    def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """Answer a human gate and keep what the agent goes on to say."""
        return self._kept(self._client.decide(run_id, decision), self._turns.get(run_id))

    async def cancel(self, run_id: str) -> None:
        """Ask the platform to stop the run."""
        await self._client.cancel(run_id)

    async def agents(self, cursor: str | None = None) -> Page[Agent]:
        """The agents one can talk to."""
        return await self._client.agents(cursor)

    async def conversations(self, cursor: str | None = None, limit: int = 20) -> Page[Conversation]:
        """The conversations kept here, newest first."""
        with _told():
            return await self._store.conversations.list(self._profile, cursor=cursor, limit=limit, archived=None)

    async def open_conversation(self, agent_id: str, *, fresh: bool = False) -> tuple[Conversation, bool]:
        """The newest conversation with the agent, or a new one; one may have several with an agent here."""
        with _told():
            if not fresh:
                newest = await self._store.conversations.list(self._profile, agent_id=agent_id, limit=1)
                if newest.items:
                    return newest.items[0], False
            return await self._store.conversations.create(self._profile, agent_id), True

    async def archive_conversation(self, conversation_id: str) -> None:
        """Put a conversation away."""
        with _told():
            await self._store.conversations.archive(self._profile, conversation_id)

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """One page of what was said, oldest first within the page."""
        with _told():
            return await self._store.messages.list(self._profile, conversation_id, cursor, limit)

    async def rate(self, conversation_id: str, message_id: str, value: int) -> None:
        """Say whether a message was good (1) or not (-1)."""
        await self._client.rate(conversation_id, message_id, value)

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """The balance."""
        return await self._client.credits(generation_cost)

    async def upload(self, path: Path, progress: UploadProgress | None = None) -> Attachment:
        """Hand a file to the platform, telling how far that is."""
        return await self._client.upload(path, progress)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._client.aclose()

    async def _in_context(self, request: RunRequest, local_id: str) -> AsyncGenerator[RunEvent, None]:
        """Run in the platform's own conversation, or where it has none (any more), with what was said before."""
        if await self._store.conversations.get(self._profile, local_id) is None:
            await self._adopt(local_id, request.agent_id)
        platform_id = await self._store.conversations.platform_id(self._profile, local_id)
        earlier = await self._earlier(local_id)
        if earlier and earlier[-1].role is Role.USER and earlier[-1].text == request.message:
            earlier.pop()  # nothing answered it, and now it is sent again
        else:
            await self._keep(local_id, Role.USER, request.message)
        history = tuple(earlier[-self._context_messages :]) if self._context_messages > 0 else ()
        if platform_id is not None:
            known = replace(request, conversation_id=platform_id)
            try:
                async with aclosing(_raising(self._client.run(known))) as stream:
                    async for event in stream:
                        yield event
                return
            except NotFound:
                await self._store.conversations.link(self._profile, local_id, None)
            request = replace(request, variables=request.all_variables)
        async with aclosing(self._client.run(replace(request, conversation_id=None, history=history))) as stream:
            async for event in stream:
                yield event

    async def _adopt(self, platform_id: str, agent_id: str) -> None:
        """Keep here what the platform has under an id of its own, so that one can go on with it.

        Raises:
            NotFound: It has nothing of that name.
        """
        nowhere = NotFound(f"There is no conversation {clean_text(platform_id)} on this machine.")
        if platform_id.startswith(LOCAL):
            raise nowhere
        messages: list[Message] = []
        cursor: str | None = None
        try:
            for _ in range(_MOST_PAGES):
                page = await self._client.messages(platform_id, cursor, _PAGE)
                messages[:0] = page.items
                cursor = page.next_cursor
                if cursor is None:
                    break
        except (NotFound, Unsupported) as error:
            raise nowhere from error
        asked = next((message.text for message in messages if message.role is Role.USER and message.text), "")
        conversations = self._store.conversations
        await conversations.put(self._profile, [Conversation(platform_id, agent_id, title_of(asked) or None)])
        await conversations.link(self._profile, platform_id, platform_id)
        await self._store.messages.put(self._profile, platform_id, messages)

    async def _earlier(self, local_id: str) -> list[Message]:
        """The newest messages, oldest first; one more than go along."""
        limit = max(0, self._context_messages) + 1
        page = await self._store.messages.list(self._profile, local_id, limit=limit)
        return list(page.items)

    async def _kept(self, stream: AsyncGenerator[RunEvent, None], turn: _Turn | None) -> AsyncGenerator[RunEvent, None]:
        """The events with the conversation's id as it is known here; what they say is gathered, and kept at the end.

        A run that is under way, and paid for, is not given up where that cannot be done.
        """
        async with aclosing(stream):
            async for event in stream:
                if turn is None:
                    yield event
                    continue
                turn.said.apply(event, 0.0)
                try:
                    await self._keep_up(event, turn)
                except StoreError as error:
                    yield Notice(f"{error}. What is said now may be missing here the next time.")
                if isinstance(event, RunStarted | RunFinished):
                    yield replace(event, conversation_id=turn.conversation_id)
                else:
                    yield event

    async def _keep_up(self, event: RunEvent, turn: _Turn) -> None:
        match event:
            case RunStarted():
                self._turns[event.run_id] = turn
                if event.conversation_id is not None:
                    await self._store.conversations.link(self._profile, turn.conversation_id, event.conversation_id)
            case RunFinished() | RunFailed():
                await self._end(event.run_id, turn)
            case _:
                pass

    async def _end(self, run_id: str | None, turn: _Turn) -> None:
        self._turns.pop(run_id or "", None)
        answer = turn.said.answer(turn.said.turn) if turn.said.turn else ""
        if answer:
            await self._keep(turn.conversation_id, Role.ASSISTANT, answer, run_id, turn.kept_as)

    async def _keep(
        self, local_id: str, role: Role, text: str, run_id: str | None = None, message_id: str | None = None
    ) -> None:
        message = Message(message_id or uuid.uuid4().hex, role, text, run_id=run_id)
        await self._store.messages.put(self._profile, local_id, [message])
        if role is Role.USER:
            known = await self._store.conversations.get(self._profile, local_id)
            if known is None or not known.title:
                await self._store.conversations.rename(self._profile, local_id, title_of(text))


@contextmanager
def _told() -> Iterator[None]:
    """What is wrong with the store, told as clients tell what is wrong."""
    try:
        yield
    except StoreError as error:
        raise ClientError(f"{error}.", code="store_error") from error


async def _raising(stream: AsyncGenerator[RunEvent, None]) -> AsyncGenerator[RunEvent, None]:
    """The same events, but what is not there is always an exception, also where the run was announced before."""
    async with aclosing(stream):
        async for event in stream:
            if isinstance(event, RunFailed) and event.status == 404:
                raise NotFound(event.message, code=event.code, status=event.status)
            yield event


def with_conversations(client: AgentClient, store: Store, profile: str, context_messages: int = 20) -> AgentClient:
    """The client itself where its platform keeps conversations, otherwise one that keeps them in the store."""
    if client.capabilities.has(Feature.CONVERSATIONS):
        return client
    return LocalConversations(client, store, profile, context_messages)


def can_resume(client: AgentClient) -> bool:
    """Whether runs that an earlier life of the app left behind can be followed again, in conversations kept here."""
    return isinstance(client, LocalConversations) and isinstance(client.beneath, ResumableRuns)


def platform_client(client: AgentClient) -> AgentClient:
    """The platform's own client, for what goes beyond `AgentClient`."""
    return client.beneath if isinstance(client, LocalConversations) else client
