"""What the tests of the adapter send and expect."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from athena_tui.client.events import RunEvent
from athena_tui.client.models import (
    ConnectionSettings,
    Platform,
    RunRequest,
)
from tests.client.raw_server import json_reply

RUN = "execution:xyz"
REQUEST = RunRequest("agent:0bve", "hi", "key-1", conversation_id="conversation:c")
FINAL = {"type": "final", "status": "Completed", "execution_id": RUN}
COMPLETED = {"data": {"execution_id": RUN, "status": "completed", "output": {"text": "Hi"}}}
DENIED = json_reply({"error": {"code": "unauthorized", "message": "expired"}}, 401)


def settings_for(url: str, **changes: Any) -> ConnectionSettings:
    return ConnectionSettings(**{"platform": Platform.ATHENA, "base_url": url, "api_key": "wak_1", **changes})


async def collect(arriving: AsyncIterator[RunEvent]) -> list[RunEvent]:
    return [event async for event in arriving]
