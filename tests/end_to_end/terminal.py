"""A real pseudo-terminal with a program in it, as a person sees and types into it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

COMMAND = str(Path(sys.executable).parent / "athena-tui")
"""The installed command."""

_PATIENCE = 40.0
_MOMENT = 0.05
_UNFINISHED = re.compile(rb"\x1b(\[[0-9;:<=>?]*)?$")
# pyte takes the private forms of these for cursor moves and colours; no terminal does.
_PRIVATE = re.compile(rb"\x1b\[[<>=?][0-9;:]*[a-zA-Z]")


class Terminal:
    """Runs a program in a pseudo-terminal and keeps what its screen shows.

    Args:
        command: What to run.
        environment: Its environment.
        size: Columns and lines.
    """

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], size: tuple[int, int] = (120, 40)
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self.received = bytearray()
        """Everything the program wrote."""
        self._ended = False
        self._held = b""
        self._main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        name = os.ttyname(terminal)
        # The shell leads a new session and opens the terminal, which makes it the controlling one.
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" <"$TERMINAL_NAME" >"$TERMINAL_NAME" 2>&1', *command],
            env={**environment, "TERMINAL_NAME": name},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._slave = terminal
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._ended = True
        self._reader.join()
        os.close(self._slave)
        os.close(self._main)

    @property
    def text(self) -> str:
        """What is on the screen, without the blanks at the ends of lines."""
        with self._changed:
            return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def cells(self) -> list[list[pyte.screens.Char]]:
        """What is on the screen, with how it looks."""
        screen = self._screen
        with self._changed:
            return [[screen.buffer[line][column] for column in range(screen.columns)] for line in range(screen.lines)]

    def clear(self) -> None:
        """Empty the screen, as coming back to it from elsewhere does."""
        with self._changed:
            self._screen.erase_in_display(2)

    def type(self, keys: str) -> None:
        """Send keys as a terminal would."""
        os.write(self._main, keys.encode())

    def press_alone(self, key: str) -> None:
        """Press a key after a moment of quiet, so that it is not taken for part of a paste."""
        quiet = threading.Event()
        quiet.wait(_MOMENT)
        self.type(key)

    def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does."""
        self.type(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        with self._changed:
            self._screen.resize(lines, columns)
        fcntl.ioctl(self._main, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.killpg(self.process.pid, signal.SIGWINCH)

    def wait_until(self, condition: Callable[[str], bool], what: str) -> str:
        """Wait until the screen is as wanted; the screen then."""
        deadline = time.monotonic() + _PATIENCE
        with self._changed:
            while not condition("\n".join(line.rstrip() for line in self._screen.display)):
                left = deadline - time.monotonic()
                if left <= 0 or (self._ended and self.process.poll() is not None):
                    screen = "\n".join(self._screen.display)
                    raise AssertionError(f"never seen: {what}\n{screen}")
                self._changed.wait(min(left, 0.5))
        return self.text

    def wait_for(self, text: str) -> str:
        """Wait until a text is on the screen; the screen then."""
        return self.wait_until(lambda screen: text in screen, text)

    def wait_gone(self, text: str) -> str:
        """Wait until a text is not on the screen any more; the screen then."""
        return self.wait_until(lambda screen: text not in screen, f"no {text}")

    def wait_quiet(self, seconds: float = 1.0) -> None:
        """Wait until the program has written nothing for a while."""
        deadline = time.monotonic() + _PATIENCE
        with self._changed:
            while self._changed.wait(seconds):
                if time.monotonic() > deadline:
                    raise AssertionError("the program never stopped writing")

    def wait_exit(self) -> int:
        """Wait until the program ended; its exit status."""
        status = self.process.wait(_PATIENCE)
        self._ended = True
        self._reader.join()
        return status

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._main], [], [], 0.1)
            if not ready:
                if self._ended:
                    return
                continue
            try:
                data = os.read(self._main, 65536)
            except OSError:
                return
            with self._changed:
                self.received += data
                self._stream.feed(_PRIVATE.sub(self._private, self._whole(data)))
                self._changed.notify_all()

    def _whole(self, data: bytes) -> bytes:
        """What was read up to an escape sequence that is not complete; that is kept for the next time."""
        data = self._held + data
        cut = _UNFINISHED.search(data)
        self._held = data[cut.start() :] if cut else b""
        return data[: cut.start()] if cut else data

    def _private(self, match: re.Match[bytes]) -> bytes:
        """Keep the private modes that pyte knows, drop the rest."""
        sequence = match[0]
        return sequence if sequence.startswith(b"\x1b[?") and sequence[-1:] in b"hl" else b""
