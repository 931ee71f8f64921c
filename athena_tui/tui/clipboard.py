"""Copying in a way that works where the reader sits, and a truthful word about which way it was.

The terminal's own clipboard sequence (OSC 52) travels over SSH, but tmux drops it by default and many terminals cut
or refuse what is long; a local tool is sure, but reaches only the machine we run on.
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
SECONDS = 3.0

Run: TypeAlias = Callable[[Sequence[str], bytes], Awaitable[bool]]

WAYLAND = ("wl-copy",)
X11 = (("xclip", "-selection", "clipboard"), ("xsel", "--clipboard", "--input"))
ANYWHERE = (("pbcopy",), ("clip.exe",))


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
        run: Runs a command with bytes on its standard input; whether it succeeded.
        which: Finds a command.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        send: Callable[[str], None],
        *,
        run: Run | None = None,
        which: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._environment = environment
        self._send = send
        self._run = run or run_command
        self._which = which

    async def copy(self, text: str, what: str = "text") -> CopyResult:
        """Copy a text.

        Args:
            text: What to copy.
            what: How it is called in the sentence for the reader.
        """
        data = text.encode()
        used = []
        if self._environment.get("TMUX") and await self._run(("tmux", "load-buffer", "-w", "-"), data):
            used.append("the tmux buffer")
        tool = self._local_tool()
        if tool is not None and await self._run(tool, data):
            used.append(f"the clipboard with {tool[0]}")
        fits = len(base64.b64encode(data)) <= OSC52_LIMIT
        if fits:
            self._send(text)
        if used:
            return CopyResult(f"Copied {what} to {' and '.join(used)}.")
        if fits:
            return CopyResult(f"Sent {what} to the terminal's clipboard (OSC 52); not every terminal takes it.")
        path = await asyncio.to_thread(write_file, text)
        return CopyResult(f"Too long for the terminal's clipboard: wrote {what} to {path}.", path)

    def _local_tool(self) -> Sequence[str] | None:
        env = self._environment
        if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
            return None
        tools: list[Sequence[str]] = []
        if env.get("WAYLAND_DISPLAY"):
            tools.append(WAYLAND)
        if env.get("DISPLAY"):
            tools.extend(X11)
        tools.extend(ANYWHERE)
        return next((tool for tool in tools if self._which(tool[0])), None)


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
