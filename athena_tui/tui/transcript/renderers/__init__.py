"""One renderer per kind of part: from a part and a canvas to a drawing."""

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
from athena_tui.tui.transcript.drawing import Canvas, Drawing
from athena_tui.tui.transcript.renderers.answer import AnswerDrawing, draw_taken_back
from athena_tui.tui.transcript.renderers.gate import draw_gate
from athena_tui.tui.transcript.renderers.notes import draw_error, draw_media, draw_notice, draw_usage
from athena_tui.tui.transcript.renderers.reasoning import ReasoningDrawing
from athena_tui.tui.transcript.renderers.structured import draw_structured
from athena_tui.tui.transcript.renderers.tool import draw_tool
from athena_tui.tui.transcript.renderers.user import draw_user


def draw(part: Part, canvas: Canvas) -> Drawing:  # noqa: PLR0911 - the table of every kind there is
    """Draw a part."""
    match part:
        case UserPart():
            return draw_user(part, canvas)
        case TextPart():
            return _draw_text(part, canvas)
        case ReasoningPart():
            return ReasoningDrawing(part, canvas)
        case ToolPart():
            return draw_tool(part, canvas)
        case ApprovalPart():
            return draw_gate(part, canvas)
        case MediaPart():
            return draw_media(part, canvas)
        case StructuredPart():
            return draw_structured(part, canvas)
        case NoticePart():
            return draw_notice(part, canvas)
        case ErrorPart():
            return draw_error(part, canvas)
        case UsagePart():
            return draw_usage(part, canvas)


def _draw_text(part: TextPart, canvas: Canvas) -> Drawing:
    if part.replaced:
        return Drawing([])
    return draw_taken_back(part, canvas) if part.taken_back is not None else AnswerDrawing(part, canvas)


def regrow(part: Part, drawing: Drawing) -> int | None:
    """Let a drawing take what was added to its part.

    Returns:
        The first line that changed, or `None` where the part has to be drawn anew.
    """
    match part, drawing:
        case TextPart(), AnswerDrawing() if part.taken_back is None and not part.replaced:
            return drawing.grow(part)
        case ReasoningPart(), ReasoningDrawing() if not part.settled:
            return drawing.grow(part)
    return None
