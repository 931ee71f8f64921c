"""Highlights code one line at a time, carrying the lexer's state from line to line.

A line's colours depend on the lines before it, never on those after it, so a finished line is final. Constructs that a
lexer would match over several lines at once (block comments, mostly) are carried by their delimiters instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rich.style import Style

from athena_tui.tui.markdown.wrap import Piece
from athena_tui.tui.palette import Palette

if TYPE_CHECKING:
    from rich.syntax import SyntaxTheme

    from athena_tui.tui.markdown.line_lexer import LineLexer, Token

LINE_REACH = 1000
"""Characters of one line that are highlighted; the rest of a longer one is plain."""

_LANGUAGE = re.compile(r"[\w+#.-]+")
_PLAIN = frozenset({"", "text", "txt", "plain", "plaintext", "none"})


def language_of(info: str) -> str:
    """The language named by a fence's info string."""
    match = _LANGUAGE.search(info)
    return match.group() if match else ""


class Highlighter:
    """Colours the lines of one code block in turn.

    Args:
        language: As the fence names it; an unknown one is drawn plain.
        palette: The colours.
    """

    def __init__(self, language: str, palette: Palette) -> None:
        self._base = palette.text + palette.code_block
        self._language = language
        self._theme_name = palette.code_theme
        self._dark = palette.dark
        self._lexer: LineLexer | None = None
        self._theme: SyntaxTheme | None = None
        self._styles: dict[Any, Style] = {}
        self._ready = False

    def line(self, text: str) -> list[Piece]:
        """The next line."""
        lexer = self._lexer_of()
        return self._style(text, lexer.line(text[:LINE_REACH]) if lexer else [])

    def draft(self, text: str) -> list[Piece]:
        """How the unfinished next line looks so far."""
        lexer = self._lexer_of()
        return self._style(text, lexer.draft(text[:LINE_REACH]) if lexer else [])

    def _lexer_of(self) -> LineLexer | None:
        if not self._ready:
            self._prepare()
        return self._lexer

    def _prepare(self) -> None:
        self._ready = True
        if self._theme_name == "none" or self._language.lower() in _PLAIN:
            return
        from rich.syntax import ANSI_DARK, ANSI_LIGHT, ANSISyntaxTheme, PygmentsSyntaxTheme

        from athena_tui.tui.markdown.line_lexer import ClassNotFound, LineLexer

        try:
            self._lexer = LineLexer(self._language)
        except ClassNotFound:
            return
        if self._theme_name == "ansi":
            self._theme = ANSISyntaxTheme(ANSI_DARK if self._dark else ANSI_LIGHT)
        else:
            self._theme = PygmentsSyntaxTheme(self._theme_name)

    def _style(self, text: str, tokens: list[Token]) -> list[Piece]:
        if not "".join([value for _, value in tokens]).startswith(text[:LINE_REACH]):
            # No lexer, or one that changes the text: code is drawn as it was sent.
            return [(text, self._base)] if text else []
        pieces: list[Piece] = []
        room = min(len(text), LINE_REACH)
        for kind, value in tokens:
            shown = value[:room]
            if not shown:
                continue
            room -= len(shown)
            style = self._style_of(kind)
            if pieces and pieces[-1][1] is style:
                pieces[-1] = (pieces[-1][0] + shown, style)
            else:
                pieces.append((shown, style))
        rest = text[min(len(text), LINE_REACH) - room :]
        if rest:
            pieces.append((rest, self._base))
        return pieces

    def _style_of(self, kind: Any) -> Style:
        style = self._styles.get(kind)
        if style is None:
            found = self._theme.get_style_for_token(kind) if self._theme else Style.null()
            # The background is the palette's.
            bare = Style(color=found.color, bold=found.bold, italic=found.italic, underline=found.underline)
            style = self._styles[kind] = self._base + bare
        return style


__all__ = ["LINE_REACH", "Highlighter", "language_of"]
