"""How `ask` sees a run through."""

from __future__ import annotations

import argparse
import asyncio

from athena_tui.chat.session import Session, SessionOptions
from athena_tui.cli.ask_command import _send
from athena_tui.client.events import RunFailed, RunStarted
from tests.chat.scripted_client import ScriptedClient


async def test_a_run_that_takes_too_long_is_cancelled_before_the_connection_is_closed() -> None:
    class SlowToHear(ScriptedClient):
        async def cancel(self, run_id: str) -> None:
            await asyncio.to_thread(str)
            await super().cancel(run_id)

    client = SlowToHear([RunStarted("run:1"), asyncio.Event()])
    session = Session(client, SessionOptions("agent:1", attended=False))
    arguments = argparse.Namespace(timeout=0.3, idempotency_key=None)
    end = await _send(arguments, session, "hello", {}, ())
    assert isinstance(end, RunFailed)
    assert end.code == "timeout"
    assert client.cancelled == ["run:1"]
