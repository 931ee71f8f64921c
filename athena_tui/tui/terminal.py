"""What only the terminal itself can do: its title, and other programs on its screen."""

from __future__ import annotations

import asyncio
import select
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any, cast

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.app import App
from textual.keys import Keys


class _AltLetter(Enum):
    """What is bound to alt and a letter; Textual's `Keys` has none of these."""

    C = "alt+c"
    R = "alt+r"
    W = "alt+w"


class NoProgram(Exception):
    """The program is not there or failed; the message says which."""


def tell_alt_enter() -> None:
    """Let alt+enter break the line.

    Without the kitty protocol it arrives as escape and return in one piece. Textual knows no such key and takes it for
    return alone, which sends the message. Drop this when Textual tells them apart (Textualize/textual#6378).
    """
    known = cast("dict[str, tuple[Keys, ...]]", ANSI_SEQUENCES_KEYS)
    known["\x1b\r"] = known["\x1b\n"] = (Keys.ControlJ,)


def tell_alt_letters() -> None:
    """Let alt and a letter be a key as soon as they arrive, for the letters that are bound.

    Without the kitty protocol they arrive as escape and the letter. Textual waits whether that goes on, types the
    letter, and takes two of them in a row for `^` and letters.
    """
    known = cast("dict[str, tuple[Enum, ...]]", ANSI_SEQUENCES_KEYS)
    for key in _AltLetter:
        known[f"\x1b{key.value[-1]}"] = (key,)


def set_title(app: App[Any], title: str) -> None:
    """Name the terminal's window."""
    write(app, f"\x1b]2;{title}\x1b\\")


def write(app: App[Any], sequence: str) -> None:
    """Send a control sequence to the terminal as it is."""
    driver = app._driver  # noqa: SLF001  # Textual has no public way to do so
    if driver is not None and not app.is_headless and not app.is_web:
        driver.write(sequence)


def is_behind(app: App[Any]) -> bool:
    """Whether the terminal has yet to read what was written to it."""
    if app.is_headless or app.is_web or sys.__stderr__ is None:
        return False
    try:
        # Where Textual's driver writes.
        return not select.select([], [sys.__stderr__], [], 0)[1]
    except (OSError, ValueError):
        return False


def can_leave(app: App[Any]) -> bool:
    """Whether another program can have the screen for a while."""
    return not app.is_web and not app.is_headless


async def edit(app: App[Any], text: str, environ: Mapping[str, str], suffix: str = ".md") -> str:
    """Let the user edit a text in their editor; returns what they made of it.

    Raises:
        NoProgram: There is no such editor, or it failed.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=suffix, prefix="athena-tui-", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        await _run(app, [*_words(command), file.name])
        # Read by its name: an editor may have put another file in its place.
        text = await asyncio.to_thread(Path(file.name).read_text, encoding="utf-8", errors="replace")
        return text.rstrip("\n")


async def page(app: App[Any], text: str, environ: Mapping[str, str], suffix: str) -> None:
    """Show a text in the pager.

    Raises:
        NoProgram: There is no such pager, or it failed.
    """
    command = environ.get("PAGER") or "less"
    with tempfile.NamedTemporaryFile("w+", suffix=suffix, prefix="athena-tui-", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        await _run(app, [*_words(command), file.name])


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise NoProgram(f"{command} is no command: {error}") from error


async def _run(app: App[Any], command: list[str]) -> None:
    """Give another program the screen; runs go on meanwhile, and what they say is drawn when it ends."""
    with app.batch_update(), app.suspend(), _deaf_to_ctrl_c():
        try:
            done = await asyncio.to_thread(subprocess.run, command, check=False)
        except OSError as error:
            raise NoProgram(f"{command[0]} cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        raise NoProgram(f"{command[0]} ended with status {done.returncode}")


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Leave ctrl+c to the other program: the terminal sends it to us as well."""
    # A handler, not SIG_IGN, which the other program would inherit.
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
