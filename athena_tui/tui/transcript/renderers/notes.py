"""The short parts: notices, errors, media, and the footer of an agent's turn."""

from __future__ import annotations

from rich.cells import cell_len
from rich.style import Style

from athena_tui.chat.parts import ErrorPart, MediaPart, NoticePart, TurnState, UsagePart
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import (
    Canvas,
    Drawing,
    Tick,
    elapsed,
    line,
    more_line,
    paragraph,
    precise,
    shortened,
)
from athena_tui.tui.transcript.renderers.choices import choice_lines

RETRY = (("R", "Retry", "retry"),)
LOST = (("F5", "look for the answer", "screen.reload"), ("R", "run it again, which may be charged again", "retry"))
MEDIA = (("o", "open", "open"), ("s", "save", "save"))

MESSAGE_LINES = 12


def draw_notice(part: NoticePart, canvas: Canvas) -> Drawing:
    """A dim remark."""
    palette = canvas.palette
    lead = [(f"{canvas.glyphs.notice} ", palette.dim)]
    return Drawing(paragraph(part.text, canvas.width, palette.dim, lead=lead, hanging=True))


def draw_error(part: ErrorPart, canvas: Canvas) -> Drawing:
    """What went wrong, what to do about it, and the key for it."""
    palette, signs = canvas.palette, canvas.glyphs
    space = [("  ", palette.text)]
    lines = [line([(f"{signs.failed} {part.code}", palette.error + Style(bold=True))], indent=2)]
    message, hidden = shortened(part.message, canvas.width, MESSAGE_LINES)
    lines += paragraph(message, canvas.width, palette.text, lead=space)
    if hidden:
        lines.append(more_line(hidden, canvas, space, opens=True))
    if part.remedy:
        lead = [(f"{signs.result} ", palette.accent)]
        lines += paragraph(part.remedy, canvas.width, palette.text, lead=[*space, *lead], hanging=True)
    facts = []
    if part.refunded:
        facts.append("credits refunded")
    if part.trace_id:
        facts.append(f"trace {part.trace_id}")
    if facts:
        lines += paragraph(f" {signs.dot} ".join(facts), canvas.width, palette.dim, lead=space)
    if part.retryable:
        lines += choice_lines(RETRY, canvas, indent=2)
    elif part.perhaps_answered:
        lines += choice_lines(LOST, canvas, indent=2)
    return Drawing(lines)


def draw_media(part: MediaPart, canvas: Canvas) -> Drawing:
    """Progress while it is made, then where it is."""
    palette, signs = canvas.palette, canvas.glyphs
    kind = (part.media_type or "media").partition("/")[0].capitalize()
    if not part.ready:

        def head(tick: Tick) -> Line:
            return _making(kind, part, canvas, tick)

        return Drawing([head(canvas.tick)], head=head if part.started_at is not None else None)
    lines = [line([(f"{signs.done} ", palette.success), (kind, palette.strong)], indent=2)]
    if part.url:
        shown = part.url if not part.url.startswith("data:") else f"{part.url.partition(',')[0]},{signs.ellipsis}"
        style = palette.link + Style(link=part.url) if part.url.startswith(("http://", "https://")) else palette.dim
        lines += paragraph(shown, canvas.width, style, lead=[("  ", palette.text)])
        lines += choice_lines(MEDIA, canvas, indent=2)
    return Drawing(lines)


def _making(kind: str, part: MediaPart, canvas: Canvas, tick: Tick) -> Line:
    since = "" if part.started_at is None else f" {elapsed(tick.now - part.started_at)}"
    return line([
        (f"{canvas.spinner(tick)} ", canvas.palette.accent),
        (f"{kind} is being made", canvas.palette.text),
        (since, canvas.palette.dim),
    ])  # fmt: skip


def draw_usage(part: UsagePart, canvas: Canvas) -> Drawing:
    """Tokens, cost and latency of a turn, dim, at the right edge."""
    facts = []
    if part.turn.state is TurnState.CANCELLED:
        facts.append("cancelled")
    usage = part.usage
    if usage is not None:
        tokens = usage.output_tokens if usage.output_tokens is not None else usage.total_tokens
        if tokens is not None:
            facts.append(f"{tokens:,} tok")
    if part.cost_microdollars is not None:
        facts.append(dollars(part.cost_microdollars))
    if part.latency_ms is not None:
        facts.append(precise(part.latency_ms / 1000))
    if not facts:
        return Drawing([])
    words = f" {canvas.glyphs.dot} ".join(facts)
    indent = max(0, canvas.width - cell_len(words))
    return Drawing([line([(" " * indent, canvas.palette.dim), (words, canvas.palette.dim)], indent=indent)])


def dollars(microdollars: int) -> str:
    """A small amount of money: four digits below a cent's tenth matter, none above ten dollars."""
    amount = microdollars / 1_000_000
    return f"${amount:.4f}" if amount < 1 else f"${amount:,.2f}"
