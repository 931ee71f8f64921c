"""Finds out by itself when a platform that could not be reached is there again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import chain, repeat

from athena_tui.chat.local_conversations import platform_client
from athena_tui.chat.workspace import Workspace
from athena_tui.client.errors import ClientError
from athena_tui.client.observer import Offline
from athena_tui.client.probe import try_key

_PATIENCE = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Seconds between attempts; the last ones for as long as it takes."""


async def until_reachable(workspace: Workspace, is_wanted: Callable[[], bool]) -> bool:
    """Ask for the cheapest thing there is until it is answered; false where something else ended the wait before.

    Args:
        workspace: Whose connection is offline.
        is_wanted: Whether anybody still wants to know.
    """
    for delay in chain(_PATIENCE, repeat(_PATIENCE[-1])):
        await asyncio.sleep(delay)
        if not is_wanted() or not isinstance(workspace.connection, Offline):
            return False
        try:
            return await try_key(platform_client(workspace.client)) is not None
        except ClientError:
            continue
    return False
