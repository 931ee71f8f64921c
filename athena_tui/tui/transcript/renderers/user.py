"""What the user said: plain text behind a coloured bar."""

from __future__ import annotations

from athena_tui.chat.parts import UserPart
from athena_tui.client.models import Attachment
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Fold, line, more_line, paragraph, shortened
from athena_tui.tui.transcript.wrapping import clip

PREVIEW_LINES = 30


def draw_user(part: UserPart, canvas: Canvas) -> Drawing:
    """A bar of the accent colour, the text as it was typed, the attachments below; a long paste is folded."""
    palette, signs = canvas.palette, canvas.glyphs
    bar = [(f"{signs.gutter} ", palette.user_gutter)]
    text, hidden = (part.text, 0)
    if canvas.fold is not Fold.OPEN:
        text, hidden = shortened(part.text, canvas.width, PREVIEW_LINES)
    lines = paragraph(text, canvas.width, palette.text, lead=bar) if text else []
    if hidden:
        lines.append(more_line(hidden, canvas, bar))
    for attachment in part.attachments:
        words = clip(f"{signs.attachment} {describe(attachment, signs.dot)}", canvas.width - 2, signs.ellipsis)
        lines.append(line([*bar, (words, palette.dim)], indent=2))
    return Drawing(lines, foldable=hidden > 0 or canvas.fold is not Fold.DEFAULT, hidden=hidden > 0)


def describe(attachment: Attachment, dot: str) -> str:
    """Name, kind and size of a file."""
    facts = [attachment.filename, attachment.content_type]
    if attachment.size is not None:
        facts.append(file_size(attachment.size))
    return f" {dot} ".join(facts)


def file_size(size: int) -> str:
    """Bytes for people."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"
