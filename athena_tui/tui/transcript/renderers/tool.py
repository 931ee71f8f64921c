"""A tool call: who runs it, how it stands, what it was given and what it said."""

from __future__ import annotations

from athena_tui.chat.parts import ToolPart, ToolState
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import (
    Canvas,
    Drawing,
    Fold,
    Piece,
    Tick,
    elapsed,
    line,
    more_line,
    precise,
)
from athena_tui.tui.transcript.renderers.choices import choice_lines
from athena_tui.tui.transcript.renderers.json_lines import key_value_lines, value_lines
from athena_tui.tui.transcript.wrapping import clip

PREVIEW_LINES = 12
OPEN_LINES = 2000
NAME_CELLS = 12
"""Cells the name of a tool needs before it is said who runs it."""
CHOICES = (
    ("r", "run", "decide('run')"),
    ("e", "edit arguments", "decide('edit')"),
    ("a", "answer by hand", "decide('answer')"),
    ("x", "reject", "decide('reject')"),
    ("A", "Always allow", "decide('always')"),
)


def draw_tool(part: ToolPart, canvas: Canvas) -> Drawing:
    """Header, arguments, result, and the choices while the call waits for a person."""
    lines = [_header(part, canvas, canvas.tick)]
    hidden = 0
    if canvas.fold is not Fold.CLOSED:
        limit = OPEN_LINES if canvas.fold is Fold.OPEN else PREVIEW_LINES
        hidden = _body(part, canvas, limit, lines)
    if part.waits_for_person:
        lines += choice_lines(CHOICES, canvas, indent=_indent(canvas))
    running = part.state is ToolState.RUNNING and part.started_at is not None
    head = (lambda tick: _header(part, canvas, tick)) if running else None
    return Drawing(lines, foldable=True, headed=True, hidden=hidden > 0, head=head)


def _indent(canvas: Canvas) -> int:
    return 4 if canvas.width >= 60 else 2


def _body(part: ToolPart, canvas: Canvas, limit: int, lines: list[Line]) -> int:
    palette, signs = canvas.palette, canvas.glyphs
    indent = _indent(canvas)
    space: list[Piece] = [(" " * indent, palette.text)]
    more = 0
    if isinstance(part.arguments, dict):
        drawn, more = key_value_lines(part.arguments, canvas.width, palette, indent=indent, limit=limit)
    elif part.arguments is not None:
        drawn, more = value_lines(part.arguments, canvas.width, palette, lead=space, limit=limit)
    else:
        drawn = []
    lines += drawn
    if more:
        lines.append(_more(more, canvas, indent))
    if part.state in {ToolState.WAITING, ToolState.RUNNING} or (part.result is None and part.outcome is None):
        return more
    style = palette.error if part.state in {ToolState.FAILED, ToolState.REJECTED} else palette.success
    drawn, left = value_lines(
        part.result, canvas.width, palette, lead=[*space, (f"{signs.result} ", style)], limit=limit
    )
    lines += drawn
    if left:
        lines.append(_more(left, canvas, indent + 2))
    return more + left


def _more(count: int, canvas: Canvas, indent: int) -> Line:
    return more_line(count, canvas, [(" " * indent, canvas.palette.text)], opens=canvas.fold is Fold.OPEN)


def _header(part: ToolPart, canvas: Canvas, tick: Tick) -> Line:
    palette, signs = canvas.palette, canvas.glyphs
    mark = signs.folded if canvas.fold is Fold.CLOSED else signs.unfolded
    state = _state(part, canvas, tick)
    dot = f" {signs.dot} "
    room = canvas.width - sum(len(words) for words, _ in state) - len(dot) - 2
    side = f"{dot}{part.side}"
    if room - len(side) < NAME_CELLS:
        side = ""
    name = clip(part.name, max(4, room - len(side)), signs.ellipsis)
    pieces = [(f"{mark} ", palette.dim), (name, palette.strong), (side + dot, palette.dim), *state]
    return line(pieces, indent=2)


def _state(part: ToolPart, canvas: Canvas, tick: Tick) -> list[Piece]:
    palette, signs = canvas.palette, canvas.glyphs
    took = "" if part.duration_ms is None else f" {precise(part.duration_ms / 1000)}"
    match part.state:
        case ToolState.SUCCEEDED:
            return [(signs.done, palette.success), (took, palette.dim)]
        case ToolState.FAILED:
            words = " failed" if part.outcome is not None else " left unfinished"
            return [(signs.failed + words, palette.error), (took, palette.dim)]
        case ToolState.REJECTED:
            return [(f"{signs.rejected} rejected", palette.error)]
        case ToolState.UNTOLD:
            return [("no result was told", palette.dim)]
        case ToolState.RUNNING:
            since = "" if part.started_at is None else f" {elapsed(tick.now - part.started_at)}"
            return [(canvas.spinner(tick), palette.accent), (since, palette.dim)]
        case ToolState.WAITING:
            if part.waits_for_person:
                return [(f"{signs.waiting} waits for you", palette.warning)]
            return [(f"{signs.waiting} waiting", palette.dim)]
