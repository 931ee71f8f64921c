"""The adapter for Athena."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol, TypeVar

from athena_tui import __version__
from athena_tui.client.athena.batch import BatchReader, batch_body
from athena_tui.client.athena.credentials import AthenaCredentials
from athena_tui.client.athena.meanings import athena_error
from athena_tui.client.athena.reader import ResponseReader
from athena_tui.client.athena.resources import (
    AgentItem,
    Balance,
    ConversationItem,
    IssuedKey,
    MessageItem,
    StoredAttachment,
)
from athena_tui.client.athena.wire import execute_body
from athena_tui.client.batches import BatchRequest, BatchResult
from athena_tui.client.errors import ClientError, Conflict, NotFound, NotSignedIn, UnreadableAnswer
from athena_tui.client.events import RunEvent
from athena_tui.client.files import FileRules, UploadProgress, content_type_of, read_file
from athena_tui.client.masking import SecretMask
from athena_tui.client.models import (
    Agent,
    Attachment,
    ConnectionSettings,
    Conversation,
    Credits,
    Decision,
    EphemeralKey,
    JsonObject,
    JsonValue,
    Message,
    Page,
    Platform,
    RunRequest,
    ToolAnswer,
)
from athena_tui.client.observer import ClientObserver
from athena_tui.client.protocol import AgentClient, Capabilities, Feature
from athena_tui.client.request import BLOCKING_READ_TIMEOUT, READ_TIMEOUT, Idempotency, Request, Upload, path_segment
from athena_tui.client.retry import RetryPolicy, Timing
from athena_tui.client.sanitise import clean_text
from athena_tui.client.sse import ServerEvent
from athena_tui.client.transport import Transport

LARGEST_PAGE: Final = 100
FILES: Final = FileRules(
    platform="Athena",
    types=(
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "application/pdf",
        "text/plain",
        "text/csv",
        "text/markdown",
    ),
    types_named="JPEG, PNG, GIF, WebP, PDF, plain text, CSV and Markdown",
    largest=50 * 1024 * 1024,
    most=10,
)
"""As the Execute page limits attachments."""

CAPABILITIES: Final = Capabilities(
    {
        Feature.AGENT_FILES: "Athena's agents are made in its own editor, not in files.",
        Feature.STREAM_RESUME: "Athena cannot pick up a stream again after the connection broke.",
        Feature.USAGE_REPORT: "Athena reports usage with every run, not over a period.",
        Feature.API_KEYS: "Athena's keys are managed by the workspace's admin.",
    },
    files=FILES,
)

Item = TypeVar("Item")
Produced_co = TypeVar("Produced_co", covariant=True)


class _Reader(Protocol[Produced_co]):
    """Makes something of an answer, however it comes."""

    ended: bool

    def read(self, event: ServerEvent) -> Iterator[Produced_co]: ...

    def read_answer(self, value: JsonValue) -> Iterator[Produced_co]: ...

    def end_of_stream(self, broken: str | None = None) -> Iterator[Produced_co]: ...


class AthenaClient:
    """One connection to Athena; satisfies `AgentClient`.

    Args:
        settings: Where and as whom.
        observer: Is told about the connection, the balance and the wire.
        policy: How to retry.
        timing: Clocks, sleep and chance.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        observer: ClientObserver,
        *,
        policy: RetryPolicy | None = None,
        timing: Timing | None = None,
    ) -> None:
        timing = timing or Timing()
        headers = {"User-Agent": f"athena-tui/{__version__}"}
        if settings.workspace_id:
            headers["X-Workspace-Id"] = settings.workspace_id
        self._settings = settings
        self._observer = observer
        self._transport = Transport(
            settings.base_url,
            observer=observer,
            error_reader=athena_error,
            authenticator=AthenaCredentials(settings, self.exchange_token, timing.monotonic),
            headers=headers,
            mask=SecretMask([settings.api_key, settings.identity_token]),
            policy=policy,
            timing=timing,
        )

    @property
    def platform(self) -> Platform:
        """Which platform this is."""
        return Platform.ATHENA

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        return CAPABILITIES

    async def exchange_token(self) -> EphemeralKey:
        """Trade the identity token for a key that lives 24 hours. Follows the quickstart.

        Raises:
            NotSignedIn: There is no token or no workspace, or the platform refuses the token.
        """
        token, workspace_id = self._settings.identity_token, self._settings.workspace_id
        if token is None or workspace_id is None:
            raise NotSignedIn("Signing in with a token needs the token and the id of the workspace.")
        body: JsonObject = {"provider": "firebase", "token": token}
        path = f"/auth/external/{path_segment(workspace_id)}"
        answer = await self._transport.send(Request("POST", path, json=body, authenticated=False, repeatable=True))
        key = IssuedKey.model_validate(answer.json()).plain()
        if key is None:
            raise UnreadableAnswer("The platform accepted the token but sent no key.", status=answer.status)
        self._transport.mask.learn(key.key)
        if key.credits is not None:
            self._observer.balance_reported(key.credits.active)
        if key.expires_at is None or answer.date is None:
            return key
        return replace(key, lifetime=(key.expires_at - answer.date).total_seconds())

    def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Start a run and follow it. Follows the Execute page."""
        ending = "/stream" if request.stream else ""
        reader = ResponseReader(conversation_id=request.conversation_id)
        key = Idempotency(request.idempotency_key, renewed_after_server_error=True, conflict_is_accepted=True)
        return self._arriving(
            lambda: Request(
                "POST",
                f"/agents/{path_segment(request.agent_id)}/execute{ending}",
                json=execute_body(request),
                stream=request.stream,
                idempotency=key,
                read_timeout=READ_TIMEOUT if request.stream else BLOCKING_READ_TIMEOUT,
            ),
            reader,
        )

    def run_batch(self, batch: BatchRequest) -> AsyncGenerator[BatchResult, None]:
        """Run many messages that are sent at once. Follows the Execute page."""
        reader = BatchReader(item.key for item in batch.items)
        key = Idempotency(batch.idempotency_key, renewed_after_server_error=True, conflict_is_accepted=True)
        return self._arriving(
            lambda: Request(
                "POST",
                f"/agents/{path_segment(batch.agent_id)}/execute/batch",
                json=batch_body(batch),
                stream=True,
                idempotency=key,
                read_timeout=BLOCKING_READ_TIMEOUT,
            ),
            reader,
        )

    def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[RunEvent, None]:
        """Answer a client tool call; the last open one brings the continuation. Follows the Execute page."""
        body: JsonObject = {"tool_call_id": answer.call_id, "outcome": answer.outcome.value, "result": answer.result}
        return self._continue(run_id, "tool-result", body)

    def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """Answer a human gate and follow the continuation. The documentation names only the endpoint."""
        body: JsonObject = {"decision": "approve" if decision.approved else "reject"}
        if decision.comment:
            body["comment"] = decision.comment
        if decision.data is not None:
            body["data"] = decision.data
        return self._continue(run_id, "resume", body)

    async def cancel(self, run_id: str) -> None:
        """Ask the platform to stop the run; one that is over already, perhaps because we hung up, is stopped too."""
        path = f"/executions/{path_segment(run_id)}/cancel"
        with contextlib.suppress(Conflict):
            await self._transport.send(Request("POST", path, repeatable=True))

    async def agents(self, cursor: str | None = None) -> Page[Agent]:
        """The agents one can talk to; none where the server has no list, which is not documented."""
        try:
            return await self._page(
                "/agents", cursor, LARGEST_PAGE, lambda item: AgentItem.model_validate(item).plain()
            )
        except NotFound:
            return Page(())

    async def conversations(self, cursor: str | None = None, limit: int = 20) -> Page[Conversation]:
        """The caller's conversations. Follows the API overview."""
        return await self._page(
            "/my/conversations", cursor, limit, lambda item: ConversationItem.model_validate(item).plain()
        )

    async def open_conversation(self, agent_id: str, *, fresh: bool = False) -> tuple[Conversation, bool]:
        """The agent's active conversation and whether it was created just now. Follows the Execute page.

        There is at most one active conversation with an agent: a fresh one needs the old one archived.
        """
        answer = await self._transport.send(
            Request("POST", "/my/conversations", json={"agent_id": agent_id}, repeatable=True)
        )
        conversation = ConversationItem.model_validate(answer.json()).plain()
        if conversation is None:
            raise UnreadableAnswer("The platform opened a conversation but did not say which.", status=answer.status)
        created = answer.status == 201
        if fresh and not created:
            await self.archive_conversation(conversation.id)
            return await self.open_conversation(agent_id)
        return conversation, created

    async def archive_conversation(self, conversation_id: str) -> None:
        """Close a conversation. Follows the Execute page."""
        path = f"/my/conversations/{path_segment(conversation_id)}/archive"
        await self._transport.send(Request("POST", path, repeatable=True))

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """One page of a conversation's history, oldest first."""
        path = f"/my/conversations/{path_segment(conversation_id)}/messages"
        page = await self._page(path, cursor, limit, lambda item: MessageItem.model_validate(item).plain())
        if any(message.created_at is None for message in page.items):
            return page
        by_time = sorted(page.items, key=lambda message: message.created_at.timestamp() if message.created_at else 0.0)
        return Page(tuple(by_time), page.next_cursor)

    async def rate(self, conversation_id: str, message_id: str, value: int) -> None:
        """Say whether a message was good (1) or not (-1). Follows the Execute page."""
        path = f"/my/conversations/{path_segment(conversation_id)}/messages/{path_segment(message_id)}/feedback"
        await self._transport.send(Request("POST", path, json={"value": value}, repeatable=True))

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """The balance; with a cost in credits, also the pack that would cover it. Follows the quickstart."""
        cost = None if generation_cost is None else f"{generation_cost:.15g}"
        answer = await self._transport.send(Request("GET", "/my/credits", params={"generation_cost": cost}))
        balance = Balance.model_validate(answer.json()).plain()
        if balance is None:
            raise UnreadableAnswer("The platform answered without a balance.", status=answer.status)
        self._observer.balance_reported(balance.active)
        return balance

    async def upload(self, path: Path, progress: UploadProgress | None = None) -> Attachment:
        """Hand a file to the platform. Follows the Execute page.

        Raises:
            InvalidRequest: The file cannot be read, is too large, or is of a type the platform does not take.
        """
        name, content_type = clean_text(path.name), content_type_of(path.name)
        content = await asyncio.to_thread(read_file, path, FILES)
        sent = Upload("file", name, content_type, content, progress)
        answer = await self._transport.send(Request("POST", "/attachments/upload", upload=sent, repeatable=True))
        attachment = StoredAttachment.model_validate(answer.json()).plain(name, content_type, len(content))
        if attachment is None:
            raise UnreadableAnswer("The platform took the file but did not say where it is.", status=answer.status)
        return attachment

    async def aclose(self) -> None:
        """Close the connection."""
        await self._transport.aclose()

    def _continue(self, run_id: str, action: str, body: JsonObject) -> AsyncGenerator[RunEvent, None]:
        key = Idempotency(renewed_after_server_error=True)
        return self._arriving(
            lambda: Request(
                "POST", f"/executions/{path_segment(run_id)}/{action}", json=body, stream=True, idempotency=key
            ),
            ResponseReader(run_id),
        )

    async def _arriving(self, wanted: Callable[[], Request], reader: _Reader[Item]) -> AsyncGenerator[Item, None]:
        """What a reader makes of the answer, be it a stream or not; a request that cannot be made is an error in it."""
        async with self._transport.open(wanted()) as answer:
            if not answer.is_stream:
                for item in reader.read_answer(answer.json()):
                    yield item
                return
            broken: str | None = None
            try:
                async with aclosing(answer.events()) as arriving:
                    async for sent in arriving:
                        for item in reader.read(sent):
                            yield item
                        if reader.ended:
                            return
            except ClientError as error:
                broken = error.message
            for item in reader.end_of_stream(broken):
                yield item

    async def _page(
        self, path: str, cursor: str | None, limit: int, read: Callable[[JsonValue], Item | None]
    ) -> Page[Item]:
        params = {"cursor": cursor, "limit": str(max(1, min(limit, LARGEST_PAGE)))}
        value = (await self._transport.send(Request("GET", path, params=params))).json()
        items = value.get("data") if isinstance(value, dict) else value
        if not isinstance(items, list):
            raise UnreadableAnswer("The platform answered without a list.")
        next_cursor = value.get("next_cursor") if isinstance(value, dict) else None
        read_items = (read(item) for item in items)
        return Page(
            tuple(item for item in read_items if item is not None),
            next_cursor if isinstance(next_cursor, str) and next_cursor else None,
        )


def connect(settings: ConnectionSettings, observer: ClientObserver) -> AgentClient:
    """A client for Athena; see `registry.connect`."""
    return AthenaClient(settings, observer)
