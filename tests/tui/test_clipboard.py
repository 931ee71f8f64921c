"""By which way a copy goes, and what is said about it."""

from __future__ import annotations

import base64
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
        self.written: list[str] = []

    async def run(self, command: Sequence[str], data: bytes) -> bool:
        self.ran.append(tuple(command))
        self.given.append(data)
        return self.failing not in {command[0], " ".join(command)}

    def which(self, name: str) -> str | None:
        return f"/usr/bin/{name}" if name in self.commands else None

    def clipboard(self, environment: Mapping[str, str]) -> Clipboard:
        return Clipboard(environment, self.sent.append, write=self.written.append, run=self.run, which=self.which)


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
    assert result.how == "Copied text to tmux's buffer, which tmux also offers to the terminal."


async def test_an_old_tmux_keeps_it_to_itself() -> None:
    machine = Machine(failing="tmux load-buffer -w -")
    result = await machine.clipboard({"TMUX": "/tmp/tmux"}).copy("x")  # noqa: S108 - a value
    assert machine.ran[-1] == ("tmux", "load-buffer", "-")
    assert result.how == "Copied text to tmux's buffer."


async def test_inside_tmux_what_is_long_is_not_said_to_reach_the_terminal() -> None:
    machine = Machine()
    result = await machine.clipboard({"TMUX": "/tmp/tmux"}).copy("long " * 20_000)  # noqa: S108 - a value
    assert result.how == "Copied text to tmux's buffer."
    assert machine.sent == []


async def test_a_terminal_inside_tmux_at_the_other_end_is_told_what_it_takes() -> None:
    result = await Machine().clipboard({"SSH_TTY": "/dev/pts/0", "TERM": "tmux-256color"}).copy("x")
    assert "`set-clipboard on`" in result.how


async def test_screen_hands_on_what_is_wrapped_for_it() -> None:
    machine = Machine()
    text = "words " * 1000
    result = await machine.clipboard({"STY": "1.pts-0", "TERM": "screen"}).copy(text)
    assert result.how.startswith("Sent text to the terminal's clipboard")
    pieces = [piece.removeprefix("\x1bP").removesuffix("\x1b\\") for piece in machine.written]
    assert all(len(piece) < 760 for piece in machine.written)
    assert "".join(pieces) == f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"


async def test_the_next_tool_is_tried_where_one_fails() -> None:
    machine = Machine("wl-copy", "xclip", failing="wl-copy")
    result = await machine.clipboard({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}).copy("x")
    assert result.how == "Copied text to the clipboard with xclip."


async def test_windows_gets_its_own_encoding() -> None:
    machine = Machine("clip.exe")
    await machine.clipboard({}).copy("é")
    assert machine.given == ["é".encode("utf-16-le")]


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
