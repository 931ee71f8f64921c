"""The one interface through which everything above talks to a platform."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from athena_tui.client.events import RunEvent
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
from athena_tui.client.record import record

if TYPE_CHECKING:
    from athena_tui.client.files import FileRules, UploadProgress


class Feature(StrEnum):
    """Something a platform may or may not do."""

    STREAMING = "streaming"
    STREAM_RESUME = "stream_resume"
    CLIENT_TOOLS = "client_tools"
    APPROVALS = "approvals"
    CANCEL = "cancel"
    AGENTS = "agents"
    AGENT_FILES = "agent_files"
    CONVERSATIONS = "conversations"
    ATTACHMENTS = "attachments"
    VARIABLES = "variables"
    CREDITS = "credits"
    BATCH = "batch"
    FEEDBACK = "feedback"
    USAGE_REPORT = "usage_report"
    API_KEYS = "api_keys"


@record(frozen=True, slots=True)
class Capabilities:
    """What a platform can do; what it cannot do is named with the reason a user is shown.

    `files` says which files it takes, where it takes any.
    """

    missing: Mapping[Feature, str] = field(default_factory=dict)
    files: FileRules | None = None

    def has(self, feature: Feature) -> bool:
        """Whether the platform can do this."""
        return feature not in self.missing

    def reason(self, feature: Feature) -> str | None:
        """Why it cannot, or `None` when it can."""
        return self.missing.get(feature)


class AgentClient(Protocol):
    """One connection to one platform.

    Every method raises `errors.ClientError`. The generators raise it only before their first event; afterwards they
    end in `RunFinished`, `RunSuspended` or `RunFailed`. Whoever leaves a generator early closes it. A method whose
    feature is missing raises `errors.Unsupported` with the reason.
    """

    @property
    def platform(self) -> Platform:
        """Which platform this is."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def run(self, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Start a run and follow it."""

    def answer_tool(self, run_id: str, answer: ToolAnswer) -> AsyncGenerator[RunEvent, None]:
        """Answer a client tool call; the last open one brings the continuation, earlier ones a `RunSuspended`."""

    def decide(self, run_id: str, decision: Decision) -> AsyncGenerator[RunEvent, None]:
        """Answer a human gate or a request for input and follow the continuation."""

    async def cancel(self, run_id: str) -> None:
        """Ask the platform to stop the run."""

    async def agents(self, cursor: str | None = None) -> Page[Agent]:
        """The agents one can talk to."""

    async def conversations(self, cursor: str | None = None, limit: int = 20) -> Page[Conversation]:
        """The caller's conversations, newest first."""

    async def open_conversation(self, agent_id: str, *, fresh: bool = False) -> tuple[Conversation, bool]:
        """The agent's active conversation, or with `fresh` another one, and whether it was created just now."""

    async def archive_conversation(self, conversation_id: str) -> None:
        """Close a conversation, so that the next `open_conversation` creates one."""

    async def messages(self, conversation_id: str, cursor: str | None = None, limit: int = 50) -> Page[Message]:
        """One page of a conversation's history, oldest first within the page; the cursor leads to older ones."""

    async def rate(self, conversation_id: str, message_id: str, value: int) -> None:
        """Say whether a message was good (1) or not (-1)."""

    async def credits(self, generation_cost: float | None = None) -> Credits:
        """The balance; with a cost in credits, also the pack that would cover it."""

    async def upload(self, path: Path, progress: UploadProgress | None = None) -> Attachment:
        """Hand a file to the platform, telling how far that is."""

    async def aclose(self) -> None:
        """Close the connection."""
