"""The Atthene adapter: sessions are conversations, and every answer comes in one piece.

Follows the REST tutorial and the Sessions, Runtime and Agents reference pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path
from typing import Final, NoReturn

from athena_tui.client.atthene.content import content_of
from athena_tui.client.atthene.recovery import find_answer, may_have_run
from athena_tui.client.atthene.refusal import read_error
from athena_tui.client.atthene.reply import events_of, message_of
from athena_tui.client.atthene.session_queue import SessionQueue
from athena_tui.client.atthene.sessions import SessionOpener
from athena_tui.client.atthene.variables import variables_schema
from athena_tui.client.atthene.wire import (
    WireAgent,
    WireExecution,
    WireHistory,
    WireImage,
    WireStatus,
    read,
    read_items,
)
from athena_tui.client.errors import (
    AnswerLost,
    ClientError,
    ConnectionFailed,
    InvalidRequest,
    NotFound,
    NotSignedIn,
    ServerTrouble,
    Unsupported,
)
from athena_tui.client.events import Notice, RunEvent, RunStarted
from athena_tui.client.files import FileRules, UploadProgress, content_type_of, read_file
from athena_tui.client.masking import SecretMask
from athena_tui.client.models import (
    Agent,
    Attachment,
    ConnectionSettings,
    Conversation,
    Credits,
    Decision,
    DefinedAgent,
    JsonObject,
    JsonValue,
    Message,
    Page,
    Platform,
    RunRequest,
    ToolAnswer,
)
from athena_tui.client.observer import ClientObserver
from athena_tui.client.protocol import Capabilities, Feature
from athena_tui.client.request import BLOCKING_READ_TIMEOUT, Request, Upload, path_segment
from athena_tui.client.retry import RetryPolicy, Timing
from athena_tui.client.sanitise import clean_text
from athena_tui.client.transport import Transport

FILES: Final = FileRules("Atthene", types=("image/*",), types_named="pictures from this machine", by_address=True)
"""As the multimodal part of the REST tutorial has it, which names no limits."""

CAPABILITIES: Final = Capabilities(
    {
        Feature.STREAMING: "Atthene answers in one piece.",
        Feature.STREAM_RESUME: "Atthene answers in one piece, so there is no stream to pick up again.",
        Feature.CLIENT_TOOLS: "Atthene's agents use only the tools in their own configuration.",
        Feature.APPROVALS: "Atthene's REST API has no approvals.",
        Feature.CANCEL: "Atthene cannot cancel a run: we only stop waiting, and the agent finishes there.",
        Feature.CONVERSATIONS: "Atthene documents no list of sessions: those opened here are kept on this machine.",
        Feature.CREDITS: "Atthene's API names no credits.",
        Feature.BATCH: "Atthene has no batch endpoint: messages are sent one by one.",
        Feature.FEEDBACK: "Atthene's API takes no ratings.",
        Feature.USAGE_REPORT: "Atthene reports usage with each answer only.",
        Feature.API_KEYS: "Atthene's keys are made in Agent Studio's settings.",
    },
    files=FILES,
)
MOST_MESSAGES: Final = 100


class AttheneClient:
    """A connection to Atthene.

    Args:
        settings: Base URL (ending in `/api/v1`), key, and a configuration file where an agent is defined inline.
        observer: Is told what happens on the wire.
        policy: How to retry.
        timing: Clocks, sleep and chance.
    """

    platform: Final = Platform.ATTHENE
    capabilities: Final = CAPABILITIES

    def __init__(
        self,
        settings: ConnectionSettings,
        observer: ClientObserver,
        *,
        policy: RetryPolicy | None = None,
        timing: Timing | None = None,
    ) -> None:
        self._transport = Transport(
            settings.base_url,
            observer=observer,
            error_reader=read_error,
            authenticator=_ApiKey(settings.api_key),
            mask=SecretMask([settings.api_key]),
            policy=policy,
            timing=timing,
        )
        self._sessions = SessionOpener(self._transport, settings.agent_config)
        self._queue = SessionQueue(self._is_processing, self._transport.timing.sleep)
        self._active: dict[str, Conversation] = {}

    async def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Open a session if need be, execute the message, and report the answer when it comes."""
        content = content_of(request.message, request.attachments)
        session_id = request.conversation_id or await self._sessions.open(request.agent_id)
        run_id = request.idempotency_key
        yield RunStarted(run_id, session_id)
        if request.history and request.conversation_id is None:
            yield Notice("This is a new session on Atthene: the agent does not know what was said here before.")
        body: JsonObject = {"content": content, "correlation_id": run_id}
        if request.variables:
            body["inputs"] = request.variables
        try:
            async with self._queue.turn(session_id):
                began = self._transport.timing.monotonic()
                execution = await self._execute(session_id, body)
                latency_ms = (self._transport.timing.monotonic() - began) * 1000
        except ClientError as error:
            yield error.as_event(run_id)
            return
        for event in events_of(execution, run_id, session_id, latency_ms):
            yield event

    async def resume_run(self, run_id: str, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Wait until the session is done with a message that was sent before, and read the answer from its history."""
        session_id = request.conversation_id
        if session_id is None:
            raise NotFound("Nobody knows in which session this was sent.")
        yield RunStarted(run_id, session_id, replayed=True)
        began = self._transport.timing.monotonic()
        try:
            async with self._queue.turn(session_id):
                execution = await self._answer_to(session_id, request.message)
        except ClientError as error:
            yield error.as_event(run_id)
            return
        if execution is None:
            missing = AnswerLost("Atthene's history of this session has no answer to the message.")
            yield missing.as_event(run_id)
            return
        for event in events_of(execution, run_id, session_id, (self._transport.timing.monotonic() - began) * 1000):
            yield event

    def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[RunEvent, None]:
        """There are no client tools."""
        _refuse(Feature.CLIENT_TOOLS)

    def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """There are no gates."""
        _refuse(Feature.APPROVALS)

    async def cancel(self, run_id: str) -> None:
        """There is nothing to ask; whoever stops iterating stops waiting."""
        _refuse(Feature.CANCEL)

    async def agents(self, cursor: str | None = None) -> Page[Agent]:
        """The agents that files define, if there are any, then those of the workspace."""
        own = [configuration.agent for configuration in await self._sessions.configurations()]
        answer = await self._transport.send(Request("GET", "/agent/"))
        saved = read_items(WireAgent, answer.json(), "results", "agents")
        return Page((*own, *(_agent(item) for item in saved)))

    async def conversations(self, cursor: str | None = None, limit: int = 20) -> Page[Conversation]:
        """No page shows a list of sessions."""
        _refuse(Feature.CONVERSATIONS)

    async def open_conversation(self, agent_id: str, *, fresh: bool = False) -> tuple[Conversation, bool]:
        """The session this connection opened for the agent, or a new one."""
        known = self._active.get(agent_id)
        if known is not None and not fresh:
            return known, False
        conversation = Conversation(await self._sessions.open(agent_id), agent_id)
        self._active[agent_id] = conversation
        return conversation, True

    async def archive_conversation(self, conversation_id: str) -> None:
        """Use another session from now on. The platform keeps this one: no page shows how to close it."""
        self._active = {
            agent_id: conversation
            for agent_id, conversation in self._active.items()
            if conversation.id != conversation_id
        }

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """One page of a session's history. The cursor is the position of the oldest message seen so far."""
        size = max(1, min(limit, MOST_MESSAGES))
        if cursor is None:
            return _page(*await self._newest(conversation_id, size))
        end = _position(cursor)
        start = max(0, end - size)
        return _page(await self._history(conversation_id, end - start, start), start)

    async def rate(self, conversation_id: str, message_id: str, value: int) -> None:
        """There are no ratings."""
        _refuse(Feature.FEEDBACK)

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """There are none here."""
        _refuse(Feature.CREDITS)

    async def upload(self, path: Path, progress: UploadProgress | None = None) -> Attachment:
        """Hand a picture to the platform; it keeps it for a while.

        Raises:
            InvalidRequest: The file cannot be read, or is no picture.
        """
        name, media_type = clean_text(path.name), content_type_of(path.name)
        content = await asyncio.to_thread(read_file, path, FILES)
        upload = Upload("image", name, media_type, content, progress)
        # Twice the same picture for an hour does no harm.
        answer = await self._transport.send(Request("POST", "/images/upload/", upload=upload, repeatable=True))
        image = read(WireImage, answer.json())
        return Attachment(name, image.media_type or media_type, image.url, image.size or len(content))

    async def use_agent_file(self, path: Path) -> DefinedAgent:
        """Check a file here and on the platform; from now on one can talk to its agent."""
        return await self._sessions.use_file(path)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    async def _execute(self, session_id: str, body: JsonObject) -> WireExecution:
        path = f"/runtime/{path_segment(session_id)}/execute/"
        request = Request("POST", path, json=body, read_timeout=BLOCKING_READ_TIMEOUT)
        try:
            return read(WireExecution, (await self._transport.send(request)).json())
        except NotFound as error:
            error.remedy = "Atthene no longer has this session: begin a new conversation."
            raise
        except (ConnectionFailed, ServerTrouble) as error:
            recovered = await self._recover(session_id, body["content"]) if may_have_run(error) else None
            if recovered is None:
                raise
            return recovered

    async def _recover(self, session_id: str, content: JsonValue) -> WireExecution | None:
        """The answer of a run whose end we did not hear; `None` where there is none, or it cannot be had."""
        try:
            return await self._answer_to(session_id, content)
        except ClientError:
            return None

    async def _answer_to(self, session_id: str, content: JsonValue) -> WireExecution | None:
        """What the agent said to the newest message of the session, if it is this one."""
        await self._queue.wait_until_free(session_id)
        newest, _ = await self._newest(session_id, MOST_MESSAGES)
        return find_answer(newest, content)

    async def _newest(self, session_id: str, size: int) -> tuple[WireHistory, int]:
        """The newest messages and the position of the first of them: the platform counts from the oldest."""
        history = await self._history(session_id, size, 0)
        start = (history.total or 0) - size
        return (history, 0) if start <= 0 else (await self._history(session_id, size, start), start)

    async def _history(self, session_id: str, limit: int, offset: int) -> WireHistory:
        path = f"/runtime/{path_segment(session_id)}/messages/"
        request = Request("GET", path, params={"limit": str(limit), "offset": str(offset)})
        return read(WireHistory, (await self._transport.send(request)).json())

    async def _is_processing(self, session_id: str) -> bool:
        answer = await self._transport.send(Request("GET", f"/runtime/{path_segment(session_id)}/status/"))
        return read(WireStatus, answer.json()).status == "processing"


class _ApiKey:
    """The key in `x-api-key`, on every request."""

    def __init__(self, key: str | None) -> None:
        self._key = key

    async def headers(self) -> Mapping[str, str]:
        """The header; raises `NotSignedIn` without a key."""
        if not self._key:
            raise NotSignedIn("There is no API key for Atthene.")
        return {"x-api-key": self._key}

    async def renew(self) -> bool:
        """A key that expired is replaced by hand."""
        return False


def connect(settings: ConnectionSettings, observer: ClientObserver) -> AttheneClient:
    """A client for these settings; nothing is sent yet."""
    return AttheneClient(settings, observer)


def _refuse(feature: Feature) -> NoReturn:
    raise Unsupported(CAPABILITIES.missing[feature])


def _agent(item: WireAgent) -> Agent:
    config = item.system_config or {}
    description = config.get("description")
    return Agent(
        item.agent_key,
        item.name or item.agent_key,
        description if isinstance(description, str) else "",
        variables=variables_schema(config.get("variables")),
    )


def _page(history: WireHistory, start: int) -> Page[Message]:
    messages = tuple(message_of(message, start + index) for index, message in enumerate(history.messages))
    return Page(messages, str(start) if start > 0 else None)


def _position(cursor: str) -> int:
    if not cursor.isdecimal():
        raise InvalidRequest(f"“{clean_text(cursor)}” is not a place in this history.", remedy="Begin at its end.")
    return int(cursor)
