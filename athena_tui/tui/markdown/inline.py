"""Turns the inline text of a paragraph, heading or cell into styled pieces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.style import Style

from athena_tui.tui.markdown.links import is_live, needs_clear_target
from athena_tui.tui.markdown.notes import is_number, note_mark
from athena_tui.tui.markdown.wrap import Piece
from athena_tui.tui.palette import Palette

if TYPE_CHECKING:
    from markdown_it.token import Token

_SHOWN = frozenset({"text", "text_special", "code_inline", "softbreak"})
_SOFT = re.compile(r"( *)\n[ \t]*|\t+")
# Also spelt by entities, which are decoded here.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb]")


def show_unsafe(text: str) -> str:
    """The text with a visible mark for each control character."""
    return _UNSAFE.sub("\ufffd", text)


class References(dict[str, dict[str, Any]]):
    """Link definitions by normalised label, and the labels of notes; remembers what was asked for too early."""

    def __init__(self) -> None:
        super().__init__()
        self.complete = False
        """Nothing more will be defined."""
        self.missed: set[str] = set()
        self._notes: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """Look a label up."""
        found = super().get(key, default)
        if found is None and not key.startswith("^"):
            self.missed.add(key)
        return found

    def add_note(self, label: str) -> None:
        """There is a footnote with this label."""
        self._notes.add(label.casefold())

    def has_note(self, label: str) -> bool:
        """Whether there is such a footnote. A number is taken for one until all is known."""
        if label.casefold() in self._notes:
            return True
        self.missed.add(f"^{label}")
        return is_number(label) and not self.complete

    def settles(self, missed: set[str]) -> bool:
        """Whether something looks different now that all is known."""
        return not missed.isdisjoint(self) or any(label.startswith("^") for label in missed)


@dataclass(slots=True)
class _OpenLink:
    href: str
    style: Style
    text: str = ""


class Inline:
    """Styles inline text by one palette, with the link definitions known so far."""

    def __init__(self, palette: Palette) -> None:
        self.palette = palette
        self.references = References()
        self._styles: dict[tuple[Style, Style], Style] = {}

    def style(self, base: Style, added: Style) -> Style:
        """The sum of two styles, always the same object for the same two."""
        key = (base, added)
        found = self._styles.get(key)
        if found is None:
            found = self._styles[key] = base + added
        return found

    def plain(self, text: str, base: Style) -> list[Piece]:
        """Words without delimiters."""
        if "\n" in text or "\t" in text:
            text = _SOFT.sub(_soften, text)
        return [(text, base)]

    def parse(self, text: str, base: Style) -> list[Piece]:
        """Text with delimiters, parsed on its own."""
        words = text.lstrip(" \t\n")
        pieces: list[Piece] = self.plain(text[: len(text) - len(words)], base) if len(words) < len(text) else []
        if words:
            pieces += self._draw(_tokens(words, self.references), base)
        return pieces

    def _draw(self, tokens: list[Token], base: Style) -> list[Piece]:
        palette = self.palette
        marks = {"em": palette.emphasis, "strong": palette.strong, "s": palette.strike}
        pieces: list[Piece] = []
        styles = [base]
        link: _OpenLink | None = None
        for token in tokens:
            style = styles[-1]
            kind = token.type
            if kind in _SHOWN:
                if kind == "code_inline":
                    style = self.style(style, palette.code)
                shown = " " if kind == "softbreak" else token.content.replace("\n", " ").replace("\t", " ")
                if not shown:
                    continue
                shown = show_unsafe(shown)
                pieces.append((shown, style))
                if link is not None:
                    link.text += shown
            elif kind == "hardbreak":
                pieces.append(("\n", style))
            elif kind == "note":
                mark = show_unsafe(note_mark(token.content))
                pieces.append((mark, self.style(style, palette.accent)))
            elif kind == "link_open":
                link = _OpenLink(str(token.attrs.get("href", "")), style)
                styles.append(self._link_style(style, link.href))
            elif kind == "image":
                pieces += self._image(token, style, live=link is None)
            elif token.nesting > 0:
                styles.append(self.style(style, marks[token.tag]))
            else:
                styles.pop()
                if kind == "link_close" and link is not None:
                    pieces += self._clear_target(link)
                    link = None
        return pieces

    def _image(self, token: Token, style: Style, *, live: bool) -> list[Piece]:
        href = str(token.attrs.get("src", ""))
        alt = "".join(child.content for child in token.children or []) or token.content
        shown = show_unsafe(" ".join(alt.split())) or href
        if not live:
            return [(shown, style)]
        link = _OpenLink(href, style, shown)
        return [(shown, self._link_style(style, href)), *self._clear_target(link)]

    def _link_style(self, style: Style, href: str) -> Style:
        style = self.style(style, self.palette.link)
        return self.style(style, Style(link=href)) if is_live(href) else style

    def _clear_target(self, link: _OpenLink) -> list[Piece]:
        if not link.href or not needs_clear_target(link.text, link.href):
            return []
        target = show_unsafe(" ".join(link.href.split()))
        return [(" ", link.style), (f"({target})", self.style(link.style, self.palette.dim))]


def _soften(match: re.Match[str]) -> str:
    spaces = match.group(1)
    return "\n" if spaces is not None and len(spaces) >= 2 else " "


def _tokens(text: str, references: References) -> list[Token]:
    from athena_tui.tui.markdown.parser import inline_grammar

    grammar = inline_grammar()
    tokens: list[Token] = []
    grammar.inline.parse(text, grammar, {"references": references}, tokens)
    return tokens


__all__ = ["Inline", "References", "show_unsafe"]
