"""Footnotes: how they are written, and the mark that stands for one."""

from __future__ import annotations

import re

_LABEL = r"\[\^([^\[\]\s]{1,200})\]"

NOTE = re.compile(_LABEL)
"""A reference to a note."""

NOTE_START = re.compile(f"{_LABEL}:")
"""The beginning of a note."""

MAYBE_NOTE_START = re.compile(r"\[(?:\^[^\[\]\s]{0,200}\]?)?\Z")
"""What may become the beginning of a note."""

OPEN_NOTE = re.compile(r"\[\^[^\[\]\s]{0,200}\Z")
"""A reference that is not complete yet."""


def is_number(label: str) -> bool:
    """Whether notes are counted; then a reference is most likely one, even before its note has come."""
    return label.isascii() and label.isdecimal()


def note_mark(label: str) -> str:
    """What stands in the text and before the note. Raised digits would be too small to read in a terminal."""
    return f"[{label}]"


__all__ = ["MAYBE_NOTE_START", "NOTE", "NOTE_START", "OPEN_NOTE", "is_number", "note_mark"]
