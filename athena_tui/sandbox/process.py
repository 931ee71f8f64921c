"""The sandbox as a child process, so that the screen never shares an interpreter with the server.

Imports the standard library only: starting a sandbox must not cost the parent its quick start.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any

_START_SECONDS = 20.0
_STOP_SECONDS = 5.0
_LONGEST_REASON = 300


class SandboxFailed(Exception):
    """The sandbox ended, or said nothing, before it was ready; the message holds the last line of its log."""


class SandboxProcess:
    """A sandbox of its own. It ends with `stop`, and by itself when this process dies.

    Either `start` and `stop` it, or use it as an asynchronous context manager. Options that are `None` stay at the
    command's defaults.

    Args:
        data_directory: Where it keeps its data; `None` keeps everything in memory.
        seed: Makes ids, times and answers repeatable.
        pace: Factor on every delay.
        faults: What goes wrong, in the grammar of the command's `--fault`.
        credits: Balance to start with.
    """

    def __init__(
        self,
        data_directory: Path | None = None,
        *,
        seed: int | None = None,
        pace: float | None = None,
        faults: str | None = None,
        credits: float | None = None,  # noqa: A002  what the option is called everywhere else
    ) -> None:
        given = {"--data-dir": data_directory, "--seed": seed, "--pace": pace, "--fault": faults, "--credits": credits}
        self._arguments = [f"{option}={value}" for option, value in given.items() if value is not None]
        if data_directory is None:
            self._arguments.append("--ephemeral")
        self._process: asyncio.subprocess.Process | None = None
        self.announcement: dict[str, dict[str, Any]] = {}
        """For each platform its `base_url`, `api_key`, `agents` and what else a client needs; empty before `start`."""

    async def start(self) -> None:
        """Start it on a free loopback port.

        Raises:
            SandboxFailed: It was not ready within twenty seconds.
        """
        with tempfile.TemporaryFile() as log:
            process = await _spawn(self._arguments, log)
            self.announcement = await _announcement(process, log)
        self._process = process

    async def stop(self) -> None:
        """End it: ask first, insist after five seconds."""
        process, self._process = self._process, None
        if process is not None:
            await _end(process)

    async def __aenter__(self) -> SandboxProcess:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()


async def _spawn(arguments: Sequence[str], log: IO[bytes]) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "athena_tui",
        "sandbox",
        "--port=0",
        "--quiet",
        "--exit-with-parent",
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=log,
        # Ctrl+C in the terminal is the parent's to handle; it then closes our standard input.
        start_new_session=sys.platform != "win32",
        limit=1 << 20,
    )


async def _announcement(process: asyncio.subprocess.Process, log: IO[bytes]) -> dict[str, dict[str, Any]]:
    if process.stdout is None:
        raise TypeError("the child was started without a pipe")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        announcement: dict[str, dict[str, Any]] = json.loads(line)
    except (TimeoutError, ValueError) as error:
        await _end(process)
        raise SandboxFailed(f"The sandbox did not start. {_last_line(log)}".strip()) from error
    except BaseException:
        await _end(process)
        raise
    return announcement


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def _last_line(log: IO[bytes]) -> str:
    """The last thing it said, which in a traceback is the part that people can read."""
    log.seek(0)
    lines = [line for line in log.read().decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip()[:_LONGEST_REASON] if lines else ""
