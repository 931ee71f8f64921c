"""A lexer that carries its state from line to line."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

# pygments has no types.
from pygments import lexers, token, util
from pygments.lexer import ExtendedRegexLexer, LexerContext, RegexLexer
from pygments.lexers.data import YamlLexer, YamlLexerContext

# Constructs that some lexers match with one expression over several lines.
_SPANS = (
    ("/*", "*/"),
    ("<!--", "-->"),
    ('"""', '"""'),
    ("'''", "'''"),
    ("(*", "*)"),
    ("{-", "-}"),
    ("--[[", "]]"),
    ("`", "`"),
    ("<![CDATA[", "]]>"),
)
_OPENERS = tuple(opener for opener, _ in _SPANS)
_EMBEDDED = frozenset({"script-content", "style-content"})

ClassNotFound = util.ClassNotFound
Token = tuple[Any, str]

_UNSURE = 8


@dataclass(frozen=True, slots=True)
class _Step:
    pos: int
    tokens: int
    stack: list[str]
    until: tuple[str, Any] | None


@dataclass(slots=True)
class _Draft:
    text: str = ""
    tokens: list[Token] = field(default_factory=list)
    steps: list[_Step] = field(default_factory=list)


class LineLexer:
    """A pygments lexer that is fed line by line.

    Raises:
        ClassNotFound: No lexer has that name.
    """

    def __init__(self, language: str) -> None:
        self._lexer = lexer = lexers.get_lexer_by_name(language)
        self._rules: dict[str, Any] | None = None
        self._looks_up = False
        self._words: dict[str, Any] = {}
        self._context: LexerContext | None = None
        if isinstance(lexer, ExtendedRegexLexer):
            self._context = YamlLexerContext("", 0) if isinstance(lexer, YamlLexer) else LexerContext("", 0)
        elif isinstance(lexer, RegexLexer):
            self._looks_up = type(lexer).get_tokens_unprocessed is not RegexLexer.get_tokens_unprocessed
            self._rules = lexer._tokens  # noqa: SLF001 - the only way to carry state
        self._stack: list[str] = ["root"]
        self._until: tuple[str, Any] | None = None
        self._draft: _Draft | None = None
        self._spans: dict[tuple[str, str, bool], Any] = {}

    def line(self, text: str) -> list[Token]:
        """Tokens of the next line."""
        self._draft = None
        return self._lex(text, 0, [])

    def draft(self, text: str) -> list[Token]:
        """Tokens of the unfinished next line so far; what was seen of it before is not lexed again."""
        if self._rules is None:
            return self._lex(text, 0, [], [])
        draft = self._draft
        stack, until = self._stack, self._until
        if draft is None or not text.startswith(draft.text):
            draft = self._draft = _Draft()
        # The last tokens may still become others.
        while draft.steps and draft.steps[-1].pos > len(draft.text) - _UNSURE:
            draft.steps.pop()
        step = draft.steps.pop() if draft.steps else _Step(0, 0, stack.copy(), until)
        del draft.tokens[step.tokens :]
        self._stack, self._until = step.stack.copy(), step.until
        draft.text = text
        tokens = self._lex(text, step.pos, draft.tokens, draft.steps)
        self._stack, self._until = stack, until
        return tokens

    def _lex(self, text: str, pos: int, tokens: list[Token], steps: list[_Step] | None = None) -> list[Token]:
        text += "\n"
        rules = self._rules
        if rules is None:
            return self._lex_whole(text, keep=steps is None)
        while pos < len(text):
            if steps is not None:
                steps.append(_Step(pos, len(tokens), self._stack.copy(), self._until))
            if self._until is not None:
                pos = self._go_on(text, pos, tokens)
            elif (span := self._span_at(rules, text, pos)) is not None:
                opener, closer, kind = span
                self._until = (closer, kind)
                tokens.append((kind, opener))
                pos += len(opener)
            else:
                pos = self._step(rules, text, pos, tokens)
        return tokens

    def _lex_whole(self, text: str, *, keep: bool) -> list[Token]:
        """A line for a lexer with a loop of its own, which may have a context that outlives the line."""
        if self._context is None:
            return [(kind, value) for _, kind, value in self._lexer.get_tokens_unprocessed(text)]
        context = self._context if keep else deepcopy(self._context)
        context.text, context.pos, context.end = text, 0, len(text)
        return [(kind, value) for _, kind, value in self._lexer.get_tokens_unprocessed(context=context)]

    def _go_on(self, text: str, pos: int, tokens: list[Token]) -> int:
        """Go on with the construct that was begun on an earlier line."""
        closer, kind = self._until or ("", None)
        found = text.find(closer, pos)
        end = found + len(closer) if found >= 0 else len(text)
        tokens.append((kind, text[pos:end]))
        if found >= 0:
            self._until = None
        return end

    def _span_at(self, rules: dict[str, Any], text: str, pos: int) -> tuple[str, str, Any] | None:
        """A construct that begins here, which the lexer would match in one piece over several lines."""
        if not text.startswith(_OPENERS, pos):
            return None
        for opener, closer in _SPANS:
            if text.startswith(opener, pos) and text.find(closer, pos + len(opener)) < 0:
                before = text[:pos]
                key = (self._stack[-1], opener, not before.strip())
                if key not in self._spans:
                    self._spans[key] = self._kind_of(rules, f"{before}{opener} x\nx {closer}", pos)
                kind = self._spans[key]
                if kind is not None:
                    return opener, closer, kind
        return None

    def _kind_of(self, rules: dict[str, Any], sample: str, pos: int) -> Any:
        """The kind of the one token the lexer would make of `sample` from `pos` on; none if it makes several."""
        stack = self._stack.copy()
        tokens: list[Token] = []
        end = self._step(rules, sample, pos, tokens)
        self._stack = stack
        return tokens[0][0] if end == len(sample) and len(tokens) == 1 else None

    def _step(self, rules: dict[str, Any], text: str, pos: int, tokens: list[Token]) -> int:
        # A rule may match nothing and only change the state; a lexer that does so for ever is left.
        for _ in range(100):
            for match_at, action, new_state in rules[self._stack[-1]]:
                match = match_at(text, pos)
                if not match:
                    continue
                if action is not None:
                    found = [(0, action, match.group())] if isinstance(action, tuple) else action(self._lexer, match)
                    tokens += [(self._named(kind, value), value) for _, kind, value in found if value]
                end: int = match.end()
                # A script or style sheet goes on after the line, though the lexer took it for the last.
                if not (self._stack[-1] in _EMBEDDED and end == len(text)):
                    self._move(new_state)
                if end > pos:
                    return end
                break
            else:
                break
        if text[pos] == "\n":
            self._stack = ["root"]
            tokens.append((token.Whitespace, "\n"))
        else:
            tokens.append((token.Error, text[pos]))
        return pos + 1

    def _named(self, kind: Any, value: str) -> Any:
        """What a lexer that looks words up after lexing makes of this one."""
        if not self._looks_up or kind not in token.Name:
            return kind
        if value not in self._words:
            found = list(self._lexer.get_tokens_unprocessed(value))
            self._words[value] = found[0][1] if len(found) == 1 else token.Name
        word = self._words[value]
        return kind if word is token.Name else word

    def _move(self, new_state: Any) -> None:
        stack = self._stack
        if new_state is None:
            return
        if isinstance(new_state, int):
            del stack[max(1, len(stack) + new_state) if new_state < 0 else new_state :]
            return
        for state in new_state if isinstance(new_state, tuple) else (new_state,):
            if state == "#pop":
                if len(stack) > 1:
                    stack.pop()
            elif state == "#push":
                stack.append(stack[-1])
            else:
                stack.append(state)
        del stack[1:-50]


__all__ = ["ClassNotFound", "LineLexer", "Token"]
