"""Runs that go on without us, where a platform lets one follow them again.

A client that can do it satisfies `ResumableRuns`; ask with `isinstance(client, ResumableRuns)`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol, runtime_checkable

from athena_tui.client.events import RunEvent
from athena_tui.client.models import RunRequest


@runtime_checkable
class ResumableRuns(Protocol):
    """Can follow a run that was started before."""

    def resume_run(self, run_id: str, request: RunRequest) -> AsyncGenerator[RunEvent, None]:
        """Follow a run from its first event, up to its end or to where it waits; as `AgentClient.run` does.

        Args:
            run_id: The run.
            request: What was sent, as far as that is known; with the platform's own id of the conversation.
        """
