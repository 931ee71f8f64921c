"""What a block gives when it is copied or opened."""

from __future__ import annotations

from athena_tui.chat.parts import Part, StructuredPart, TextPart
from athena_tui.tui.lines import CodeBlock
from athena_tui.tui.transcript.rendered import Rendered


def code_near(rendered: Rendered, first: int, last: int) -> CodeBlock | None:
    """The code of a part that is meant: the first fence drawn within these lines, else the last one."""
    codes = rendered.drawing.code_blocks()
    if not codes:
        return None
    in_view = {line.block for line in rendered.drawing.lines[first : last + 1]}
    return next((code for code in codes if code.block in in_view), codes[-1])


def suffix_of(part: Part) -> str:
    """The suffix of a file that holds what a part says."""
    match part:
        case TextPart():
            return ".md"
        case StructuredPart():
            return ".txt" if isinstance(part.value, str) else ".json"
    return ".txt"
