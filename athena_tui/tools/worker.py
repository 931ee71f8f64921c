"""Runs one handler beside the event loop, in a thread that nobody has to wait for."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import copy_context
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Worker(Generic[T]):
    """A daemon thread that does one piece of work and reports what it returned to the loop that started it.

    The thread is a daemon and not one of an executor's, because the interpreter waits for those at exit and a handler
    may hang for ever.

    Args:
        work: What to do. It gets a function that finishes a call: it returns the value as it is or, where the handler
            was async, runs the coroutine on a loop of this thread. It must not raise.
    """

    def __init__(self, work: Callable[[Callable[[object], object]], T], name: str) -> None:
        self._work = work
        self._caller = asyncio.get_running_loop()
        self.finished: asyncio.Future[T] = self._caller.create_future()
        self._lock = threading.Lock()
        self._stopped = False
        self._task: asyncio.Task[object] | None = None
        self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> bool:
        """Ask the handler to stop. Only an async one can: for others the answer is false and the thread goes on."""
        with self._lock:
            self._stopped = True
            if self._task is None:
                return False
            with suppress(RuntimeError):  # its loop is closed: it has just ended by itself
                self._task.get_loop().call_soon_threadsafe(self._task.cancel)
            return True

    def _run(self) -> None:
        result = self._work(self._finish)
        with suppress(RuntimeError):  # the caller's loop is closed: nobody is interested any more
            self._caller.call_soon_threadsafe(self._report, result)

    def _report(self, result: T) -> None:
        if not self.finished.done():
            self.finished.set_result(result)

    def _finish(self, value: object) -> object:
        return asyncio.run(self._drive(value)) if inspect.iscoroutine(value) else value

    async def _drive(self, coroutine: Coroutine[Any, Any, object]) -> object:
        with self._lock:
            if self._stopped:
                coroutine.close()
                raise asyncio.CancelledError
            self._task = asyncio.current_task()
        try:
            return await coroutine
        finally:
            with self._lock:
                self._task = None
