"""What every client test may use."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.client.raw_server import RawServer


@pytest.fixture
async def raw_server() -> AsyncIterator[RawServer]:
    """A scripted server; at the end every reply must have been asked for, and nothing else."""
    async with RawServer().serving() as server:
        yield server
        server.check()
