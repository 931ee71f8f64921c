"""Says what a line of source is, given the blocks that are open; it changes nothing.

The line may be the unfinished last one: then the answer is given only if no further character could change it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from athena_tui.tui.markdown.cursor import Cursor
from athena_tui.tui.markdown.gutter import Container, Item, Quote
from athena_tui.tui.markdown.notes import MAYBE_NOTE_START, NOTE_START
from athena_tui.tui.markdown.table_syntax import is_delimiter_row

MAX_NESTING = 32
"""Containers nested deeper are text."""

_ATX = re.compile(r"(#{1,6})(?:[ \t]+|$)")
_FENCE = re.compile(r"(?:(`{3,})([^`]*)|(~{3,})(.*))\Z")
_FENCE_END = re.compile(r"(`{3,}|~{3,})[ \t]*\Z")
_SETEXT = re.compile(r"(=+|-+)[ \t]*\Z")
_RULE = re.compile(r"([-_*])(?:[ \t]*\1){2,}[ \t]*\Z")
_BULLET = re.compile(r"([-+*])(?=[ \t]|\Z)")
_ORDERED = re.compile(r"(\d{1,9})([.)])(?=[ \t]|\Z)")
_DEFINITION = re.compile(
    r"\[((?:[^\[\]\\]|\\.){1,999})\]:[ \t]*(?:<([^<>]*)>|([^\s<]\S*))"
    r"(?:[ \t]+(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?[ \t]*\Z"
)
_MAYBE_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.?){0,999}(?:\]\Z|\]:.{0,2500}\Z|\Z)", re.DOTALL)
_MAYBE_ORDERED = re.compile(r"\d{1,9}[.)]?\Z")


class Kind(Enum):
    """What a line does."""

    BLANK = auto()
    TEXT = auto()
    HEADING = auto()
    SETEXT = auto()
    RULE = auto()
    FENCE = auto()
    FENCE_LINE = auto()
    FENCE_END = auto()
    CODE_LINE = auto()
    TABLE = auto()
    ROW = auto()
    DEFINITION = auto()


class Leaf(Enum):
    """Which leaf block is open."""

    NONE = auto()
    PARAGRAPH = auto()
    FENCE = auto()
    CODE = auto()
    TABLE = auto()


@dataclass(frozen=True, slots=True)
class Open:
    """The open leaf, as far as the next line depends on it.

    Args:
        header: The paragraph's last line, if it could be the header of a table.
        short: The paragraph may become a heading.
        fence: What the fence was opened with.
    """

    leaf: Leaf = Leaf.NONE
    header: str | None = None
    short: bool = False
    fence: str = ""


@dataclass(slots=True)
class Reading:
    """What a line is.

    Args:
        kind: What it does.
        rest: Its text without what belongs to containers.
        matched: How many of the open containers it goes on with.
        opens: The containers it opens.
        level: Of a heading.
        indent: Columns before a fence.
        fields: Parts of it: the fence's marker and info, the definition's label and target.
    """

    kind: Kind
    rest: str = ""
    matched: int = 0
    opens: list[Quote | Item] = field(default_factory=list)
    level: int = 0
    indent: int = 0
    fields: tuple[str, ...] = ()


def read_line(text: str, containers: Sequence[Container], opened: Open, *, complete: bool) -> Reading | None:
    """What the line `text` is; None if it is not complete and more of it is needed to tell."""
    cursor = Cursor(text)
    matched = _match(cursor, containers)
    inside = matched == len(containers)
    if inside and opened.leaf is Leaf.FENCE:
        return _in_fence(cursor, matched, opened.fence) if complete else None
    blank = not cursor.words()
    if blank:
        return Reading(Kind.BLANK, cursor.rest(), matched) if complete else None
    if inside and opened.leaf is Leaf.CODE and cursor.indent() >= 4:
        if not complete:
            return None
        cursor.skip(4)
        return Reading(Kind.CODE_LINE, cursor.rest(), matched)
    reading = Reading(Kind.TEXT, "", matched)
    return reading if _read(cursor, reading, opened, inside=inside, complete=complete) else None


def strip_containers(text: str, containers: Sequence[Container]) -> str | None:
    """What an unfinished line says inside all the open containers; None if it may leave one."""
    cursor = Cursor(text)
    return cursor.rest() if _match(cursor, containers) == len(containers) else None


def may_end_fence(rest: str, fence: str) -> bool:
    """Whether an unfinished line could still close the fence."""
    words = rest.strip(" \t")
    return not words or not words.strip(fence[0])


def _match(cursor: Cursor, containers: Sequence[Container]) -> int:
    matched = 0
    for container in containers:
        indent = cursor.indent()
        if isinstance(container, Item):
            if not cursor.words():
                if not container.drawn:
                    break
            elif indent >= container.offset:
                cursor.skip(container.offset)
            else:
                break
        else:
            if indent > 3 or not cursor.words().startswith(">"):
                break
            cursor.skip(indent)
            cursor.advance(1)
            cursor.skip(1)
        matched += 1
    return matched


def _in_fence(cursor: Cursor, matched: int, fence: str) -> Reading:
    if cursor.indent() <= 3:
        end = _FENCE_END.match(cursor.words())
        if end and end.group(1)[0] == fence[0] and len(end.group(1)) >= len(fence):
            return Reading(Kind.FENCE_END, "", matched)
    return Reading(Kind.FENCE_LINE, cursor.rest(), matched)


def _read(cursor: Cursor, reading: Reading, opened: Open, *, inside: bool, complete: bool) -> bool:
    """Fill in what follows the containers that go on; returns whether that is certain."""
    while True:
        indent = cursor.indent()
        tail = cursor.words()
        continues = opened.leaf is Leaf.PARAGRAPH and not reading.opens
        if indent >= 4:
            return _indented(cursor, reading, tail, continues=continues, complete=complete)
        cursor.skip(indent)
        if not complete and _is_undecided(tail, reading, opened, inside=inside):
            return False
        container: Quote | Item | None = None
        if reading.matched + len(reading.opens) < MAX_NESTING:
            container = _container(cursor, tail, indent, opened, continues=continues and inside, complete=complete)
        if container is None:
            return _leaf(tail, indent, reading, opened, inside=inside, complete=complete)
        reading.opens.append(container)
        if not cursor.words():
            reading.kind, reading.rest = Kind.BLANK, ""
            return complete


def _indented(cursor: Cursor, reading: Reading, tail: str, *, continues: bool, complete: bool) -> bool:
    if continues:
        reading.rest = tail
        return True
    if not complete:
        return False
    cursor.skip(4)
    reading.kind, reading.rest = Kind.CODE_LINE, cursor.rest()
    return True


def _is_undecided(tail: str, reading: Reading, opened: Open, *, inside: bool) -> bool:
    """Whether more text could make an unfinished line open a container, or not."""
    start = tail[0]
    if start == ">":
        return tail == ">" and reading.matched + len(reading.opens) < MAX_NESTING
    if start == "[":
        return MAYBE_NOTE_START.match(tail) is not None
    inner = inside and not reading.opens
    continues = opened.leaf is Leaf.PARAGRAPH and not reading.opens
    return start in "-*" and _is_open(tail, opened, continues=continues, inner=inner)


def _container(
    cursor: Cursor, tail: str, indent: int, opened: Open, *, continues: bool, complete: bool
) -> Quote | Item | None:
    """The container that begins here, if one does; the cursor is then behind its mark."""
    start = tail[0]
    if start == ">":
        cursor.advance(1)
        cursor.skip(1)
        return Quote()
    if start == "[" and (note := NOTE_START.match(tail)):
        cursor.advance(note.end())
        cursor.skip(len(tail))
        return Item(offset=4, marker="^", label=note.group(1))
    if start in "-+*0123456789" and not _is_leaf(tail, opened, start, continues=continues):
        return _item(cursor, tail, indent, interrupts=continues, complete=complete)
    return None


def _is_leaf(tail: str, opened: Open, start: str, *, continues: bool) -> bool:
    """Whether what looks like a list item is a rule, an underline or a table's delimiter row."""
    if start in "-*" and _RULE.match(tail):
        return True
    if start != "-" or not continues:
        return False
    return (opened.short and _SETEXT.match(tail) is not None) or is_delimiter_row(tail, opened.header)


