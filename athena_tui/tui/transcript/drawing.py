"""What a part is turned into, and what its renderer needs to know to do so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from rich.segment import Segment
from rich.style import Style

from athena_tui.tui.lines import CodeBlock, Line
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.glyphs import Glyphs, glyphs
from athena_tui.tui.transcript.wrapping import wrap

Piece: TypeAlias = tuple[str, Style]
ACTION = "transcript_action"


class Fold(Enum):
    """How much of a part is shown: what its kind shows by itself, everything, or its header."""

    DEFAULT = auto()
    OPEN = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment of the running indicators. `now` is in seconds of the view's clock; `turn` counts pictures."""

    now: float
    turn: int = 0
    still: bool = False


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a part is drawn on: `width` cells, with these styles."""

    width: int
    palette: Palette
    tick: Tick
    fold: Fold = Fold.DEFAULT

    @property
    def glyphs(self) -> Glyphs:
        """The signs of this terminal."""
        return glyphs(ascii_only=self.palette.ascii)

    def spinner(self, tick: Tick) -> str:
        """The picture of what runs."""
        signs = self.glyphs
        return signs.still if tick.still else signs.spinner[tick.turn % len(signs.spinner)]


@dataclass(slots=True)
class Drawing:
    """A drawn part.

    Args:
        lines: Its lines, from the header on.
        foldable: Its first line folds and unfolds it.
        headed: Its first line is a header, which may change while the rest stays.
        hidden: There is more than is shown, so unfolding means showing it all.
        head: Draws the header at another moment, where it shows that something runs.
        skipped: Characters of the text between the header and the first line drawn below it.
    """

    lines: Sequence[Line]
    foldable: bool = False
    headed: bool = False
    hidden: bool = False
    head: Callable[[Tick], Line] | None = None
    skipped: int = 0

    def first_left_out(self) -> int:
        """The first line that stands for something that is not shown; the number of lines where there is none."""
        lines = self.lines
        if not self.hidden:
            return len(lines)
        return next((at for at in range(1, len(lines)) if not (lines[at].text or lines[at].join)), len(lines))

    def code_blocks(self) -> Sequence[CodeBlock]:
        """The fences in it."""
        return ()


def line(pieces: Iterable[Piece], *, indent: int = 0, join: str = "\n", text: str | None = None) -> Line:
    """A line of styled pieces. Its logical text is what they say after `indent` cells, unless given."""
    segments = tuple([Segment(words, style) for words, style in pieces if words])
    if text is None:
        text = "".join(segment.text for segment in segments)[indent:]
    return Line(segments, text, indent=indent, join=join)


def paragraph(text: str, width: int, style: Style, *, lead: Sequence[Piece] = (), hanging: bool = False) -> list[Line]:
    """Wrapped plain text behind a lead of ASCII-wide pieces, repeated on every line or blank after the first."""
    indent = sum(len(words) for words, _ in lead)
    lines = []
    for number, (words, join) in enumerate(wrap(text, width - indent)):
        before = [(" " * indent, style)] if hanging and number else lead
        lines.append(line([*before, (words, style)], indent=indent, join=join, text=words))
    return lines


def shortened(text: str, width: int, limit: int) -> tuple[str, int]:
    """The beginning of a text that takes more than so many lines, and how many of its lines are left out."""
    lines = text.split("\n", limit)
    if len(lines) <= limit and len(text) <= limit * width:
        return text, 0
    shown = "\n".join(lines[:limit])[: limit * width]
    return shown, max(1, text.count("\n") - shown.count("\n"))


def action(words: str, style: Style, name: str) -> Piece:
    """A piece that does something when clicked; `name` is the name of the view's action."""
    return words, style + Style.from_meta({ACTION: name})


def more_line(count: int, canvas: Canvas, lead: Sequence[Piece], *, opens: bool = False) -> Line:
    """The line that stands for what is left out; `opens` where only the pager shows it."""
    words = f"{canvas.glyphs.ellipsis} {count:,} more {'line' if count == 1 else 'lines'}"
    if opens:
        words += f" {canvas.glyphs.dot} o opens all of it"
    return line([*lead, (words, canvas.palette.dim)], text="", join="")


def elapsed(duration: float) -> str:
    """A duration for people: `0.4 s`, `2.1 s`, `3 m 05 s`."""
    if duration < 59.95:
        return f"{max(0.0, duration):.1f} s"
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} m {rest:02} s"


def precise(duration: float) -> str:
    """A duration that may be very short: `12 ms`, `0.4 s`, `3 m 05 s`."""
    return f"{round(duration * 1000)} ms" if duration < 0.0995 else elapsed(duration)
