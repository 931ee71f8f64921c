"""Finding text in a conversation, also in what arrives while one searches."""

from __future__ import annotations

import asyncio
import re
import time
import warnings
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from athena_tui.chat.parts import Part
from athena_tui.chat.turns import Change
from athena_tui.client.models import Role
from athena_tui.tui.transcript.deadline import TooLong, at_most, can_interrupt
from athena_tui.tui.transcript.drawing import Canvas
from athena_tui.tui.transcript.logical import END, HEADER
from athena_tui.tui.transcript.visible import VisibleText

PART_SECONDS = 0.2
"""Seconds of the processor that a regular expression may take for one part."""


class BadPattern(ValueError):
    """A regular expression that cannot be searched for; says why."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for. Case matters when `case` says so or the words hold a capital; `role` limits the turns."""

    words: str = ""
    case: bool = False
    regex: bool = False
    role: Role | None = None

    def compile(self) -> re.Pattern[str]:
        """The pattern to search each line with.

        Raises:
            BadPattern: The words are no regular expression, or none that can be stopped here if it takes too long.
        """
        flags = 0 if self.case or self.words != self.words.lower() else re.IGNORECASE
        if self.regex and not can_interrupt():
            raise BadPattern("Regular expressions cannot be used on this system")
        try:
            # Python warns of patterns that may mean something else one day.
            with warnings.catch_warnings(action="ignore"):
                return re.compile(self.words if self.regex else re.escape(self.words), flags)
        except (re.error, OverflowError, RecursionError) as error:
            raise BadPattern(f"Not a regular expression: {error}") from error


@dataclass(frozen=True, slots=True)
class Match:
    """One match: its part, and from which offset of what that says to which."""

    part: Part
    start: int
    end: int


