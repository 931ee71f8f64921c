"""The sandbox as a process: its announcement, its end, and what starting it costs."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from athena_tui.sandbox.process import SandboxFailed, SandboxProcess
from athena_tui.sandbox.state import DATABASE_NAME

_PARENT = """
import asyncio, json, sys
from athena_tui.sandbox.process import SandboxProcess

async def main():
    async with SandboxProcess(pace=0) as sandbox:
        print(json.dumps(sandbox.announcement), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def gone(url: str) -> bool:
    """Wait until nothing answers there any more."""
    async with httpx.AsyncClient() as http:
        while True:
            try:
                await http.get(url)
            except httpx.TransportError:
                return True


async def test_it_starts_announces_itself_answers_and_stops(tmp_path: Path) -> None:
    sandbox = SandboxProcess(tmp_path / "data", seed=5, pace=0.0, credits=12.0)
    assert sandbox.announcement == {}
    async with sandbox, httpx.AsyncClient() as http:
        assert set(sandbox.announcement) == {"athena", "atthene", "tenfive"}
        for described in sandbox.announcement.values():
            assert described["base_url"].startswith("http://127.0.0.1:")
            assert described["api_key"]
            assert all(agent["id"] and agent["name"] for agent in described["agents"])
        athena = sandbox.announcement["athena"]
        answer = await http.get(f"{athena['base_url']}/my/credits", headers={"X-API-Key": athena["api_key"]})
        assert answer.json()["data"]["active_credits"] == 12.0
    assert (tmp_path / "data" / DATABASE_NAME).exists()
    assert await gone(athena["base_url"])


async def test_it_ends_with_its_parent() -> None:
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", _PARENT, stdout=asyncio.subprocess.PIPE)
    assert parent.stdout is not None
    announcement = json.loads(await parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    await parent.wait()
    assert await gone(announcement["athena"]["base_url"])


async def test_a_bad_option_is_explained() -> None:
    with pytest.raises(SandboxFailed, match="'nonsense' is no fault"):
        await SandboxProcess(faults="nonsense").start()


async def test_a_port_in_use_is_explained() -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        command = [sys.executable, "-m", "athena_tui", "sandbox", f"--port={port}"]
        child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        output, log = await child.communicate()
    assert child.returncode == 1
    assert output == b""
    assert f"cannot listen on 127.0.0.1:{port}".encode() in log


async def test_an_interrupt_ends_it_and_standard_output_is_one_line() -> None:
    command = [sys.executable, "-m", "athena_tui", "sandbox", "--pace=0"]
    child = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    athena = json.loads(await child.stdout.readline())["athena"]
    async with httpx.AsyncClient() as http:
        await http.get(f"{athena['base_url']}/my/credits", headers={"X-API-Key": athena["api_key"]})
    child.send_signal(signal.SIGINT)
    output, log = await child.communicate()
    assert output == b""
    assert b"GET /athena/my/credits" in log
    assert athena["api_key"].encode() not in log
    assert b"Traceback" not in log
    assert child.returncode == 130


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("athena_tui.sandbox.process", "starlette uvicorn httpx pydantic textual sqlite3 athena_tui.client"),
        ("athena_tui.sandbox.command", "starlette uvicorn httpx pydantic textual sqlite3 asyncio athena_tui.client"),
        ("athena_tui.sandbox.server", "textual rich httpx athena_tui.client athena_tui.tui athena_tui.chat"),
    ],
)
def test_what_starting_it_loads(module: str, forbidden: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({forbidden!r}.split()) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
