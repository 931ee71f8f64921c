"""Agents that a file on this machine defines, where a platform runs those.

A client that can do it satisfies `AgentFiles`; ask with `isinstance(client, AgentFiles)`, or look at `Capabilities`
for the reason why one cannot.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, runtime_checkable

from athena_tui.client.models import DefinedAgent


@runtime_checkable
class AgentFiles(Protocol):
    """Can run an agent that a file defines."""

    async def use_agent_file(self, path: Path) -> DefinedAgent:
        """Check a file here and on the platform; from now on one can talk to its agent, by the id it has.

        Raises:
            InvalidRequest: The file is wrong; the message has a line for each problem, with file, line and key.
        """
