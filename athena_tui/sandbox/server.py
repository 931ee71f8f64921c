"""Running the sandbox: as a process of its own, or inside a test."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import uvicorn

from athena_tui.sandbox.app import create_app, describe
from athena_tui.sandbox.json_text import JsonObject, encode
from athena_tui.sandbox.options import SandboxOptions
from athena_tui.sandbox.state import SandboxState

__all__ = ["RunningSandbox", "SandboxOptions", "serve"]


class _Server(uvicorn.Server):
    """Tells when it is ready, ends open streams before it waits for them, and leaves the signals alone when asked."""

    def __init__(self, config: uvicorn.Config, state: SandboxState, *, signals: bool) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self._state = state
        self._signals = signals

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if not self._signals:
            yield
            return
        with super().capture_signals():
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.end_streams()
        await super().shutdown(sockets)


class RunningSandbox:
    """A sandbox on a loopback port inside this event loop, for the length of an `async with`."""

    def __init__(self, options: SandboxOptions | None = None, *, signals: bool = False) -> None:
        self._options = options or SandboxOptions()
        self.state = SandboxState.open(self._options)
        self._socket = socket.socket(socket.AF_INET6 if ":" in self._options.host else socket.AF_INET)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((self._options.host, self._options.port))
        host = f"[{self._options.host}]" if ":" in self._options.host else self._options.host
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(self.state),
            log_config=None,
            lifespan="off",
            ws="none",
            server_header=False,
            date_header=self._options.seed is None,
            timeout_graceful_shutdown=3,
        )
        self._server = _Server(config, self.state, signals=signals)
        self._task: asyncio.Task[None] | None = None

    @property
    def description(self) -> JsonObject:
        """Base URLs, keys and agents of each platform."""
        return describe(self.state, self.url)

    def stop(self) -> None:
        """Ask the server to end."""
        self._server.should_exit = True

    async def finished(self) -> None:
        """Wait until the server ended."""
        if self._task is not None:
            await self._task

    async def __aenter__(self) -> RunningSandbox:
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        await self._server.ready.wait()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        try:
            await self.finished()
        finally:
            self._socket.close()
            self.state.close()


async def serve(options: SandboxOptions, *, exit_with_parent: bool = False) -> None:
    """Run until interrupted. Prints one JSON line with base URLs, keys and agents; everything else goes to the log.

    Args:
        options: How the sandbox behaves.
        exit_with_parent: End when standard input ends, as it does when the parent process dies.
    """
    async with RunningSandbox(options, signals=True) as sandbox:
        sys.stdout.write(encode(sandbox.description) + "\n")
        sys.stdout.flush()
        if exit_with_parent:
            _when_input_ends(asyncio.get_running_loop(), sandbox)
        await sandbox.finished()


def _when_input_ends(loop: asyncio.AbstractEventLoop, sandbox: RunningSandbox) -> None:
    def watch() -> None:
        # `os.read`, because a thread inside `sys.stdin` would hold its lock while the interpreter shuts down.
        while os.read(0, 4096):
            pass
        loop.call_soon_threadsafe(sandbox.stop)

    threading.Thread(target=watch, name="sandbox-parent", daemon=True).start()
