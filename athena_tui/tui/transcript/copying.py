"""What a block gives when it is copied or opened."""

from __future__ import annotations

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
from athena_tui.client.models import JsonValue
from athena_tui.tui.lines import CodeBlock
from athena_tui.tui.transcript.rendered import Rendered
from athena_tui.tui.transcript.renderers.json_lines import pretty


def spoken(part: Part) -> str:  # noqa: PLR0911 - the table of every kind there is
    """What a part says, as it is copied and opened."""
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
