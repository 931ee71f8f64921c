from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.athena.connection import Athena, running


@pytest.fixture
async def athena() -> AsyncIterator[Athena]:
    """A fresh sandbox in memory."""
    async with running() as connection:
        yield connection
