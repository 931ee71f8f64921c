"""A structured output: a card, a table or JSON, whichever fits its shape."""

from __future__ import annotations

from typing import cast

from athena_tui.chat.parts import StructuredPart
from athena_tui.client.models import JsonObject
from athena_tui.tui.transcript.drawing import Canvas, Drawing, Fold, line, more_line
from athena_tui.tui.transcript.renderers.json_lines import is_table, key_value_lines, table_lines, value_lines

LIMIT = 400


def draw_structured(part: StructuredPart, canvas: Canvas) -> Drawing:
    """Unfolding shows the raw JSON."""
    palette, signs = canvas.palette, canvas.glyphs
    closed, raw = canvas.fold is Fold.CLOSED, canvas.fold is Fold.OPEN
    mark = signs.folded if closed else signs.unfolded
    kind = " as JSON" if raw else ""
    lines = [line([(f"{mark} ", palette.dim), ("Structured output", palette.strong), (kind, palette.dim)], indent=2)]
    value, left = part.value, 0
    shaped = False
    if not closed:
        shaped = not raw and (is_table(value) or (isinstance(value, dict) and bool(value)))
        if raw or not shaped:
            drawn, left = value_lines(value, canvas.width, palette, lead=[("  ", palette.text)], limit=LIMIT)
        elif isinstance(value, dict):
            drawn, left = key_value_lines(value, canvas.width, palette, indent=2, limit=LIMIT)
        else:
            rows = cast("list[JsonObject]", value)
            drawn, left = table_lines(rows, canvas.width, palette, indent=2, limit=LIMIT), max(0, len(rows) - LIMIT)
        lines += drawn
        if left:
            lines.append(more_line(left, canvas, [("  ", palette.text)], opens=True))
    return Drawing(lines, foldable=True, headed=True, hidden=shaped)
