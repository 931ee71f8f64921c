"""What TenFive does not have, and how that is said."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Final, NoReturn

from athena_tui.client.errors import Unsupported
from athena_tui.client.events import RunEvent
from athena_tui.client.models import Agent, Attachment, Conversation, Credits, Message, Page
from athena_tui.client.protocol import Feature

MISSING: Final[Mapping[Feature, str]] = {
    Feature.CLIENT_TOOLS: "TenFive runs tools on its own side only.",
    Feature.AGENTS: "TenFive has no list of agents: a run takes its input and finds its way.",
    Feature.AGENT_FILES: "TenFive has no agents to define: a run takes its input and finds its way.",
    Feature.CONVERSATIONS: "TenFive keeps no conversations: what was said before is sent along with each run.",
    Feature.ATTACHMENTS: "TenFive documents no way to upload a file.",
    Feature.CREDITS: "TenFive bills by usage and has no credits: see the usage report.",
    Feature.BATCH: "TenFive has no batch endpoint: runs are started one by one.",
    Feature.FEEDBACK: "TenFive takes no ratings.",
}


class MissingFeatures:
    """The methods of the protocol that this platform cannot serve, whatever they are given."""

    def answer_tool(self, *_: object, **__: object) -> AsyncGenerator[RunEvent, None]:
        """There are no client tools."""
        _refuse(Feature.CLIENT_TOOLS)

    async def agents(self, *_: object, **__: object) -> Page[Agent]:
        """There are no agents."""
        _refuse(Feature.AGENTS)

    async def conversations(self, *_: object, **__: object) -> Page[Conversation]:
        """There are no conversations."""
        _refuse(Feature.CONVERSATIONS)

    async def open_conversation(self, *_: object, **__: object) -> tuple[Conversation, bool]:
        """There are no conversations."""
        _refuse(Feature.CONVERSATIONS)

    async def archive_conversation(self, *_: object, **__: object) -> None:
        """There are no conversations."""
        _refuse(Feature.CONVERSATIONS)

    async def messages(self, *_: object, **__: object) -> Page[Message]:
        """There are no conversations."""
        _refuse(Feature.CONVERSATIONS)

    async def rate(self, *_: object, **__: object) -> None:
        """There are no ratings."""
        _refuse(Feature.FEEDBACK)

    async def credits(self, *_: object, **__: object) -> Credits:
        """There are no credits."""
        _refuse(Feature.CREDITS)

    async def upload(self, *_: object, **__: object) -> Attachment:
        """There are no uploads."""
        _refuse(Feature.ATTACHMENTS)


def _refuse(feature: Feature) -> NoReturn:
    raise Unsupported(MISSING[feature])