def _item(cursor: Cursor, tail: str, indent: int, *, interrupts: bool, complete: bool) -> Item | None:
    bullet = _BULLET.match(tail)
    ordered = None if bullet else _ORDERED.match(tail)
    match = bullet or ordered
    if match is None:
        return None
    empty = not tail[match.end() :].strip(" \t")
    if interrupts and (empty or (ordered and ordered.group(1) != "1")):
        return None
    if empty and not complete:
        return None
    cursor.advance(match.end())
    spaces = cursor.indent()
    if empty or spaces > 4:
        spaces = 1
    cursor.skip(spaces)
    marker = match.group(match.lastindex or 1)
    number = int(ordered.group(1)) if ordered else None
    return Item(offset=indent + match.end() + spaces, marker=marker, number=number)


def _leaf(tail: str, indent: int, reading: Reading, opened: Open, *, inside: bool, complete: bool) -> bool:
    continues = opened.leaf is Leaf.PARAGRAPH and not reading.opens
    inner = inside and not reading.opens
    if not complete and _is_open(tail, opened, continues=continues, inner=inner):
        return False
    reading.rest = tail
    start = tail[0]
    if start == "#" and (atx := _ATX.match(tail)):
        reading.kind, reading.level, reading.rest = Kind.HEADING, len(atx.group(1)), tail[atx.end() :]
    elif start in "`~" and (fence := _FENCE.match(tail)):
        reading.kind, reading.indent = Kind.FENCE, indent
        reading.fields = (fence.group(1) or fence.group(3), fence.group(2) or fence.group(4) or "")
    elif continues and inner and start in "=-" and opened.short and (setext := _SETEXT.match(tail)):
        reading.kind, reading.level = Kind.SETEXT, 1 if setext.group(1)[0] == "=" else 2
    elif start in "-_*" and _RULE.match(tail):
        reading.kind = Kind.RULE
    elif continues and inner and is_delimiter_row(tail, opened.header):
        reading.kind = Kind.TABLE
    elif inner and opened.leaf is Leaf.TABLE:
        reading.kind = Kind.ROW
        return complete
    elif start == "[" and not continues and (definition := _definition(tail)):
        reading.kind = Kind.DEFINITION
        reading.fields = (definition.group(1), definition.group(2) or definition.group(3) or "")
    return True


