"""By which way a copy goes, and what is said about it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from athena_tui.tui.clipboard import Clipboard, run_command


class Machine:
    """A machine with some commands."""

    def __init__(self, *commands: str, failing: str = "") -> None:
        self.commands = commands
        self.failing = failing
        self.ran: list[tuple[str, ...]] = []
        self.given: list[bytes] = []
        self.sent: list[str] = []

    async def run(self, command: Sequence[str], data: bytes) -> bool:
        self.ran.append(tuple(command))
        self.given.append(data)
        return command[0] != self.failing

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.commands else None

    def clipboard(self, environment: Mapping[str, str]) -> Clipboard:
        return Clipboard(environment, self.sent.append, run=self.run, which=self.which)


async def test_a_local_tool_is_used_and_named() -> None:
    machine = Machine("wl-copy")
    result = await machine.clipboard({"WAYLAND_DISPLAY": "wayland-0"}).copy("héllo", "the code")
    assert machine.ran == [("wl-copy",)]
    assert machine.given == ["héllo".encode()]
    assert result.how == "Copied the code to the clipboard with wl-copy."
    assert machine.sent == ["héllo"]


async def test_over_ssh_only_the_terminal_can_reach_the_reader() -> None:
    machine = Machine("wl-copy", "xclip")
    result = await machine.clipboard({"SSH_TTY": "/dev/pts/0", "DISPLAY": ":0"}).copy("x")
    assert machine.ran == []
    assert machine.sent == ["x"]
    assert "OSC 52" in result.how
    assert "Copied" not in result.how


async def test_inside_tmux_the_buffer_is_filled() -> None:
    machine = Machine()
    result = await machine.clipboard({"TMUX": "/tmp/tmux", "SSH_CONNECTION": "a b"}).copy("x")  # noqa: S108 - a value
    assert machine.ran == [("tmux", "load-buffer", "-w", "-")]
    assert result.how == "Copied text to the tmux buffer."


async def test_what_fails_is_not_claimed() -> None:
    machine = Machine("xclip", failing="xclip")
    result = await machine.clipboard({"DISPLAY": ":0"}).copy("x")
    assert "xclip" not in result.how


async def test_what_is_too_long_for_the_terminal_goes_to_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    machine = Machine()
    text = "long " * 20_000
    result = await machine.clipboard({}).copy(text)
    assert machine.sent == []
    assert result.path is not None
    assert result.path.parent == tmp_path
    assert result.path.read_text() == text
    assert str(result.path) in result.how


async def test_what_is_too_long_for_the_terminal_needs_no_file_beside_a_tool() -> None:
    machine = Machine("pbcopy")
    result = await machine.clipboard({}).copy("long " * 20_000)
    assert result.path is None
    assert machine.sent == []


async def test_a_command_gets_its_input(tmp_path: Path) -> None:
    target = tmp_path / "got"
    script = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_bytes(sys.stdin.buffer.read())"
    assert await run_command((sys.executable, "-c", script), b"data")
    assert target.read_bytes() == b"data"


async def test_a_command_that_is_missing_or_fails_says_so() -> None:
    assert not await run_command(("no-such-command-here",), b"")
    assert not await run_command((sys.executable, "-c", "raise SystemExit(3)"), b"")
