"""What only the terminal itself can do: its title, and other programs on its screen."""

from __future__ import annotations

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from textual.app import App


class NoProgram(Exception):
    """The program is not there or failed; the message says which."""


def set_title(app: App[Any], title: str) -> None:
    """Name the terminal's window."""
    driver = app._driver  # noqa: SLF001  # Textual has no public way to write a title
    if driver is not None and not app.is_headless and not app.is_web:
        driver.write(f"\x1b]2;{title}\x1b\\")


def can_leave(app: App[Any]) -> bool:
    """Whether another program can have the screen for a while."""
    return not app.is_web and not app.is_headless


def edit(app: App[Any], text: str, environ: Mapping[str, str], suffix: str = ".md") -> str:
    """Let the user edit a text in their editor; returns what they made of it.

    Raises:
        NoProgram: There is no such editor, or it failed.
    """
    command = environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    with tempfile.NamedTemporaryFile("w+", suffix=suffix, prefix="athena-tui-", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        _run(app, [*shlex.split(command), file.name])
        return Path(file.name).read_text(encoding="utf-8").rstrip("\n")


def page(app: App[Any], text: str, environ: Mapping[str, str], suffix: str) -> None:
    """Show a text in the pager.

    Raises:
        NoProgram: There is no such pager, or it failed.
    """
    command = environ.get("PAGER") or "less"
    with tempfile.NamedTemporaryFile("w+", suffix=suffix, prefix="athena-tui-", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        _run(app, [*shlex.split(command), file.name])


def _run(app: App[Any], command: list[str]) -> None:
    with app.suspend():
        try:
            done = subprocess.run(command, check=False)  # noqa: S603  # the user's own program
        except OSError as error:
            raise NoProgram(f"{command[0]} cannot be started: {error.strerror}") from error
    if done.returncode != 0:
        raise NoProgram(f"{command[0]} ended with status {done.returncode}")
