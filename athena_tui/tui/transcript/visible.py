"""What parts say when nothing of them is folded away: this is what is searched, and where matches are marked."""

from __future__ import annotations

from typing import TypeGuard

from athena_tui.chat.parts import Part, ReasoningPart, StructuredPart, TextPart
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Fold
from athena_tui.tui.transcript.logical import Offsets
from athena_tui.tui.transcript.renderers import draw, regrow
from athena_tui.tui.transcript.renderers.answer import AnswerDrawing

SLICE = 4000
"""Characters of an answer that are read at a time."""


def open_fold(part: Part, fold: Fold) -> Fold:
    """How a part that is folded like this is drawn when nothing of it is to be hidden."""
    if isinstance(part, StructuredPart):
        # Unfolding it shows the same once more, as JSON.
        return fold if fold is Fold.OPEN else Fold.DEFAULT
    return Fold.OPEN


def shows_all(part: Part, drawing: Drawing, fold: Fold) -> bool:
    """Whether nothing of a part is folded away."""
    return not drawing.foldable or fold is open_fold(part, fold) or (fold is Fold.DEFAULT and not drawing.hidden)


class VisibleText:
    """What one part says: the `header`, and the `body` below it.

    It is taken from a drawing, as only that tells what of the Markdown and the JSON is seen.

    Args:
        part: The part.
    """

    __slots__ = ("_drawing", "_offsets", "_part", "body", "header")

    def __init__(self, part: Part) -> None:
        self._part = part
        self._drawing: Drawing | None = None
        self.header = self.body = ""

    def read(self, canvas: Canvas) -> tuple[int, bool]:
        """Read what the part says now, long answers a bit at a time.

        Args:
            canvas: What the part is drawn on, with nothing folded.

        Returns:
            The first offset of the body that says something else than before, and whether there is more to read.
        """
        part, drawing = self._part, self._drawing
        first = None if drawing is None else self._grow(drawing)
        if drawing is None or first is None:
            first, drawing = 0, AnswerDrawing(part, canvas, SLICE) if _is_answer(part) else draw(part, canvas)
            self._drawing, self._offsets = drawing, Offsets(drawing)
        changed = self._take(drawing, first)
        more = _is_answer(part) and isinstance(drawing, AnswerDrawing) and drawing.behind(part)
        if not more and (part.settled if isinstance(part, TextPart | ReasoningPart) else True):
            self._drawing = None
        return changed, more

    def _grow(self, drawing: Drawing) -> int | None:
        part = self._part
        if _is_answer(part) and isinstance(drawing, AnswerDrawing):
            return drawing.grow(part, SLICE)
        return regrow(part, drawing)

    def _take(self, drawing: Drawing, first: int) -> int:
        lines, top = drawing.lines, int(drawing.headed)
        self._offsets.cut(first)
        self.header = lines[0].text if top else ""
        first = max(top, min(first, len(lines) - 1))
        start = self._offsets.start(first) if first < len(lines) else 0
        self.body = self.body[:start] + "".join([line.text + line.join for line in lines[first:]])
        return start


def _is_answer(part: Part) -> TypeGuard[TextPart]:
    return isinstance(part, TextPart) and part.taken_back is None and not part.replaced
