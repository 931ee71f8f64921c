"""`athena-tui agents`: the agents one can talk to."""

from __future__ import annotations

import argparse
import asyncio

from athena_tui.cli.connection import connected
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.client.models import JsonObject


def run(arguments: argparse.Namespace) -> int:
    """Print every agent; the process's exit status."""
    return reported(lambda: asyncio.run(_agents(arguments)))


async def _agents(arguments: argparse.Namespace) -> int:
    records: list[JsonObject] = []
    async with connected(arguments) as (client, _):
        cursor: str | None = None
        while True:
            page = await client.agents(cursor)
            records += [
                {"id": agent.id, "name": agent.name, "price": agent.price, "description": agent.description}
                for agent in page.items
            ]
            cursor = page.next_cursor
            if cursor is None:
                break
    print_records(records, as_json=arguments.json)
    return ExitStatus.COMPLETED
