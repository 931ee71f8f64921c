"""What a terminal at the other end of a network is sent while an answer streams."""

from __future__ import annotations

import tempfile

from tests.benchmarks.markdown_kinds import mixed
from tests.benchmarks.markdown_streaming import text_of
from tests.benchmarks.terminal import cpu_seconds, environment
from tests.end_to_end.terminal import COMMAND, Terminal

_ECHO = "agent:echo0000000000000000"
_TOKENS = 1000
_FAR = {"SSH_TTY": "/dev/pts/9"}


def streamed(text: str, *, far: bool, sidebar: bool) -> tuple[int, float]:
    """Bytes and processor seconds that a streamed answer takes."""
    with tempfile.TemporaryDirectory() as home:
        variables = environment(home) | (_FAR if far else {})
        with Terminal([COMMAND, "--sandbox", "--agent", _ECHO], variables) as terminal:
            terminal.wait_for("● live")
            if not sidebar:
                terminal.press_alone("\x02")
                terminal.wait_gone("ctrl+n")
            terminal.paste(text)
            terminal.wait_for("lines")
            terminal.wait_quiet()
            seen, before = len(terminal.received), cpu_seconds(terminal.process.pid)
            terminal.press_alone("\r")
            terminal.wait_for("tok ·")
            terminal.wait_quiet()
            return len(terminal.received) - seen, cpu_seconds(terminal.process.pid) - before


def measure() -> list[tuple[str, float, str]]:
    """The rows of the table."""
    text = text_of(mixed, _TOKENS)
    size = len(text.encode())
    rows: list[tuple[str, float, str]] = []
    for sidebar, where in ((True, "with the sidebar"), (False, "without the sidebar")):
        near, near_cpu = streamed(text, far=False, sidebar=sidebar)
        far, far_cpu = streamed(text, far=True, sidebar=sidebar)
        rows += [
            (f"bytes for {_TOKENS:,} streamed tokens, {where}", near / size, f"the text, {size:,} bytes"),
            (f"the same over SSH, {where}", far / size, f"the text; {near / far:.1f} times fewer than near by"),
            (f"processor for that, {where}", far_cpu / near_cpu, f"near by, {near_cpu:.2f} s"),
        ]
    return rows
