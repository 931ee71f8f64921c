"""The inline grammar: CommonMark without HTML, plus strikethrough, footnotes and bare web addresses."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference, unescapeAll
from markdown_it.rules_inline import StateInline

from athena_tui.tui.markdown.addresses import SCHEME, WWW, bare_url
from athena_tui.tui.markdown.cuts import BREAK
from athena_tui.tui.markdown.notes import NOTE

_STOP = re.compile(r"[\n!&*:<\[\\\]_`~]")
"""Where a rule other than that of plain text may begin."""


class _InlineGrammar(MarkdownIt):
    """Every target is parsed as a link; what may be opened is decided where the link is drawn."""

    def validateLink(self, url: str) -> bool:  # noqa: N802, ARG002 - markdown-it's signature
        return True


def _text_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    """Plain text, which ends also where the first full stop of a bare address may stand."""
    stop = _STOP.search(state.src, state.pos)
    end = stop.start() if stop else state.posMax
    address = state.src.find("www.", state.pos, end)
    if address >= 0:
        end = address + 3
    if end <= state.pos:
        return False
    if not silent:
        state.pending += state.src[state.pos : end]
    state.pos = end
    return True


def _bare_url_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    if state.linkLevel > 0:
        return False
    if state.src.startswith("://", state.pos):
        begun = SCHEME.search(state.pending[-6:])
    else:
        begun = WWW.search(state.pending[-6:]) if state.src.startswith(".", state.pos) else None
    if begun is None:
        return False
    name = begun.group(1)
    url = bare_url(state.src, state.pos - len(name))
    if not url:
        return False
    if not silent:
        state.pending = state.pending[: -len(name)]
        target = f"http://{url}" if name == "www" else url
        state.push("link_open", "a", 1).attrs = {"href": state.md.normalizeLink(target)}
        state.push("text", "", 0).content = url
        state.push("link_close", "a", -1)
    state.pos += len(url) - len(name)
    return True


def _break_rule(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    found = BREAK.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.pending = state.pending.rstrip(" ")
        state.push("hardbreak", "br", 0)
    state.pos = found.end()
    while state.src.startswith(" ", state.pos):
        state.pos += 1
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
    grammar.inline.ruler.at("text", _text_rule)
    grammar.inline.ruler.before("text", "bare_url", _bare_url_rule)
    grammar.inline.ruler.before("autolink", "break", _break_rule)
    grammar.inline.ruler.after("link", "note", _note_rule)
    return grammar


__all__ = ["inline_grammar", "normalizeReference", "unescapeAll"]
