"""A human gate: what is asked, and the keys that answer it."""

from __future__ import annotations

from athena_tui.chat.parts import ApprovalPart
from athena_tui.tui.transcript.drawing import Canvas, Drawing, line, paragraph
from athena_tui.tui.transcript.renderers.choices import choice_lines
from athena_tui.tui.transcript.renderers.json_lines import value_lines

APPROVAL = (
    ("y", "approve", "gate('approve')"),
    ("n", "reject", "gate('reject')"),
    ("c", "comment and approve", "gate('comment')"),
)
INPUT = (("y", "answer", "gate('comment')"), ("n", "decline", "gate('reject')"))


def draw_gate(part: ApprovalPart, canvas: Canvas) -> Drawing:
    """The question behind a warning bar while it is open; one line of outcome when it is answered."""
    palette, signs = canvas.palette, canvas.glyphs
    asked = "Your approval is needed" if part.kind == "approval" else "The agent asks you something"
    open_ = part.approved is None
    bar = [(f"{signs.bar} ", palette.warning if open_ else palette.rule)]
    title = palette.warning if open_ else palette.dim
    lines = [line([*bar, (asked, title)], indent=2)]
    if part.prompt:
        lines += paragraph(part.prompt, canvas.width, palette.text, lead=bar)
    for option in part.options:
        lines += paragraph(option, canvas.width, palette.text, lead=[*bar, (f"{signs.dot} ", palette.dim)])
    if part.approved is None:
        if part.rejecting_fails:
            lines += paragraph("A no fails the run.", canvas.width, palette.dim, lead=bar)
        lines += choice_lines(APPROVAL if part.kind == "approval" else INPUT, canvas, indent=2)
        return Drawing(lines)
    said = "Approved" if part.kind == "approval" else "Answered"
    outcome = (
        (f"{signs.done} {said}", palette.success) if part.approved else (f"{signs.rejected} Rejected", palette.error)
    )
    comment = [(f" {signs.dot} {part.comment}", palette.dim)] if part.comment else []
    words = "".join(text for text, _ in (outcome, *comment))
    lines += paragraph(words, canvas.width, outcome[1], lead=bar)
    if part.data is not None:
        lines += value_lines(part.data, canvas.width, palette, lead=bar, limit=12)[0]
    return Drawing(lines)
