"""A client whose answers are written down beforehand, for tests of what stands above it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

from athena_tui.client.errors import ClientError
from athena_tui.client.events import RunEvent
from athena_tui.client.files import UploadProgress, content_type_of
from athena_tui.client.models import (
    Agent,
    Attachment,
    Conversation,
    Credits,
    Decision,
    Message,
    Page,
    Platform,
    RunRequest,
    ToolAnswer,
)
from athena_tui.client.protocol import Capabilities

Step = RunEvent | ClientError | asyncio.Event
"""An event, an error to raise, or a condition to wait for."""


class ScriptedClient:
    """Plays one script for each response, in order, and writes down what it was asked.

    Args:
        scripts: What each response says.
        capabilities: What the platform can do.
    """

    platform = Platform.ATHENA

    def __init__(self, *scripts: Sequence[Step], capabilities: Capabilities | None = None) -> None:
        self.capabilities = capabilities or Capabilities()
        self.scripts = list(scripts)
        self.requests: list[RunRequest] = []
        self.answers: list[tuple[str, ToolAnswer]] = []
        self.decisions: list[tuple[str, Decision]] = []
        self.cancelled: list[str] = []
        self.archived: list[str] = []
        self.opened: list[str] = []
        self.active: Conversation | None = None
        self.pages: list[Page[Message]] = []
        self.conversation_pages: list[Page[Conversation]] = []
        self.agent_list: tuple[Agent, ...] = ()
        self.balance = Credits(87.4)
        self.cancel_error: ClientError | None = None
        self.ratings: list[tuple[str, str, int]] = []
        self.closed = False
        self.uploads: list[Path] = []
        self.may_upload = asyncio.Event()
        self.may_upload.set()
        self.refused_upload: ClientError | None = None

    def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Write the request down and play the next script."""
        self.requests.append(request)
        return self._play()

    def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[RunEvent, None]:
        """Write the answer down and play the next script."""
        self.answers.append((run_id, answer))
        return self._play()

    def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """Write the decision down and play the next script."""
        self.decisions.append((run_id, decision))
        return self._play()

    async def cancel(self, run_id: str) -> None:
        """Write the cancellation down."""
        self.cancelled.append(run_id)
        if self.cancel_error is not None:
            raise self.cancel_error

    async def agents(self, cursor: str | None = None) -> Page[Agent]:
        """All agents in one page."""
        return Page(self.agent_list)

    async def conversations(self, cursor: str | None = None, limit: int = 20) -> Page[Conversation]:
        """The next page."""
        return self.conversation_pages.pop(0) if self.conversation_pages else Page(())

    async def open_conversation(self, agent_id: str, *, fresh: bool = False) -> tuple[Conversation, bool]:
        """The active conversation, made if there is none; with `fresh`, after it was archived."""
        self.opened.append(agent_id)
        if self.active is not None:
            if not fresh:
                return self.active, False
            await self.archive_conversation(self.active.id)
        self.active = Conversation(f"conversation:{len(self.archived) + 1}", agent_id)
        return self.active, True

    async def archive_conversation(self, conversation_id: str) -> None:
        """Write it down; the next one opened is new."""
        self.archived.append(conversation_id)
        self.active = None

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """The next page."""
        return self.pages.pop(0)

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """The balance."""
        return self.balance

    async def upload(self, path: Path, progress: UploadProgress | None = None) -> Attachment:
        """Keep it, once `may_upload` is set, or refuse it where `refused_upload` says why."""
        if progress is not None:
            progress(0.5)
        await self.may_upload.wait()
        if self.refused_upload is not None:
            raise self.refused_upload
        self.uploads.append(path)
        return Attachment(path.name, content_type_of(path.name), f"kept/{path.name}")

    async def rate(self, conversation_id: str, message_id: str, value: int) -> None:
        """Write the rating down."""
        self.ratings.append((conversation_id, message_id, value))

    async def aclose(self) -> None:
        """Write it down."""
        self.closed = True

    async def _play(self) -> AsyncGenerator[RunEvent, None]:
        for step in self.scripts.pop(0):
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, ClientError):
                raise step
            else:
                yield step
