"""`athena-tui conversations`: the conversations of this profile."""

from __future__ import annotations

import argparse
import asyncio

from athena_tui.cli.connection import connected
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.client.models import JsonObject


def run(arguments: argparse.Namespace) -> int:
    """Print every conversation; the process's exit status."""
    return reported(lambda: asyncio.run(_conversations(arguments)))


async def _conversations(arguments: argparse.Namespace) -> int:
    records: list[JsonObject] = []
    async with connected(arguments, conversations=True) as (client, _):
        cursor: str | None = None
        while True:
            page = await client.conversations(cursor, limit=100)
            records += [
                {
                    "id": item.id,
                    "title": item.title,
                    "agent_id": item.agent_id,
                    "archived": item.archived,
                    "updated_at": item.updated_at.isoformat() if item.updated_at else None,
                }
                for item in page.items
            ]
            cursor = page.next_cursor
            if cursor is None:
                break
    print_records(records, as_json=arguments.json)
    return ExitStatus.COMPLETED
