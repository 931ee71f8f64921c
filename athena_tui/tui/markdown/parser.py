"""The inline grammar: CommonMark without HTML, plus strikethrough, footnotes and bare web addresses."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.rules_inline import StateInline

from athena_tui.tui.markdown.addresses import bare_url
from athena_tui.tui.markdown.notes import NOTE

_SCHEME = re.compile(r"(?:^|[^a-zA-Z0-9.+-])(https?)$", re.IGNORECASE)


class _InlineGrammar(MarkdownIt):
    """Every target is parsed as a link; what may be opened is decided where the link is drawn."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - markdown-it's signature
        return True


def _bare_url_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending)
    if scheme is None:
        return False
    name = scheme.group(1)
    url = bare_url(state.src, state.pos - len(name))
    if not url:
        return False
    if not silent:
        state.pending = state.pending[: -len(name)]
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(url)}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(url) - len(name)
    return True


def _note_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    # The end of a link's text is looked for in silence: what stands in brackets there must not seem to be a link.
    note = None if silent else NOTE.match(state.src, state.pos)
    if note is None or not state.env["references"].has_note(note.group(1)):
        return False
    state.push("note", "", 0).content = note.group(1)
    state.pos = note.end()
    return True


@cache
def inline_grammar() -> MarkdownIt:
    """The one immutable parser of inline text."""
    grammar = _InlineGrammar("commonmark", {"html": False})
    grammar.enable("strikethrough")
    grammar.disable("html_inline")
    grammar.inline.ruler.after("text", "bare_url", _bare_url_rule)
    grammar.inline.ruler.after("link", "note", _note_rule)
    return grammar


__all__ = ["inline_grammar", "normalizeReference", "unescapeAll"]
