"""Thinking: live while it streams, one line once the answer begins, everything when pinned open."""

from __future__ import annotations

from athena_tui.chat.parts import ReasoningPart
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Fold, Tick, elapsed, line
from athena_tui.tui.transcript.wrapping import TAB, wrap

LIVE_LINES = 6
WORTH_TELLING = 0.05
"""Seconds of thinking below which it is not said how long it took."""


class ReasoningDrawing(Drawing):
    """Drawn thinking that can take more text without wrapping again what is there."""

    __slots__ = ("_body", "_canvas", "_drawn", "_passed")

    def __init__(self, part: ReasoningPart, canvas: Canvas) -> None:
        self._canvas = canvas
        self._body: list[Line] = []
        self._drawn = 0
        self._passed = 0
        super().__init__([], foldable=True, headed=True)
        self.grow(part)

    def grow(self, part: ReasoningPart) -> int:
        """Take what was added to the part; returns the first line that changed."""
        canvas = self._canvas
        whole = canvas.fold is Fold.OPEN
        closed = canvas.fold is Fold.CLOSED or (part.settled and not whole)
        before = len(self._body)
        if not closed:
            self._wrap(part.text.since(self._drawn))
            self._drawn = len(part.text)
        self.head = None if part.settled else lambda tick: _header(part, canvas, tick, closed=closed)
        header = _header(part, canvas, canvas.tick, closed=closed)
        body = [] if closed else self._body if whole else self._body[-LIVE_LINES:]
        passed = self._body[self._passed : len(self._body) - len(body)]
        self._passed += len(passed)
        self.skipped += sum(len(line.text) + len(line.join) for line in passed)
        self.lines = [header, *body]
        self.hidden = not whole
        return max(1, before) if whole and not part.settled else 0

    def _wrap(self, added: str) -> None:
        # Only the last line can change: lines are filled greedily.
        palette, bar = self._canvas.palette, f"{self._canvas.glyphs.bar} "
        tail = self._body.pop().text if self._body else ""
        # Where a tab stops depends on the line it is on, which is not known any more.
        for words, join in wrap(tail + added.replace("\t", " " * TAB), self._canvas.width - 2):
            self._body.append(line([(bar, palette.rule), (words, palette.quote)], indent=2, join=join, text=words))


def _header(part: ReasoningPart, canvas: Canvas, tick: Tick, *, closed: bool) -> Line:
    palette, signs = canvas.palette, canvas.glyphs
    mark = signs.folded if closed else signs.unfolded
    if not part.settled:
        words = f" Thinking {elapsed(tick.now - part.started_at)}"
        return line([(canvas.spinner(tick), palette.accent), (words, palette.dim)], indent=2)
    took = f" for {elapsed(part.duration)}" if part.duration is not None and part.duration >= WORTH_TELLING else ""
    return line([(f"{mark} Thought{took}", palette.dim)], indent=2)
