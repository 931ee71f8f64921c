"""`athena-tui keys`: create, rotate and revoke keys where the platform lets its customers do that."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from athena_tui.cli.connection import connected
from athena_tui.cli.exit_status import ExitStatus
from athena_tui.cli.failures import reported
from athena_tui.client.errors import Unsupported
from athena_tui.client.management import ApiKeys, IssuedKey
from athena_tui.client.protocol import Feature


def run(arguments: argparse.Namespace) -> int:
    """Manage a key; the process's exit status."""
    if arguments.action != "create" and not arguments.key_id:
        sys.stderr.write(f"athena-tui keys: {arguments.action} needs the id of a key\n")
        return ExitStatus.WRONG_USAGE
    return reported(lambda: asyncio.run(_manage(arguments)))


async def _manage(arguments: argparse.Namespace) -> int:
    async with connected(arguments) as (client, _):
        if not isinstance(client, ApiKeys):
            raise Unsupported(client.capabilities.reason(Feature.API_KEYS) or "This platform manages keys elsewhere.")
        match arguments.action:
            case "create":
                _show(await client.create_api_key(arguments.name), as_json=arguments.json)
            case "rotate":
                _show(await client.rotate_api_key(arguments.key_id), as_json=arguments.json)
            case _:
                await client.revoke_api_key(arguments.key_id)
                sys.stderr.write(f"· {arguments.key_id} is revoked\n")
    return ExitStatus.COMPLETED


def _show(issued: IssuedKey, *, as_json: bool) -> None:
    """The secret goes to stdout, once, so that it can be piped to where it is kept."""
    if as_json:
        record = {"key_id": issued.key_id, "credential": issued.credential, "name": issued.name}
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    sys.stderr.write(f"· {issued.key_id}; the platform shows its secret only this once:\n")
    sys.stdout.write(f"{issued.credential}\n")
