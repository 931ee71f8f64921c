"""How the app looks. Readable without pydantic, because the first frame is drawn before that is imported."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from athena_tui.client.record import record


class Density(StrEnum):
    """How much space lies between things."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


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
        if field.name == "density":
            if value in list(Density):
                chosen[field.name] = Density(value)
        elif isinstance(value, type(field.default)):
            chosen[field.name] = value
    return Appearance(**chosen)
