"""Tries a connection with the cheapest thing that needs the key and costs nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from athena_tui.client.management import UsageQuery, UsageReports
from athena_tui.client.protocol import AgentClient, Feature


async def try_key(client: AgentClient) -> str | None:
    """What the platform answered, in a few words; `None` where it offers nothing that would test the key.

    Args:
        client: The platform's own client.

    Raises:
        ClientError: It refused, or could not be reached.
    """
    if client.capabilities.has(Feature.CREDITS):
        return f"{(await client.credits()).active:g} credits"
    if client.capabilities.has(Feature.AGENTS):
        count = len((await client.agents()).items)
        return "1 agent" if count == 1 else f"{count} agents"
    if isinstance(client, UsageReports):
        await client.usage_report(UsageQuery(start=datetime.now(UTC)))
        return "the usage can be read"
    if client.capabilities.has(Feature.CONVERSATIONS):
        await client.conversations(limit=1)
        return "the conversations can be read"
    return None
