"""What keys are called on screen."""

from __future__ import annotations

from textual.keys import KEY_DISPLAY_ALIASES, key_to_character

_NAMES = {
    "escape": "esc",
    "pagedown": "page down",
    "pageup": "page up",
    "slash": "/",
    "plus": "+",
    "minus": "-",
} | {key: KEY_DISPLAY_ALIASES[key] for key in ("up", "down", "left", "right")}


def key_name(key: str) -> str:
    """A key as the documentation names it: `ctrl+k`, `F1`, `esc`."""
    *modifiers, last = key.split("+")
    if last in _NAMES:
        name = _NAMES[last]
    elif last[:1] == "f" and last[1:].isdigit():
        name = last.upper()
    else:
        character = key_to_character(last)
        name = character if character and character.isprintable() and not character.isspace() else last
    return "+".join([*modifiers, name])
