"""The app's way to its connections; light, because it is made before the first frame."""

from __future__ import annotations

import argparse
import asyncio
from importlib import import_module
from typing import TYPE_CHECKING, cast

from athena_tui.tui.launch import Chosen, Connection, KnownProfile, Target

if TYPE_CHECKING:
    from athena_tui.cli.opening import Opening


class SettingsConnector:
    """Connects where the command line, the environment and the configuration file say.

    Args:
        arguments: The command line.
    """

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments

    async def connect(self, target: Target | None) -> Connection:
        """Follows `Connector.connect`."""
        return await (await self._opening()).connect(target)

    async def profiles(self) -> tuple[KnownProfile, ...]:
        """Follows `Connector.profiles`."""
        return await asyncio.to_thread((await self._opening()).profiles)

    async def key_places(self) -> tuple[str, ...]:
        """Follows `Connector.key_places`."""
        return (await self._opening()).key_places()

    async def keep(self, target: Chosen, place: str) -> str:
        """Follows `Connector.keep`."""
        return await asyncio.to_thread((await self._opening()).keep, target, place)

    async def _opening(self) -> Opening:
        """What does the work; its imports are slow, so they happen in a thread and the screen stays quick."""
        module = await asyncio.to_thread(import_module, "athena_tui.cli.opening")
        return cast("Opening", module.Opening(self._arguments))
