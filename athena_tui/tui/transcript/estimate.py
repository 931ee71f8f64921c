"""How many rows a part will likely take, without drawing it."""

from __future__ import annotations

from athena_tui.chat.parts import Part, ReasoningPart, TextPart, ToolPart, UserPart

TOOL = 6
OTHER = 3


def estimated_rows(part: Part, width: int, gap: int) -> int:
    """Rows of a part on so many cells, the gap below it included."""
    match part:
        case UserPart():
            return text_rows(part.text, width) + len(part.attachments) + gap
        case TextPart():
            if part.replaced or not len(part.text):
                return 0
            return (1 if part.taken_back is not None else text_rows(str(part.text), width)) + gap
        case ReasoningPart():
            return 1 + gap
        case ToolPart():
            return TOOL + gap
    return OTHER + gap


def text_rows(text: str, width: int) -> int:
    """Rows a text takes when wrapped; a line break is taken to leave half a row empty."""
    return 1 + len(text) // max(1, width) + text.count("\n") // 2
