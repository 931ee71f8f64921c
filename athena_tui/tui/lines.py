"""What the parts of a transcript are drawn as."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One drawn line and the logical text it shows.

    Args:
        segments: What is drawn, with styles of the palette but neither padded nor cropped to the pane.
        text: The logical text of the line as it is copied: no gutter, no padding.
        indent: Cells of `segments` before the first cell of `text` (gutters, quote bars, list indents).
        join: What stands between this line and the next one in copied text: a newline, a space where the text was
            wrapped at a space, nothing where it was wrapped within a word.
        block: Number of the document's block this line belongs to; lines of one block are contiguous.
        wide: The line belongs to a table or fence wider than the pane and is scrolled sideways with its block.
        stops: Cells of `segments` before what stands after each tab of `text`; without them a tab goes to the next
            fourth cell.
    """

    segments: tuple[Segment, ...]
    text: str
    indent: int = 0
    join: str = "\n"
    block: int = 0
    wide: bool = False
    stops: tuple[int, ...] = ()

    @property
    def strip(self) -> Strip:
        """What is drawn, made anew each time: a strip weighs ten times what it shows, and most lines are never seen."""
        return Strip(self.segments)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Where a fence is drawn and what it says, exactly as it was sent."""

    block: int
    language: str
    source: str
