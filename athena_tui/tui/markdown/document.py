"""A Markdown document that only grows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from athena_tui.tui.lines import CodeBlock, Line
from athena_tui.tui.markdown.blocks import (
    Kind,
    Leaf,
    Open,
    Reading,
    may_end_fence,
    read_line,
    strip_containers,
)
from athena_tui.tui.markdown.fence import Fence
from athena_tui.tui.markdown.gutter import Gutter, Item, Quote
from athena_tui.tui.markdown.inline import Inline, show_unsafe
from athena_tui.tui.markdown.nesting import Nesting, without_task
from athena_tui.tui.markdown.paragraph import Heading, Paragraph
from athena_tui.tui.markdown.table import Table
from athena_tui.tui.markdown.table_syntax import split_row
from athena_tui.tui.palette import Palette

# Text is cleaned where it enters the program; what would still drive the terminal or turn the text round is not drawn.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")

_ROW_REACH = 1000
"""Characters of the longest unfinished row of a table that is drawn."""

_Leaf = Paragraph | Fence | Table | None


@dataclass(slots=True)
class _Unresolved:
    """A settled block with links whose definition had not come yet."""

    leaf: Paragraph | Table
    start: int
    end: int


class MarkdownDocument:
    """Markdown drawn as lines while it streams in.

    Args:
        width: Cells of a line.
        palette: What it is drawn with.
    """

    def __init__(self, width: int, palette: Palette) -> None:
        self._width = max(2, width)
        self._palette = palette
        self._inline = Inline(palette)
        self._lines: list[Line] = []
        self._settled = 0
        self._changed = 0
        self._pending = ""
        self._streaming = False
        self._nesting = Nesting(self._width, palette)
        self._leaf: _Leaf = None
        self._blank = False
        self._block = 0
        self._code_blocks: list[CodeBlock] = []
        self._unresolved: list[_Unresolved] = []

    @property
    def lines(self) -> Sequence[Line]:
        """The lines as they are drawn now."""
        return self._lines

    @property
    def code_blocks(self) -> Sequence[CodeBlock]:
        """The code blocks so far, the open one included."""
        if isinstance(self._leaf, Fence):
            return [*self._code_blocks, self._leaf.code_block]
        return self._code_blocks

    def append(self, text: str) -> int:
        """Add text.

        Returns:
            The index of the first line that changed.
        """
        self._drop_draft()
        text = _CONTROLS.sub("", text)
        if not text.isascii():
            text = show_unsafe(text)
        at = 0
        if self._streaming and text:
            end = text.find("\n")
            self._stream(text if end < 0 else text[:end])
            if end < 0:
                return self._draw_draft("")
            self._end_stream()
            at = end + 1
        text = self._pending + text[at:]
        at = 0
        while (end := text.find("\n", at)) >= 0:
            self._read(text[at:end])
            at = end + 1
        self._pending = text[at:]
        if self._pending and not self._streaming:
            self._read_unfinished()
        return self._draw_draft(self._pending)

    def settle(self) -> int:
        """No more text comes: close what is open and resolve links that were defined late.

        Returns:
            The index of the first line that changed.
        """
        self._drop_draft()
        if self._streaming:
            self._end_stream()
        elif self._pending:
            self._read(self._pending)
        self._pending = ""
        self._close_leaf()
        self._leave(0)
        self._settled = len(self._lines)
        self._inline.references.complete = True
        for late in reversed(self._unresolved):
            self._resolve(late)
        self._unresolved.clear()
        self._settled = len(self._lines)
        return self._changed

    def _drop_draft(self) -> None:
        del self._lines[self._settled :]
        self._changed = self._settled

    def _draw_draft(self, unfinished: str) -> int:
        self._settled = len(self._lines)
        self._lines += self._draft(unfinished)
        return self._changed

    def _draft(self, unfinished: str) -> list[Line]:
        """The lines that later text may change: the open paragraph's last ones, or a row or line of code."""
        leaf = self._leaf
        if isinstance(leaf, Paragraph):
            header = leaf.table_header
            return self._draft_table(leaf.gutter, header) if header else leaf.draft()
        if leaf is None or not unfinished:
            return []
        rest = strip_containers(unfinished, self._nesting.containers)
        if rest is None:
            return []
        if isinstance(leaf, Table):
            return leaf.draft(rest) if rest.lstrip(" ").startswith("|") and len(rest) <= _ROW_REACH else []
        return leaf.draft(rest) if leaf.marker and not may_end_fence(rest, leaf.marker) else []

    def _draft_table(self, gutter: Gutter, header: str) -> list[Line]:
        """What is most likely the first row of a table, until the next line says so."""
        lines: list[Line] = []
        columns = "-|" * len(split_row(header))
        Table(lines, self._inline, gutter, self._width, self._block, header=header, delimiters=columns)
        return lines

    def _stream(self, text: str) -> None:
        if isinstance(self._leaf, Paragraph):
            self._leaf.write(text)

    def _end_stream(self) -> None:
        self._streaming = False
        if isinstance(self._leaf, Paragraph):
            self._leaf.end_line()
        if isinstance(self._leaf, Heading):
            self._close_leaf()

    def _open(self) -> Open:
        leaf = self._leaf
        if isinstance(leaf, Paragraph):
            return Open(Leaf.PARAGRAPH, leaf.header, leaf.short)
        if isinstance(leaf, Fence):
            return Open(Leaf.FENCE, fence=leaf.marker) if leaf.marker else Open(Leaf.CODE)
        return Open(Leaf.TABLE if leaf else Leaf.NONE)

    def _read_unfinished(self) -> None:
        reading = read_line(self._pending, self._nesting.containers, self._open(), complete=False)
        if reading is not None:
            self._pending = ""
            self._apply(reading)
            self._streaming = True

    def _read(self, line: str) -> None:
        reading = read_line(line, self._nesting.containers, self._open(), complete=True)
        if reading is not None:
            self._apply(reading)
            if reading.kind in {Kind.TEXT, Kind.HEADING}:
                self._end_stream()

    def _apply(self, reading: Reading) -> None:
        kind = reading.kind
        if kind is Kind.BLANK:
            self._apply_blank(reading)
            return
        leaf = self._leaf
        if kind is Kind.TEXT:
            if isinstance(leaf, Paragraph) and not reading.opens:
                leaf.begin_line()
                leaf.write(reading.rest)
            else:
                self._open_paragraph(reading)
        elif kind is Kind.FENCE_LINE or (kind is Kind.CODE_LINE and self._continues_code(reading)):
            if isinstance(leaf, Fence):
                leaf.add(reading.rest)
                self._changed = min(self._changed, leaf.changed)
        elif kind is Kind.FENCE_END:
            self._close_leaf()
        elif kind is Kind.ROW and isinstance(leaf, Table):
            leaf.add(reading.rest)
            self._changed = min(self._changed, leaf.changed)
        elif kind is Kind.SETEXT and isinstance(leaf, Paragraph):
            self._underline(leaf, reading.level)
        elif kind is Kind.TABLE and isinstance(leaf, Paragraph):
            self._open_table(leaf, reading)
        elif kind is Kind.DEFINITION:
            self._define(reading)
        else:
            self._open_block(reading)
        self._blank = False

    def _continues_code(self, reading: Reading) -> bool:
        return (
            isinstance(self._leaf, Fence)
            and not self._leaf.marker
            and not reading.opens
            and reading.matched == len(self._nesting.containers)
        )

    def _apply_blank(self, reading: Reading) -> None:
        leaf = self._leaf
        if self._continues_code(reading) and isinstance(leaf, Fence):
            leaf.add(reading.rest[4:])
        else:
            self._close_leaf()
            self._leave(reading.matched)
            self._enter(reading.opens)
        self._blank = not reading.opens

    def _open_paragraph(self, reading: Reading) -> None:
        text = reading.rest
        gutter = self._begin(reading, text)
        if reading.opens and isinstance(reading.opens[-1], Item):
            text = without_task(text)
        leaf = Paragraph(self._lines, self._inline, self._palette.text, gutter, self._width, self._block)
        self._leaf = leaf
        leaf.begin_line()
        leaf.write(text)

    def _open_block(self, reading: Reading) -> None:
        gutter = self._begin(reading)
        lines, width, block = self._lines, self._width, self._block
        if reading.kind is Kind.HEADING:
            leaf = Heading(lines, self._inline, reading.level, gutter, width, block)
            self._leaf = leaf
            leaf.begin_line()
            leaf.write(reading.rest)
        elif reading.kind is Kind.FENCE:
            marker, info = reading.fields
            self._leaf = Fence(
                lines, self._palette, gutter, width, block, marker=marker, info=info, indent=reading.indent
            )
        elif reading.kind is Kind.CODE_LINE:
            self._leaf = Fence(lines, self._palette, gutter, width, block)
            self._leaf.add(reading.rest)
        else:
            dash = "-" if self._palette.ascii else "─"
            pieces = [(dash * max(1, width - gutter.cells), self._palette.rule)]
            lines.append(gutter.line(pieces, "---", first=True, block=block))

    def _underline(self, leaf: Paragraph, level: int) -> None:
        """What looked like a paragraph was a heading."""
        self._cut(leaf.start)
        heading = Heading(self._lines, self._inline, level, leaf.gutter, self._width, leaf.block)
        heading.write_all(leaf.source)
        self._leaf = heading
        self._close_leaf()

    def _open_table(self, leaf: Paragraph, reading: Reading) -> None:
        """The last line of what looked like a paragraph was the header of a table."""
        header = leaf.header or ""
        if leaf.unread_line():
            self._changed = min(self._changed, len(self._lines))
            self._close_leaf()
            gutter = self._begin(reading)
        else:
            self._cut(leaf.start)
            gutter = leaf.gutter
        self._leaf = Table(
            self._lines, self._inline, gutter, self._width, self._block, header=header, delimiters=reading.rest
        )

    def _cut(self, start: int) -> None:
        del self._lines[start:]
        self._changed = min(self._changed, start)

    def _define(self, reading: Reading) -> None:
        from athena_tui.tui.markdown.parser import inline_grammar, normalizeReference, unescapeAll

        self._close_leaf()
        self._leave(reading.matched)
        self._enter(reading.opens)
        label, target = reading.fields
        self._inline.references.setdefault(
            normalizeReference(label), {"title": "", "href": inline_grammar().normalizeLink(unescapeAll(target))}
        )

    def _begin(self, reading: Reading, text: str = "") -> Gutter:
        """Close what the line does not go on with, open its containers, and start a block in them."""
        self._close_leaf()
        self._leave(reading.matched)
        self._enter(reading.opens, text)
        return self._start_block()

    def _start_block(self) -> Gutter:
        gap, gutter = self._nesting.start_block(blank=self._blank)
        if gap is not None:
            self._block += 1
            self._lines.append(gap.line([], "", first=False, block=self._block))
        self._block += 1
        return gutter

    def _enter(self, opens: list[Quote | Item], text: str = "") -> None:
        for container in opens:
            if isinstance(container, Item) and container.label:
                self._inline.references.add_note(container.label)
        self._nesting.enter(opens, text)

    def _leave(self, depth: int) -> None:
        """Close the containers below `depth`; an item that stayed empty is drawn as its mark alone."""
        if self._nesting.ends_empty(depth):
            gutter = self._start_block()
            self._lines.append(gutter.line([], "", first=True, block=self._block))
        self._nesting.leave(depth)

    def _close_leaf(self) -> None:
        leaf, self._leaf = self._leaf, None
        if isinstance(leaf, Fence):
            leaf.close()
            self._code_blocks.append(leaf.code_block)
        elif isinstance(leaf, Paragraph):
            leaf.close()
        if isinstance(leaf, Paragraph | Table) and leaf.missed:
            self._unresolved.append(_Unresolved(leaf, leaf.start, len(self._lines)))

    def _resolve(self, late: _Unresolved) -> None:
        leaf = late.leaf
        if not self._inline.references.settles(leaf.missed):
            return
        self._lines[late.start : late.end] = leaf.redraw()
        self._changed = min(self._changed, late.start)


def render_markdown(text: str, width: int, palette: Palette) -> MarkdownDocument:
    """The whole of `text` at once."""
    document = MarkdownDocument(width, palette)
    document.append(text)
    document.settle()
    return document


__all__ = ["MarkdownDocument", "render_markdown"]
