"""The colours and styles of everything drawn line by line, derived from the current theme."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style


@dataclass(frozen=True, slots=True)
class Palette:
    """Foreground styles by purpose; none sets the pane's own background unless it is meant to stand out.

    `code_theme` names a pygments style, or `ansi` where only the terminal's own colours may be used, or `none`
    for no colours at all. `ascii` asks for glyphs that every terminal has.
    """

    text: Style
    dim: Style
    accent: Style
    strong: Style
    emphasis: Style
    strike: Style
    heading: Style
    code: Style
    code_block: Style
    link: Style
    quote: Style
    rule: Style
    success: Style
    warning: Style
    error: Style
    user_gutter: Style
    selection: Style
    search_match: Style
    search_current: Style
    cursor: Style
    code_theme: str = "ansi"
    dark: bool = True
    ascii: bool = False
