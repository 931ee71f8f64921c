"""`athena-tui usage`: what was used, period by period, where the platform reports that."""

from __future__ import annotations

import argparse
import asyncio
from datetime import UTC, datetime, timedelta

from athena_tui.cli.connection import connected
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.cli.lists import print_records
from athena_tui.client.errors import Unsupported
from athena_tui.client.management import Granularity, UsageQuery, UsageReports
from athena_tui.client.models import JsonObject
from athena_tui.client.protocol import Feature


def run(arguments: argparse.Namespace) -> int:
    """Print the report; the process's exit status."""
    return reported(lambda: asyncio.run(_report(arguments)))


async def _report(arguments: argparse.Namespace) -> int:
    since = datetime.now(UTC) - timedelta(days=arguments.days)
    async with connected(arguments) as (client, _):
        if not isinstance(client, UsageReports):
            raise Unsupported(client.capabilities.reason(Feature.USAGE_REPORT) or "This platform reports no usage.")
        report = await client.usage_report(UsageQuery(Granularity(arguments.granularity), start=since))
    records: list[JsonObject] = [
        {
            "period": item.period_start.isoformat() if item.period_start else None,
            "kind": item.event_type,
            "quantity": item.quantity,
            "count": item.count,
        }
        for item in report.items
    ]
    print_records(records, as_json=arguments.json)
    return ExitStatus.COMPLETED
