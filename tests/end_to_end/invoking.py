"""Runs the installed command as a program would."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.end_to_end.terminal import COMMAND

PATIENCE = 50

ECHO = "agent:echo0000000000000000"
ANALYST = "agent:ledgeranalyst0000000"
GATEKEEPER = "agent:gatekeeper0000000000"
BRITTLE = "agent:brittle0000000000000"
METRONOME = "agent:metronome00000000000"
SORTER = "agent:sorter00000000000000"


def run(environment: dict[str, str], *arguments: str, piped: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment,
        input=piped,
        stdin=subprocess.DEVNULL if piped is None else None,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def objects(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]
