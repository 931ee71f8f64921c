"""Cuts the text of an open paragraph into pieces that nothing later can change.

A cut falls on white space where no delimiter is open, so what stands before it may be parsed, drawn and forgotten. An
opener that is never closed would hold back the rest of a paragraph; so emphasis, code and links reach over at most
`REACH` characters: then the text is cut at the last space where the fewest delimiters are open, and an opener left
behind is literal. Where the cuts fall depends on the text alone, never on how it arrived.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from athena_tui.tui.markdown.addresses import AUTOLINK, AUTOLINK_END, SCHEME, URL, URL_REACH, WWW, bare_url
from athena_tui.tui.markdown.cuts import BREAK, MAYBE_BREAK, between_graphemes, is_punctuation, last_space
from athena_tui.tui.markdown.notes import OPEN_NOTE

REACH = 1000
"""Characters after which an opener that is still open becomes literal."""

_WORD_REACH = 200
_RUN_REACH = 64
_SPECIAL = re.compile(r"[\\`*_~\[\]<&:]|(?<=www)\.")
_IN_TARGET = re.compile(r"[()\\]")
_LONG_WORD = re.compile(rf"[^ \t\n]{{{_WORD_REACH + 1}}}")
_SPACE = re.compile(r"[ \t\n]")
_DANGLING = "*_~`[!\\<"


@dataclass(slots=True)
class _Opener:
    """What is open: `count` delimiters that are not matched yet of a run of `length`, which `closes` as well or not."""

    kind: str
    count: int
    pos: int
    base: int = 0
    length: int = 0
    closes: bool = False

    def suits(self, length: int, *, opens: bool) -> bool:
        """Whether a closing run of that length, which opens as well or not, may match it: the rule of three."""
        if not (self.closes or opens) or (self.length + length) % 3:
            return True
        return not (self.length % 3 or length % 3)


class Segmenter:
    """A left-to-right scan over one paragraph's text.

    `feed` returns pieces as `(text, marked)`: marked text holds delimiters and is parsed on its own, the rest is
    plain words. Every piece but the first begins with the white space before it.
    """

    def __init__(self) -> None:
        self._text = ""
        self._pos = 0
        self._final = False
        self._marked = False
        self._stack: list[_Opener] = []
        self._depths: list[tuple[int, int]] = []

    @property
    def pending(self) -> str:
        """Text that may still change its meaning."""
        return self._text

    @property
    def marked(self) -> bool:
        """Whether the pending text has to be parsed to be drawn."""
        return self._marked or bool(self._stack) or self._pos < len(self._text)

    def copy(self) -> Segmenter:
        """A segmenter in the same state, to return to."""
        other = Segmenter()
        other._text = self._text
        other._pos = self._pos
        other._marked = self._marked
        other._stack = [replace(item) for item in self._stack]
        other._depths = self._depths.copy()
        return other

    def feed(self, text: str) -> list[tuple[str, bool]]:
        """Add text; returns the pieces it settled."""
        self._text += text
        return self._scan()

    def finish(self) -> list[tuple[str, bool]]:
        """No more text comes; returns all that is left."""
        self._final = True
        pieces = self._scan()
        if self._text:
            pieces.append((self._text, self._marked))
            self._text, self._pos = "", 0
        return pieces

    @property
    def hides(self) -> bool:
        """Whether the end of the pending text is not to be seen: the target of a link, or the mark of a footnote."""
        if not self._stack:
            return False
        last = self._stack[-1]
        return last.kind == "(" or (last.kind == "[" and OPEN_NOTE.match(self._text, last.pos) is not None)

    def preview(self) -> str:
        """The pending text as it is likely to go on: what is open is closed, what is half a delimiter is left out."""
        text = self._text
        stack = self._stack
        closers = ""
        ticks = next((at for at, item in enumerate(stack) if item.kind == "`"), None)
        if ticks is not None:
            stack = stack[: ticks + 1]
        if stack and stack[-1].kind == "(":
            text = text[: stack[-1].pos + 1]
            closers = ")"
        elif self.hides:
            text = text[: stack[-1].pos]
        elif self._pos < len(text):
            text = text.rstrip(_DANGLING)
        if stack:
            text = text if closers else text.rstrip()
            for item in reversed(stack):
                if item.kind in "`*_~" and item.pos + item.count < len(text):
                    closers += item.kind * item.count
        return text + closers

    def _scan(self) -> list[tuple[str, bool]]:
        pieces: list[tuple[str, bool]] = []
        text = self._text
        end = len(text)
        start = 0
        pos = self._pos
        while True:
            target = bool(self._stack) and self._stack[-1].kind == "("
            match = (_IN_TARGET if target else _SPECIAL).search(text, pos)
            stop = match.start() if match else end
            if not self._stack:
                start = self._settle(text, start, pos, stop, pieces)
            cut = -1
            if self._marked or self._stack:
                if stop > start + REACH:
                    cut = self._forced_cut(text, start, start + REACH)
            elif stop - start > _WORD_REACH and (word := _LONG_WORD.search(text, start, stop)):
                cut = between_graphemes(text, word.end() - 1)
            if cut >= 0:
                pieces.append((text[start:cut], self._marked))
                start = pos = cut
                self._marked = False
                self._stack.clear()
                self._depths.clear()
                continue
            if match is None:
                pos = end
                break
            after = self._in_target(text, stop) if target else self._special(text, stop, start)
            if after < 0:
                pos = stop
                break
            self._depths.append((stop, len(self._stack)))
            pos = after
        if start:
            self._text = text[start:]
            for item in self._stack:
                item.pos -= start
            self._depths = [(at - start, depth) for at, depth in self._depths if at >= start]
        self._pos = pos - start
        return pieces

    def _settle(self, text: str, start: int, pos: int, stop: int, pieces: list[tuple[str, bool]]) -> int:
        """Nothing is open between `pos` and `stop`: words that ended there are settled; returns the new start."""
        if self._marked:
            space = _SPACE.search(text, pos, stop)
            if space is None or space.start() > start + REACH:
                return start
            pieces.append((text[start : space.start()], True))
            start = space.start()
            self._marked = False
        low = max(start, pos)
        if stop - start > _WORD_REACH and (word := _LONG_WORD.search(text, start, stop)):
            stop = word.start()
        cut = last_space(text, low, stop)
        if cut < 0:
            return start
        while cut > start and text[cut - 1] in " \t\n":
            cut -= 1
        if cut > start:
            pieces.append((text[start:cut], False))
        return cut

    def _forced_cut(self, text: str, start: int, limit: int) -> int:
        best = -1
        least = len(text)
        depth = 0
        marks = iter([*self._depths, (limit, 0)])
        at = start
        for mark, following in marks:
            until = min(mark, limit)
            low = max(at, start + (limit - start) // 2)
            if until > low and depth <= least:
                space = last_space(text, low, until)
                if space > start:
                    best, least = space, depth
            at, depth = until, following
        if best > start:
            return best
        return between_graphemes(text, limit)

    def _special(self, text: str, at: int, start: int) -> int:
        """Handle the special character at `at`; returns where to go on, or -1 to wait for more text."""
        char = text[at]
        if char in "*_~":
            return self._emphasis(text, at, start)
        if char == "`":
            return self._ticks(text, at)
        if char == "\\":
            return self._escape(text, at)
        if char == "[":
            self._marked = True
            self._stack.append(_Opener("[", 1, at, len(self._stack)))
            return at + 1
        if char == "]":
            return self._bracket(text, at)
        if char == "<":
            return self._autolink(text, at)
        if char in ":.":
            return self._url(text, at, start)
        self._marked = True
        return at + 1

    def _escape(self, text: str, at: int) -> int:
        if at + 1 == len(text):
            return at + 1 if self._final else -1
        self._marked = True
        following = text[at + 1]
        if following in " \t" or (following == "`" and any(item.kind == "`" for item in self._stack)):
            return at + 1
        return at + 2

    def _ticks(self, text: str, at: int) -> int:
        end = _run_end(text, at)
        if end == len(text) and not self._final:
            return -1
        self._marked = True
        for index, item in enumerate(self._stack):
            if item.kind == "`" and item.count == end - at:
                del self._stack[index:]
                return end
        self._stack.append(_Opener("`", end - at, at))
        return end

    def _emphasis(self, text: str, at: int, start: int) -> int:
        end = _run_end(text, at)
        if end == len(text) and not self._final:
            return -1
        char, count = text[at], end - at
        if char == "~":
            count -= count % 2
        before = text[at - 1] if at > start else " "
        after = text[end] if end < len(text) else " "
        left = not after.isspace() and (not is_punctuation(after) or before.isspace() or is_punctuation(before))
        right = not before.isspace() and (not is_punctuation(before) or after.isspace() or is_punctuation(after))
        opens, closes = left, right
        if char == "_":
            opens = left and (not right or is_punctuation(before))
            closes = right and (not left or is_punctuation(after))
        if not count or not (opens or closes):
            return end
        self._marked = True
        length = 0 if char == "~" else end - at
        if closes:
            count = self._close(char, count, length, opens=opens)
        if count and opens:
            self._stack.append(_Opener(char, count, at, length=length, closes=closes))
        return end

    def _close(self, char: str, count: int, length: int, *, opens: bool) -> int:
        """Match a closing run with its openers; returns how much of it is left."""
        stack = self._stack
        index = len(stack) - 1
        while count and index >= 0 and stack[index].kind in "*_~":
            opener = stack[index]
            if opener.kind == char and opener.suits(length, opens=opens):
                matched = min(opener.count, count)
                count -= matched
                opener.count -= matched
                del stack[index + 1 :]
                if not opener.count:
                    stack.pop()
            index -= 1
        return count

    def _bracket(self, text: str, at: int) -> int:
        if at + 1 == len(text) and not self._final:
            return -1
        stack = self._stack
        index = len(stack) - 1
        while index >= 0 and stack[index].kind in "*_~":
            index -= 1
        if index < 0 or stack[index].kind != "[":
            return at + 1
        self._marked = True
        del stack[index]
        if text.startswith("(", at + 1):
            stack.append(_Opener("(", 1, at + 1, index))
            return at + 2
        return at + 1

    def _in_target(self, text: str, at: int) -> int:
        opener = self._stack[-1]
        if text[at] == "\\":
            if at + 1 == len(text):
                return at + 1 if self._final else -1
            return at + 2
        opener.count += 1 if text[at] == "(" else -1
        if not opener.count:
            del self._stack[opener.base :]
        return at + 1

    def _autolink(self, text: str, at: int) -> int:
        match = AUTOLINK.match(text, at) or BREAK.match(text, at)
        if match:
            self._marked = True
            return match.end()
        if self._final:
            return at + 1
        if MAYBE_BREAK.match(text, at) or (len(text) - at < URL_REACH and not AUTOLINK_END.search(text, at + 1)):
            return -1
        return at + 1

    def _url(self, text: str, at: int, start: int) -> int:
        mark, before = ("://", SCHEME) if text[at] == ":" else (".", WWW)
        begun = before.search(text[max(start, at - 6) : at])
        if begun is None:
            return at + 1
        if not self._final and at + len(mark) >= len(text) and mark.startswith(text[at : at + len(mark)]):
            return -1
        begin = at - len(begun.group(1))
        match = URL.match(text, begin)
        if match is None:
            return at + 1
        if match.end() == len(text) and not self._final and match.end() - begin < URL_REACH:
            return -1
        url = bare_url(text, begin)
        if not url:
            return at + 1
        self._marked = True
        return begin + len(url)


def _run_end(text: str, at: int) -> int:
    end = at + 1
    while end < len(text) and end - at < _RUN_REACH and text[end] == text[at]:
        end += 1
    return end


__all__ = ["REACH", "Segmenter"]
