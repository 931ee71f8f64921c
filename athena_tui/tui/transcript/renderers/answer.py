"""The answer: Markdown that grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from athena_tui.chat.parts import TextPart
from athena_tui.tui.lines import CodeBlock
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Fold, line, paragraph
from athena_tui.tui.transcript.wrapping import clip

if TYPE_CHECKING:
    from athena_tui.tui.markdown import MarkdownDocument


class AnswerDrawing(Drawing):
    """A drawn answer that can take more text without drawing again what is there."""

    __slots__ = ("_document", "_drawn", "_settled")

    def __init__(self, part: TextPart, canvas: Canvas, at_most: int | None = None) -> None:
        # Imported here because it brings the Markdown parser and the highlighter, which the first frame does not need.
        from athena_tui.tui.markdown import MarkdownDocument

        self._document: MarkdownDocument = MarkdownDocument(canvas.width, canvas.palette)
        self._drawn = 0
        self._settled = False
        super().__init__(self._document.lines)
        self.grow(part, at_most)

    def grow(self, part: TextPart, at_most: int | None = None) -> int:
        """Take what was added to the part, or so many characters of it; returns the first line that changed."""
        first = len(self.lines)
        start, end = self._drawn, at_most and self._drawn + at_most
        added = str(part.text)[start:end] if end else part.text.since(start)
        if added:
            self._drawn += len(added)
            first = self._document.append(added)
        if part.settled and not self._settled and not self.behind(part):
            self._settled = True
            first = min(first, self._document.settle())
        self.lines = self._document.lines
        return first

    def behind(self, part: TextPart) -> bool:
        """Whether there is more to take."""
        return self._drawn < len(part.text)

    def code_blocks(self) -> Sequence[CodeBlock]:
        """The fences in it, the open one included."""
        return self._document.code_blocks


def draw_taken_back(part: TextPart, canvas: Canvas) -> Drawing:
    """What a retried step had said: a dim header, the text only when it is unfolded."""
    palette, signs = canvas.palette, canvas.glyphs
    is_open = canvas.fold is Fold.OPEN
    mark = signs.unfolded if is_open else signs.folded
    words = clip(f"{mark} {signs.taken_back} taken back: {part.taken_back}", canvas.width, signs.ellipsis)
    lines = [line([(words, palette.dim)], indent=2)]
    if is_open:
        lines += paragraph(str(part.text), canvas.width, palette.dim, lead=[("  ", palette.dim)])
    return Drawing(lines, foldable=True, headed=True, hidden=not is_open)
