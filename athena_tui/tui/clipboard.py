"""Copying in a way that works where the reader sits, and a truthful word about which way it was.

The terminal's own clipboard sequence (OSC 52) travels over SSH, but tmux and GNU screen drop it by default and many
terminals cut or refuse what is long; a local tool is sure, but reaches only the machine we run on. tmux takes it as a
buffer and hands it on by itself; screen hands on what is wrapped for it.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

OSC52_LIMIT = 74_000
"""Characters of base64 that common terminals take without cutting."""
SCREEN_LIMIT = 500
"""Characters that GNU screen hands on at a time; it drops strings of 768 and more."""
SECONDS = 3.0

Run: TypeAlias = Callable[[Sequence[str], bytes], Awaitable[bool]]

WAYLAND = ("wl-copy",)
X11 = (("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))
ANYWHERE = (("pbcopy",), ("clip.exe",))
WINDOWS = "clip.exe"
"""Reads UTF-16, not UTF-8."""
TMUX = (("tmux", "load-buffer", "-w", "-"), ("tmux", "load-buffer", "-"))
"""The first since tmux 3.2; it also sends the buffer to the terminal."""


@dataclass(frozen=True, slots=True)
class CopyResult:
    """`how` is a sentence for the reader; `path` is set when the text went to a file."""

    how: str
    path: Path | None = None


class Clipboard:
    """Copies text by every way that reaches the reader.

    Args:
        environment: Tells whether we are inside tmux, on a remote machine, or under a window system.
        send: Writes OSC 52 through the terminal driver (`App.copy_to_clipboard`).
        write: Writes a control sequence to the terminal as it is.
        run: Runs a command with bytes on its standard input; whether it succeeded.
        which: Finds a command.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        send: Callable[[str], None],
        *,
        write: Callable[[str], None] = lambda _sequence: None,
        run: Run | None = None,
        which: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._environment = environment
        self._send = send
        self._write = write
        self._run = run or run_command
        self._which = which

    async def copy(self, text: str, what: str = "text") -> CopyResult:
        """Copy a text.

        Args:
            text: What to copy.
            what: How it is called in the sentence for the reader.
        """
        data = text.encode()
        encoded = base64.b64encode(data).decode()
        fits = len(encoded) <= OSC52_LIMIT
        used = [f"the clipboard with {tool}"] if (tool := await self._use_tool(text)) else []
        handed_on = ""
        if self._environment.get("TMUX"):
            with_terminal, alone = TMUX
            if await self._run(with_terminal, data):
                used.append("tmux's buffer")
                handed_on = ", which tmux also offers to the terminal" if fits else ""
            elif await self._run(alone, data):
                used.append("tmux's buffer")
        if fits:
            self._send(text)
            if self._environment.get("STY"):
                for sequence in through_screen(f"\x1b]52;c;{encoded}\x07"):
                    self._write(sequence)
        if used:
            return CopyResult(f"Copied {what} to {' and '.join(used)}{handed_on}.")
        if fits:
            return CopyResult(f"Sent {what} to the terminal's clipboard (OSC 52); {self._doubt()}.")
        path = await asyncio.to_thread(write_file, text)
        return CopyResult(f"Too long for the terminal's clipboard: wrote {what} to {path}.", path)

    def _doubt(self) -> str:
        """Why what was sent may not arrive."""
        term = self._environment.get("TERM", "")
        if term.startswith("tmux") or (term.startswith("screen") and not self._environment.get("STY")):
            return "the tmux in between takes it only with `set-clipboard on`"
        return "not every terminal takes it"

    async def _use_tool(self, text: str) -> str | None:
        """The first tool of this machine that took a text."""
        for tool in self._local_tools():
            data = text.encode("utf-16-le" if tool[0] == WINDOWS else "utf-8")
            if self._which(tool[0]) and await self._run(tool, data):
                return tool[0]
        return None

    def _local_tools(self) -> Sequence[Sequence[str]]:
        env = self._environment
        if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
            return ()
        wayland = (WAYLAND,) if env.get("WAYLAND_DISPLAY") else ()
        x11 = X11 if env.get("DISPLAY") else ()
        return (*wayland, *x11, *ANYWHERE)


def through_screen(sequence: str) -> list[str]:
    """A control sequence as pieces that GNU screen hands on to its terminal."""
    return [f"\x1bP{sequence[start : start + SCREEN_LIMIT]}\x1b\\" for start in range(0, len(sequence), SCREEN_LIMIT)]


async def run_command(command: Sequence[str], data: bytes) -> bool:
    """Run a command with bytes on its standard input; false when it fails, is missing or takes too long."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(SECONDS):
            await process.communicate(data)
    except TimeoutError:
        process.kill()
        await process.wait()
        return False
    return process.returncode == 0


def write_file(text: str) -> Path:
    """Write a text to a new file that only its owner can read."""
    with tempfile.NamedTemporaryFile("w", prefix="athena-tui-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(text)
    return Path(file.name)