def _is_open(tail: str, opened: Open, *, continues: bool, inner: bool) -> bool:
    """Whether more text could make an unfinished line another kind of block than it seems."""
    start = tail[0]
    if start.isalpha():
        return False
    if start in "-_*" and not tail.strip(start + " \t"):
        return True
    if start in "-:|" and continues and inner and opened.header is not None and not tail.strip("|:- \t"):
        return True
    if start == "#":
        words = tail.lstrip("#")
        return len(tail) - len(words) <= 6 and not words.strip(" \t")
    if start in "`~":
        run = len(tail) - len(tail.lstrip(start))
        return run == len(tail) or (run >= 3 and (start == "~" or "`" not in tail[run:]))
    if start == "=":
        return continues and inner and opened.short and _SETEXT.match(tail) is not None
    if start in "+0123456789":
        return tail == "+" or _MAYBE_ORDERED.match(tail.rstrip(" \t")) is not None or not tail.strip("+ \t")
    return start == "[" and not continues and _MAYBE_DEFINITION.match(tail) is not None


def _definition(tail: str) -> re.Match[str] | None:
    """A link definition; a label that looks like a footnote's defines nothing."""
    match = _DEFINITION.match(tail) if _MAYBE_DEFINITION.match(tail) else None
    if match is None or not match.group(1).strip() or match.group(1).startswith("^"):
        return None
    return match


__all__ = [
    "MAX_NESTING",
    "Kind",
    "Leaf",
    "Open",
    "Reading",
    "may_end_fence",
    "read_line",
    "strip_containers",
]