class Spans:
    """The matches in one part, in reading order."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts = array("q")
        self._ends = array("q")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> tuple[int, int]:
        return self._starts[number], self._ends[number]

    def up_to(self, offset: int) -> int:
        """How many begin at an offset or before."""
        return bisect_right(self._starts, offset)

    def over(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Those of which something lies between two offsets."""
        number = bisect_right(self._ends, start)
        while number < len(self) and self._starts[number] < end:
            yield self[number]
            number += 1

    def replace(self, start: int, end: int, spans: Sequence[tuple[int, int]]) -> None:
        """Replace those that begin from one offset up to another."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        self._starts[first:last] = array("q", [begin for begin, _ in spans])
        self._ends[first:last] = array("q", [stop for _, stop in spans])


class Search:
    """A search that goes on while one reads, writes and listens.

    What is seen is searched, line by line: not the Markdown an answer is written in, and no match reaches over the end
    of a line, so that what arrives costs what it adds.

    Args:
        parts: The parts of the conversation; the owner tells of every change.
        canvas: Gives what a part is drawn on with nothing folded.
        origin: The index of the part the reader was at; the nearest match before it is found first.
    """

    def __init__(self, parts: Sequence[Part], canvas: Callable[[Part], Canvas], origin: int) -> None:
        self._parts = parts
        self._canvas = canvas
        self._texts: dict[Part, VisibleText] = {}
        self._stale: set[Part] = set()
        self._due: OrderedDict[Part, None] = OrderedDict()
        self._found: dict[Part, Spans] = {}
        self._searched: set[Part] = set()
        self._known = len(parts)
        self._origin = min(origin, len(parts) - 1)
        self._pattern: re.Pattern[str] | None = None
        self.query = Query()
        self.total = 0
        self.current: Match | None = None
        self.came_round = 0
        """The current match was reached by going on beyond the last one (1) or the first one (-1)."""
        self.news = asyncio.Event()

    def seek(self, query: Query) -> None:
        """Search for something else; for nothing where there are no words.

        Raises:
            BadPattern: It is no regular expression, or none that can be used.
        """
        self.query = query
        self._pattern = None
        self._found.clear()
        self._searched.clear()
        self._due.clear()
        self.total = 0
        self.current, self.came_round = None, 0
        if query.words:
            self._pattern = query.compile()
            order = [*reversed(self._parts[: self._origin + 1]), *reversed(self._parts[self._origin + 1 :])]
            self._due.update(dict.fromkeys(filter(self._counts, order)))

    @property
    def busy(self) -> bool:
        """Whether something was not searched yet."""
        return bool(self._due)

    def work(self, seconds: float) -> None:
        """Search on for about so long.

        Raises:
            TooLong: The regular expression would take for ever.
        """
        until = time.perf_counter() + seconds
        while self._due and time.perf_counter() < until:
            part = next(iter(self._due))
            if not self._look(part):
                self._due.pop(part, None)

    def changed(self, change: Change) -> None:
        """The transcript changed."""
        if change.removed:
            self._drop_gone()
            self._known -= change.removed
        added = self._parts[self._known + change.prepended :][: change.added]
        self._known += change.added + change.prepended
        self._origin += change.prepended
        for part in (*self._parts[: change.prepended], *added, *change.updated):
            self._stale.add(part)
            if self._pattern is not None and self._counts(part):
                self._due[part] = None
                self._due.move_to_end(part, last=False)
        self.news.set()

    def spans(self, part: Part) -> Spans | None:
        """The matches in a part, if there are any."""
        return self._found.get(part)

    def position(self) -> int:
        """How many matches there are up to the current one, itself included."""
        current = self.current
        if current is None:
            return 0
        before = 0
        for part in self._parts:
            spans = self._found.get(part)
            if part is current.part:
                return before + (spans.up_to(current.start) if spans else 0)
            before += len(spans) if spans else 0
        return 0

    def step(self, direction: int, here: int) -> Match | None:
        """The next or previous match, from the current one or else from a part's index, and round the end."""
        parts, current = self._parts, self.current
        if not self.total:
            self.current = None
            return None
        at = min(here, len(parts) - 1)
        number = -1 if direction > 0 else len(self._found.get(parts[at], ()))
        if current is not None and current.part in self._found:
            at = next(index for index in range(len(parts) - 1, -1, -1) if parts[index] is current.part)
            passed = self._found[current.part].up_to(current.start)
            gone = not passed or self._found[current.part][passed - 1][0] != current.start
            number = passed - 1 + (gone and direction < 0)
        number += direction
        spans = self._found.get(parts[at])
        self.came_round = 0
        while spans is None or not 0 <= number < len(spans):
            at += direction
            if not 0 <= at < len(parts):
                at, self.came_round = at % len(parts), direction
            spans = self._found.get(parts[at])
            number = 0 if direction > 0 or spans is None else len(spans) - 1
        self.current = Match(parts[at], *spans[number])
        return self.current

    def _counts(self, part: Part) -> bool:
        return self.query.role is None or part.turn.role is self.query.role

    def _look(self, part: Part) -> bool:
        """Search a part, or the next bit of it; whether there is more of it."""
        text = self._texts.get(part)
        first, more = len(text.body) if text is not None else 0, False
        if text is None or part in self._stale:
            self._stale.discard(part)
            text = self._texts.setdefault(part, VisibleText(part))
            first, more = text.read(self._canvas(part))
            if more:
                self._stale.add(part)
        if part not in self._searched:
            self._searched.add(part)
            first = 0
        # A line that goes on is searched anew, as a match may have become another one.
        first = text.body.rfind("\n", 0, first) + 1
        spans = self._found.get(part) or Spans()
        before = len(spans)
        spans.replace(HEADER, 0, [(HEADER + start, HEADER + end) for start, end in self._matches(text.header, 0)])
        spans.replace(first, END, list(self._matches(text.body, first)))
        self.total += len(spans) - before
        if spans:
            self._found[part] = spans
        else:
            self._found.pop(part, None)
        return more

    def _matches(self, text: str, first: int) -> Iterator[tuple[int, int]]:
        if self._pattern is None or first >= len(text):
            return
        if not self.query.regex:
            yield from (found.span() for found in self._pattern.finditer(text, first))
            return
        spans: list[tuple[int, int]] = []
        with at_most(PART_SECONDS):
            for line in text[first:].split("\n"):
                spans += [(first + start, first + end) for start, end in _spans(self._pattern, line) if start < end]
                first += len(line) + 1
        yield from spans

    def _drop_gone(self) -> None:
        there = set(self._parts)
        for part in [part for part in self._texts if part not in there]:
            del self._texts[part]
            self.total -= len(self._found.pop(part, ()))
        self._stale &= there
        for part in [part for part in self._due if part not in there]:
            del self._due[part]
        if self.current is not None and self.current.part not in there:
            self.current = None


def _spans(pattern: re.Pattern[str], line: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in pattern.finditer(line))


__all__ = ["BadPattern", "Match", "Query", "Search", "Spans", "TooLong"]
