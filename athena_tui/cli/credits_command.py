"""`athena-tui credits`: the balance."""

from __future__ import annotations

import argparse
import asyncio

from athena_tui.cli.connection import connected
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records


def run(arguments: argparse.Namespace) -> int:
    """Print the balance; the process's exit status."""
    return reported(lambda: asyncio.run(_credits(arguments)))


async def _credits(arguments: argparse.Namespace) -> int:
    async with connected(arguments) as (client, _):
        balance = await client.credits()
    refresh = balance.next_refresh_at.isoformat() if balance.next_refresh_at else None
    record = {"active": balance.active, "frozen": balance.frozen, "inactive": balance.inactive}
    print_records([{**record, "next_refresh_at": refresh}], as_json=arguments.json)
    return ExitStatus.COMPLETED
