from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest

from athena_tui.tools import tool
from athena_tui.tools.runner import ToolError
from athena_tui.tools.worker import Worker
from tests.tools.calling import PATIENCE, call, code_of


async def test_a_handler_that_takes_too_long_is_reported_honestly() -> None:
    release, ended = threading.Event(), threading.Event()

    @tool(timeout=0.01)
    def hang() -> None:
        release.wait(PATIENCE)
        ended.set()

    result = await call(hang)
    assert code_of(result) == ToolError.TIMEOUT
    assert "cannot be stopped" in str(result.problem)
    assert not ended.is_set()
    release.set()
    assert await asyncio.to_thread(ended.wait, PATIENCE)


async def test_an_async_handler_that_takes_too_long_is_stopped() -> None:
    stopped = threading.Event()

    @tool
    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    # The limit is the runner's own here; it is long enough for the handler to have begun.
    result = await call(hang, timeout=0.5)
    assert code_of(result) == ToolError.TIMEOUT
    assert "told to stop" in str(result.problem)
    assert await asyncio.to_thread(stopped.wait, PATIENCE)


async def test_cancelling_stops_an_async_handler() -> None:
    began, stopped = threading.Event(), threading.Event()

    @tool
    async def hang() -> None:
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    task = asyncio.create_task(call(hang))
    assert await asyncio.to_thread(began.wait, PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await asyncio.to_thread(stopped.wait, PATIENCE)


async def test_cancelling_lets_go_of_a_plain_handler() -> None:
    began, release, ended = threading.Event(), threading.Event(), threading.Event()

    @tool
    def hang() -> None:
        began.set()
        release.wait(PATIENCE)
        ended.set()

    task = asyncio.create_task(call(hang))
    assert await asyncio.to_thread(began.wait, PATIENCE)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not ended.is_set()
    release.set()
    assert await asyncio.to_thread(ended.wait, PATIENCE)


def test_a_handler_that_hangs_does_not_keep_the_program_alive() -> None:
    program = """
import asyncio, threading
from athena_tui.tools import tool
from athena_tui.tools.runner import ToolRunner

@tool(timeout=0.01)
def hang() -> None:
    threading.Event().wait()

print(asyncio.run(ToolRunner([hang]).run("hang", {})).outcome)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=True)
    assert (done.stdout, done.stderr) == ("error\n", "")


async def test_a_machine_without_threads_to_spare_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    @tool
    def work() -> None: ...

    monkeypatch.setattr(threading.Thread, "start", refuse)
    result = await call(work)
    assert code_of(result) == ToolError.HANDLER_FAILED
    assert result.problem == "work could not be started: can't start new thread"


async def test_an_async_handler_is_not_begun_after_it_was_given_up() -> None:
    checking, release, ended = threading.Event(), threading.Event(), threading.Event()
    begun: list[bool] = []

    async def handler() -> None:
        begun.append(True)

    def work(finish: Callable[[object], object]) -> None:
        checking.set()
        release.wait(PATIENCE)
        with suppress(asyncio.CancelledError):
            finish(handler())
        ended.set()

    worker = Worker(work, "worker")
    worker.start()
    assert await asyncio.to_thread(checking.wait, PATIENCE)
    assert not worker.stop()
    release.set()
    assert await asyncio.to_thread(ended.wait, PATIENCE)
    assert begun == []
