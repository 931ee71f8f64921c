"""What is just being typed in the composer, and could be completed."""

from __future__ import annotations

import re
from enum import Enum, auto

from athena_tui.client.record import record

# Compiled with the first key, as the first frame waits for this module; `re` keeps them from then on.
_COMMAND = r"/([^\s/]*)"
_ATTACH = r"/attach +(.*)"
_FILE = r"(?:^|(?<=\s))@(?:\"([^\"]*)|([^\s\"]*))$"
_VARIABLE = r"(?:^|(?<=\s))#(\w[\w.-]*)?$"


class Kind(Enum):
    """What a completion stands for."""

    COMMAND = auto()
    FILE = auto()
    VARIABLE = auto()


@record(frozen=True, slots=True)
class Typed:
    """Something that can be completed.

    Args:
        kind: What it stands for.
        text: What was typed of it, without the sign before it.
        start: The column in its line where it begins, with the sign.
        alone: Whether it is a command, and so all there is.
    """

    kind: Kind
    text: str
    start: int = 0
    alone: bool = False


def typed_at(text: str, row: int, column: int) -> Typed | None:
    """What is being typed at a place of the text, if it can be completed."""
    if (command := re.fullmatch(_COMMAND, text)) is not None:
        return Typed(Kind.COMMAND, command[1], alone=True)
    if (attach := re.fullmatch(_ATTACH, text)) is not None:
        return Typed(Kind.FILE, attach[1].strip("\"'"), alone=True)
    lines = text.split("\n")
    before = lines[row][:column] if row < len(lines) else ""
    if (file := re.search(_FILE, before)) is not None:
        return Typed(Kind.FILE, file[1] if file[1] is not None else file[2], file.start())
    if (variable := re.search(_VARIABLE, before)) is not None:
        return Typed(Kind.VARIABLE, variable[1] or "", variable.start())
    return None
