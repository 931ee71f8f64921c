"""An adapter that talks to the scripted server."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from athena_tui.client.athena.client import AthenaClient
from tests.client.athena.wiring import settings_for
from tests.client.raw_server import RawServer
from tests.client.recording import FakeTime, RecordingObserver


@pytest.fixture
def observer() -> RecordingObserver:
    return RecordingObserver()


@pytest.fixture
async def client(raw_server: RawServer, observer: RecordingObserver) -> AsyncIterator[AthenaClient]:
    settings = settings_for(raw_server.url, workspace_id="workspace:w")
    client = AthenaClient(settings, observer, timing=FakeTime().timing)
    yield client
    await client.aclose()
