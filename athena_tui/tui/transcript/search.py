"""Finding text in a conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from athena_tui.chat.parts import (
    ApprovalPart,
    ErrorPart,
    MediaPart,
    NoticePart,
    Part,
    ReasoningPart,
    StructuredPart,
    TextPart,
    ToolPart,
    UsagePart,
    UserPart,
)
from athena_tui.client.models import JsonValue, Role
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.renderers.json_lines import pretty


class BadPattern(ValueError):
    """A regular expression that is none; says why."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. Case matters when `case` says so or the words hold a capital; `role` limits the turns."""

    words: str
    case: bool = False
    regex: bool = False
    role: Role | None = None

    def compile(self) -> re.Pattern[str]:
        """The pattern to search with.

        Raises:
            BadPattern: The words are no regular expression.
        """
        flags = 0 if self.case or self.words != self.words.lower() else re.IGNORECASE
        try:
            return re.compile(self.words if self.regex else re.escape(self.words), flags)
        except re.error as error:
            raise BadPattern(f"Not a regular expression: {error}") from error


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """One match: the index of its part, and which one of those in the part."""

    index: int
    number: int


@dataclass(slots=True)
class Matches:
    """All matches, in reading order."""

    pattern: re.Pattern[str]
    counts: dict[int, int] = field(default_factory=dict)
    total: int = 0
    current: Match | None = None

    def add(self, index: int, count: int) -> None:
        """A part holds so many."""
        if count:
            self.counts[index] = count
            self.total += count

    def position(self) -> int:
        """How many matches there are up to the current one, itself included."""
        current = self.current
        if current is None:
            return 0
        return sum(count for index, count in self.counts.items() if index < current.index) + current.number + 1

    def step(self, direction: int, index: int) -> Match | None:
        """The next or previous match, from the current one or, without one, from a part; round the end."""
        if not self.counts:
            return None
        at = self.current or Match(index, -1 if direction > 0 else self.counts.get(index, 0))
        number = at.number + direction
        if 0 <= number < self.counts.get(at.index, 0):
            found = Match(at.index, number)
        else:
            order = sorted(self.counts)
            later = [i for i in order if (i > at.index if direction > 0 else i < at.index)] or order
            place = later[0] if direction > 0 else later[-1]
            found = Match(place, 0 if direction > 0 else self.counts[place] - 1)
        self.current = found
        return found

    def shifted(self, by: int) -> None:
        """Parts were put in front."""
        self.counts = {index + by: count for index, count in self.counts.items()}
        if self.current is not None:
            self.current = Match(self.current.index + by, self.current.number)


def scan(parts: Sequence[Part], query: Query, pattern: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Index and number of matches of each part, the newest first, so that it can be done a bit at a time."""
    for index in range(len(parts) - 1, -1, -1):
        part = parts[index]
        if query.role is None or part.turn.role is query.role:
            yield index, sum(1 for found in pattern.finditer(spoken(part)) if found[0])


def spoken(part: Part) -> str:  # noqa: PLR0911 - the table of every kind there is
    """What a part says, as it is searched, copied and opened."""
    match part:
        case UserPart() | NoticePart():
            return part.text
        case TextPart():
            return "" if part.replaced else str(part.text)
        case ReasoningPart():
            return str(part.text)
        case ToolPart():
            said = [part.name, *(pretty(value) for value in (part.arguments, part.result) if value is not None)]
            return "\n".join(said)
        case ApprovalPart():
            return _lines(part.prompt, *part.options, part.comment, part.data)
        case MediaPart():
            return part.url or ""
        case StructuredPart():
            return pretty(part.value)
        case ErrorPart():
            return _lines(part.code, part.message, part.remedy, part.trace_id)
        case UsagePart():
            return ""


def _lines(*values: JsonValue) -> str:
    return "\n".join(pretty(value) for value in values if value is not None)


def highlights(lines: Sequence[Line], pattern: re.Pattern[str]) -> list[list[tuple[int, int, int]]]:
    """Where the matches are drawn: for each match its pieces, each a line and the characters from and to."""
    starts: list[int] = []
    pieces: list[str] = []
    length = 0
    for line in lines:
        starts.append(length)
        pieces += [line.text, line.join]
        length += len(line.text) + len(line.join)
    text = "".join(pieces)
    return [list(_pieces(lines, starts, *found.span())) for found in pattern.finditer(text) if found[0]]


def _pieces(lines: Sequence[Line], starts: Iterable[int], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    for number, before in enumerate(starts):
        if before >= end:
            return
        first, last = max(start - before, 0), min(end - before, len(lines[number].text))
        if first < last:
            yield number, first, last
