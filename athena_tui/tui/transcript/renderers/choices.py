"""The keys a part offers to the person it waits for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from rich.style import Style

from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import Canvas, Piece, action, line

BOLD = Style(bold=True)
Choice: TypeAlias = tuple[str, str, str]
"""Key, words, and the view's action."""


def choice_lines(choices: Sequence[Choice], canvas: Canvas, *, indent: int = 0) -> list[Line]:
    """The choices side by side, on as many lines as they need; each can be clicked."""
    palette = canvas.palette
    rows: list[list[Piece]] = []
    used = canvas.width
    for key, words, name in choices:
        size = len(words) + 4
        inside = words.startswith(key)
        if inside:
            size = len(words) + 2
        if used + size + 2 > canvas.width:
            rows.append([(" " * indent, palette.text)])
            used = indent
        elif used > indent:
            rows[-1].append(("  ", palette.text))
            used += 2
        rest = words[len(key) :] if inside else f" {words}"
        rows[-1] += [action(f"[{key}]", palette.warning + BOLD, name), action(rest, palette.text, name)]
        used += size
    return [line(pieces, text="", join="") for pieces in rows]
