"""Keeps what handlers print away from the screen and from standard output.

`sys.stdout` belongs to the whole process, so it cannot be redirected for one thread only. It is replaced once, by a
stream that asks where the writer runs: inside a `captured_output()` block the text goes to that block's buffer,
everywhere else to the stream that was there before. What passes by: threads a handler starts itself,
and subprocesses and C code, which write to the file descriptors. Handlers should run subprocesses with
`capture_output=True`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TextIO, cast

_MAX_CHARACTERS = 20_000


class CapturedOutput(io.TextIOBase):
    """Holds the first 20,000 characters written to it."""

    def __init__(self) -> None:
        self._chunks: list[str] = []
        self._room = _MAX_CHARACTERS

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Keep the text, or as much of it as there is room for."""
        if kept := text[: self._room]:
            self._chunks.append(kept)
            self._room -= len(kept)
        return len(text)

    @property
    def text(self) -> str:
        """What was written."""
        return "".join(self._chunks)


_current: ContextVar[CapturedOutput | None] = ContextVar("athena_tui_captured_output", default=None)


class _RoutedStream:
    """The buffer of the block that is running, or else the stream it stands for."""

    def __init__(self, original: TextIO | None) -> None:
        self._original = CapturedOutput() if original is None else original

    def __getattr__(self, name: str) -> Any:
        return getattr(_current.get() or self._original, name)


@contextmanager
def captured_output() -> Iterator[CapturedOutput]:
    """Collect what the code inside prints to standard output and standard error."""
    if not isinstance(sys.stdout, _RoutedStream):
        sys.stdout = cast("TextIO", _RoutedStream(sys.stdout))
    if not isinstance(sys.stderr, _RoutedStream):
        sys.stderr = cast("TextIO", _RoutedStream(sys.stderr))
    captured = CapturedOutput()
    token = _current.set(captured)
    try:
        yield captured
    finally:
        _current.reset(token)
