"""What a person feels: the first frame, keys while text streams, and an app that is left alone."""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.end_to_end.terminal import COMMAND, Terminal

_ROUNDS = 5
_KEYS = 60
_IDLE_SECONDS = 4.0
_METRONOME = "agent:metronome00000000000"
_LETTER = "ж"


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
    """Seconds from the start of a program to its marker on the screen."""
    started = time.perf_counter()
    with Terminal(command, environment(home)) as terminal:
        terminal.wait_for(marker)
        return time.perf_counter() - started


def key_latency(terminal: Terminal) -> float:
    """Seconds from a key to its letter among the bytes the program writes: the 95th of a hundred."""
    taken: list[float] = []
    letter = _LETTER.encode()
    for _ in range(_KEYS):
        seen = len(terminal.received)
        started = time.perf_counter()
        terminal.type(_LETTER)
        while letter not in terminal.received[seen:]:
            if time.perf_counter() - started > 10:
                raise TimeoutError("the key never came back")
            time.sleep(0.0005)  # waiting for the screen instead would measure the test's own parser
        taken.append(time.perf_counter() - started)
        terminal.press_alone("\x7f")
    return statistics.quantiles(taken, n=20)[-1]


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure() -> list[tuple[str, float, str]]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as home:
        app = [COMMAND, "--sandbox"]
        minimal = [sys.executable, "-m", "tests.benchmarks.minimal_chat"]
        first_frame(app, "Ask anything", home)
        first_frame(minimal, "ready", home)
        ours, theirs = [], []
        for _ in range(_ROUNDS):
            ours.append(first_frame(app, "Ask anything", home))
            theirs.append(first_frame(minimal, "ready", home))
        rows = [
            (
                "first frame",
                statistics.median(ours) / statistics.median(theirs),
                f"a minimal Textual chat layout, {statistics.median(theirs) * 1000:.0f} ms",
            )
        ]
        with Terminal([*app, "--agent", _METRONOME], environment(home)) as terminal:
            terminal.wait_for("● live")
            terminal.wait_quiet()
            before, seen = cpu_seconds(terminal.process.pid), len(terminal.received)
            time.sleep(_IDLE_SECONDS)  # what is measured is a stretch of time in which nobody does anything
            idle_cpu = (cpu_seconds(terminal.process.pid) - before) / _IDLE_SECONDS
            idle_bytes = len(terminal.received) - seen
            idle = key_latency(terminal)
            terminal.type("20000 tokens at 500/s")
            terminal.wait_for("500/s")
            terminal.press_alone("\r")
            terminal.wait_for("esc stop")
            terminal.wait_until(lambda screen: len(screen.split()) > 300, "a screen full of tokens")
            streaming = key_latency(terminal)
        rows += [
            ("key to screen while 500 tokens a second stream, p95", streaming / idle, f"idle, {idle * 1000:.1f} ms"),
            ("processor while idle", idle_cpu, "one core"),
            ("bytes written while idle", float(idle_bytes), f"none, in {_IDLE_SECONDS:.0f} s"),
        ]
        return rows
