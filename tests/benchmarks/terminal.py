"""What a person feels: the first frame, keys while text streams, and an app that is left alone."""

from __future__ import annotations

import os
import random
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.end_to_end.terminal import COMMAND, Terminal

_STARTS = 11
_ROUNDS = 4
"""How often idle and streaming take turns, so that what else the machine does falls on both."""
_KEYS = 50
"""Keys in a turn."""
_IDLE_SECONDS = 4.0
_PATIENCE = 30.0
_METRONOME = "agent:metronome00000000000"
_LETTER = "ж"
_EMPTY = "sk anything"
"""What the composer says once the letter is gone again; the cursor stands on what is before it."""


class Listener(Terminal):
    """Notes when bytes arrive and parses none of them: that takes longer than the programs take to write them."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._arrivals: list[tuple[int, float]] = []
        super().__init__(command, environment)

    def wait_bytes(self, wanted: str, start: int = 0) -> float:
        """When a text arrived among the bytes from an offset on, by `time.perf_counter`.

        Raises:
            TimeoutError: It did not arrive.
        """
        sought = wanted.encode()
        deadline = time.monotonic() + _PATIENCE
        with self._changed:
            while (found := self.received.find(sought, start)) < 0:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"never written: {wanted}")
                self._changed.wait(0.5)
            end = found + len(sought)
            return next(moment for length, moment in self._arrivals if length >= end)

    def wait_length(self, length: int) -> None:
        """Wait until the program has written so many bytes in all.

        Raises:
            TimeoutError: It has not.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.received) >= length, _PATIENCE):
                raise TimeoutError(f"never written: {length:,} bytes")

    def _read(self) -> None:
        while not self._ended:
            if not select.select([self._main], [], [], 0.1)[0]:
                continue
            now = time.perf_counter()
            try:
                data = os.read(self._main, 65536)
            except OSError:
                return
            with self._changed:
                self.received += data
                self._arrivals.append((len(self.received), now))
                self._changed.notify_all()


def environment(home: str) -> dict[str, str]:
    """The environment of a new user with a good terminal; bytecode is kept, as an installed copy keeps it."""
    return {
        "HOME": home,
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }


def first_frame(command: Sequence[str], marker: str, home: str) -> float:
    """Seconds from the start of a program to its marker among the bytes it writes."""
    started = time.perf_counter()
    with Listener(command, environment(home)) as terminal:
        return terminal.wait_bytes(marker) - started


def key_latencies(terminal: Listener, moments: random.Random) -> list[float]:
    """Seconds from a key to its letter among the bytes the program writes, for keys pressed at random moments."""
    taken: list[float] = []
    for _ in range(_KEYS):
        # A pause, not a wait: keys have to fall on every part of a frame.
        time.sleep(moments.uniform(0.02, 0.06))
        seen = len(terminal.received)
        started = time.perf_counter()
        terminal.type(_LETTER)
        taken.append(terminal.wait_bytes(_LETTER, seen) - started)
        seen = len(terminal.received)
        terminal.press_alone("\x7f")
        terminal.wait_bytes(_EMPTY, seen)
    return taken


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def slowest(taken: list[float]) -> float:
    """The 95th of a hundred."""
    return statistics.quantiles(taken, n=20)[-1]


def measure() -> list[tuple[str, float, str]]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as home:
        app = [COMMAND, "--sandbox"]
        return [_first_frames(app, home), *_running(app, home)]


def _first_frames(app: list[str], home: str) -> tuple[str, float, str]:
    minimal = [sys.executable, "-m", "tests.benchmarks.minimal_chat"]
    ours, theirs = [], []
    for _ in range(_STARTS + 1):
        ours.append(first_frame(app, "sk anything", home))  # the cursor stands on the first letter
        theirs.append(first_frame(minimal, "ready", home))
    # The first of each compiles and fills caches.
    ratio = statistics.median(ours[1:]) / statistics.median(theirs[1:])
    note = f"a minimal Textual chat layout, {statistics.median(theirs[1:]) * 1000:.0f} ms; {_STARTS} starts of each"
    return ("first frame", ratio, note)


def _running(app: list[str], home: str) -> list[tuple[str, float, str]]:
    idle: list[float] = []
    streaming: list[float] = []
    moments = random.Random(0)
    with Listener([*app, "--agent", _METRONOME], environment(home)) as terminal:
        terminal.wait_bytes("● live")
        terminal.wait_quiet()
        before, seen, began = cpu_seconds(terminal.process.pid), len(terminal.received), time.monotonic()
        terminal.wait_quiet(_IDLE_SECONDS)
        idle_cpu = (cpu_seconds(terminal.process.pid) - before) / (time.monotonic() - began)
        idle_bytes = len(terminal.received) - seen
        for _ in range(_ROUNDS):
            idle += key_latencies(terminal, moments)
            seen = len(terminal.received)
            terminal.type("20000 tokens at 500/s")
            terminal.wait_bytes("500/s", seen)
            terminal.press_alone("\r")
            terminal.wait_bytes(" stop", seen)
            terminal.wait_length(len(terminal.received) + 50_000)  # a screen full of tokens
            streaming += key_latencies(terminal, moments)
            terminal.press_alone("\x1b")
            terminal.wait_quiet()
    label = "key to screen while 500 tokens a second stream, p95"
    note = f"idle, {slowest(idle) * 1000:.1f} ms; {len(idle)} keys each, in turns"
    return [
        (label, slowest(streaming) / slowest(idle), note),
        ("processor while idle", idle_cpu, "one core"),
        ("bytes written while idle", float(idle_bytes), f"none, in {_IDLE_SECONDS:.0f} s"),
    ]
