"""How the app looks. Readable without pydantic, because the first frame is drawn before that is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from athena_tui.client.record import record


class Density(StrEnum):
    """How much space lies between things."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class Display(StrEnum):
    """What is sent to the terminal when something on the screen changes."""

    AUTO = "auto"
    PLAIN = "plain"
    COMPACT = "compact"

    def is_compact(self, environ: Mapping[str, str]) -> bool:
        """Whether to send only the cells that differ; left alone, where the bytes may go over a network."""
        return self is Display.COMPACT or (self is Display.AUTO and any(map(environ.get, _FAR)))


_FAR = ("SSH_CONNECTION", "SSH_TTY", "TMUX", "STY", "ZELLIJ")
"""Variables that say that the terminal is on another machine, or can be taken to one."""


@record(frozen=True, slots=True)
class Appearance:
    """What the user chose in the file; what they toggle while working is remembered in the store."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid", "use_attribute_docstrings": True}

    theme: str = "athena-dark"
    """Name of the theme: one of ours or one of Textual's."""
    density: Density = Density.COMFORTABLE
    """How much space lies between things."""
    reduced_motion: bool = False
    """Whether the spinner and the credit spark stand still."""
    sidebar: bool = True
    """Whether the list of conversations is open at start, where there is room."""
    inspector: bool = True
    """Whether the inspector is open at start, where there is room."""
    display: Display = Display.AUTO
    """What the terminal is sent: plain, or compact, which is only what differs; auto is compact over SSH, in tmux."""
    bell: bool = True
    """Whether a bell says that something waits for a person."""


def read_appearance(path: Path) -> Appearance:
    """A first look at the file: what cannot be read is left at its default, for `ConfigFile.load` reports it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return Appearance()
    import tomllib  # only where there is a file to read

    try:
        section = tomllib.loads(text).get("appearance")
    except (ValueError, RecursionError):
        return Appearance()
    given = section if isinstance(section, dict) else {}
    chosen: dict[str, Any] = {}
    for field in fields(Appearance):
        value = given.get(field.name)
        if isinstance(field.default, StrEnum):
            choices = type(field.default)
            if value in list(choices):
                chosen[field.name] = choices(value)
        elif isinstance(value, type(field.default)):
            chosen[field.name] = value
    return Appearance(**chosen)
