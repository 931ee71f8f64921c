"""The block cursor, the selection and the search of the message pane, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.strip import Strip

from athena_tui.chat.parts import ApprovalPart, Part, StructuredPart, ToolPart, UsagePart
from athena_tui.chat.transcript import Change, Transcript
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import Fold
from athena_tui.tui.transcript.painter import MARGIN, Painter
from athena_tui.tui.transcript.rendered import Rendered
from athena_tui.tui.transcript.search import Match, Matches, highlights
from athena_tui.tui.transcript.selection import Selection, Spot, cells, column_at, selected_text
from athena_tui.tui.transcript.virtual import VirtualTranscript


class BrowsingTranscript(VirtualTranscript, can_focus=True, inherit_bindings=False):
    """A virtual transcript one can walk through, select in and search."""

    cursor: int | None = None
    """Index of the part the block cursor is on."""
    selection: Selection | None = None
    matches: Matches | None = None
    _chip: tuple[int, int] | None = None
    _wide_mark: tuple[Strip, str, Strip] | None = None

    def show(self, transcript: Transcript, *, has_older: bool = False) -> None:
        """Show another conversation, from its end. `has_older` says that older messages can be asked for."""
        self.cursor = self.selection = self.matches = None
        super().show(transcript, has_older=has_older)

    def transcript_changed(self, change: Change) -> None:
        """Draw, with the next frame, what happened to the transcript; call it after each `Transcript.apply`."""
        if change.prepended:
            if self.cursor is not None:
                self.cursor += change.prepended
            if self.selection is not None:
                self.selection = self.selection.shifted(change.prepended)
            if self.matches is not None:
                self.matches.shifted(change.prepended)
        if change.removed:
            self.selection = self.matches = None
            if self.cursor is not None and self.cursor >= len(self.transcript.parts):
                self.cursor = None
        super().transcript_changed(change)

    # The block cursor

    @property
    def part(self) -> Part | None:
        """The part the cursor is on."""
        return self._part_at(self.cursor)

    def _part_at(self, index: int | None) -> Part | None:
        parts = self.transcript.parts
        return parts[index] if index is not None and index < len(parts) else None

    def put_cursor(self, index: int | None) -> None:
        """Put the block cursor on a part."""
        if index is None or index < len(self.transcript.parts):
            self.cursor = index
            self.paint()
            self.refresh_bindings()

    def step_cursor(self, direction: int) -> None:
        """To the next or previous block; what of the current one is out of sight is shown first."""
        spans = [span for span in self.geometry.spans() if self._is_stop(span.index)]
        if not spans:
            self.move(direction * max(1, self.geometry.page // 3))
            return
        here = next((span for span in spans if span.index == self.cursor), None)
        if here is None:
            # The reader went elsewhere: the cursor comes to them.
            self.put_cursor(spans[0].index if direction > 0 else spans[-1].index)
            return
        hidden = (
            here.first
            if direction < 0
            else self.geometry.rows(here.index) - self.gap_after(here.index) - here.first - here.count
        )
        if hidden > 0:
            self.move(direction * min(hidden, max(1, self.geometry.page // 3)))
            return
        index = self.next_block(here.index, direction)
        if index is not None:
            self.put_cursor(index)
            self.reveal(index)
        else:
            self.move(direction * self.geometry.page)

    def next_block(self, index: int, direction: int) -> int | None:
        """The next part the cursor stops at."""
        index += direction
        while 0 <= index < len(self.transcript.parts):
            if self._is_stop(index):
                return index
            index += direction
        return None

    def _is_stop(self, index: int) -> bool:
        """Whether a part shows anything one could want to do something with; a footer goes with its turn."""
        parts = self.transcript.parts
        return index < len(parts) and not isinstance(parts[index], UsagePart) and self.geometry.rows(index) > 0

    def focus_pending(self) -> bool:
        """Put the block cursor on the newest part that waits for a person; whether there was one."""
        turn = self.transcript.turn
        for index in range(len(self.transcript.parts) - 1, -1, -1):
            part = self.transcript.parts[index]
            if part.turn is not turn:
                break
            if waits_for_person(part):
                self.put_cursor(index)
                self.reveal(index)
                return True
        return False

    def fold(self, index: int, fold: Fold | None = None) -> None:
        """Fold or unfold a part: first what is hidden is shown, then only the header, then as it was."""
        part = self.transcript.parts[index]
        drawing = self.kept.get(part).drawing
        if not drawing.foldable:
            return
        if fold is None:
            fold = next_fold(part, self.folds.get(part, Fold.DEFAULT), hidden=drawing.hidden)
        self.folds[part] = fold
        self.selection = None
        self.redraw(index)

    @property
    def first_shown(self) -> Part | None:
        """The part at the top of the view, if there is any."""
        index = self.geometry.top.index
        return self.transcript.parts[index] if index < len(self.transcript.parts) else None

    # The selection

    def lines_of(self, index: int) -> Sequence[Line]:
        """The drawn lines of a part."""
        return self.kept.get(self.transcript.parts[index]).drawing.lines

    def spot_at(self, x: int, y: int) -> Spot | None:
        """The gap between two characters nearest to a cell of the view; none below the last part."""
        span = next((s for s in self.geometry.spans() if s.row <= y < s.row + s.count), None)
        if span is None or span.index >= len(self.transcript.parts):
            return None
        kept = self.kept.get(self.transcript.parts[span.index])
        number = span.first + y - span.row
        if number >= len(kept.drawing.lines):
            last = len(kept.drawing.lines) - 1
            return Spot(span.index, last, len(kept.drawing.lines[last].text))
        line = kept.drawing.lines[number]
        shift = kept.shift.get(line.block, 0) if line.wide else 0
        return Spot(span.index, number, column_at(line.text, x - MARGIN - line.indent + shift))

    def select(self, selection: Selection | None) -> None:
        """Select something, or nothing."""
        self.selection = selection
        self.paint()

    def selected(self) -> str:
        """The selected text, without gutters, padding and the breaks of wrapping."""
        selection = self.selection
        if not selection:
            return ""
        last = min(selection.end.index, len(self.transcript.parts) - 1)
        texts = (
            selected_text(self.lines_of(index), index, selection) for index in range(selection.start.index, last + 1)
        )
        return "\n\n".join(text.rstrip("\n") for text in texts if text)

    # Wide blocks

    @property
    def wide_block(self) -> tuple[int, int] | None:
        """Part and block of the wide table or fence in view that keys scroll: the cursor's, else the first one."""
        first: tuple[int, int] | None = None
        for span in self.geometry.spans():
            if span.index >= len(self.transcript.parts):
                break
            lines = self.lines_of(span.index)[span.first : span.first + span.count]
            block = next((line.block for line in lines if line.wide), None)
            if block is not None:
                if span.index == self.cursor:
                    return span.index, block
                first = first or (span.index, block)
        return first

    def shift_block(self, index: int, block: int, by: int) -> None:
        """Scroll a wide block sideways."""
        kept = self.kept.get(self.transcript.parts[index])
        widest = max((line.strip.cell_length for line in kept.drawing.lines if line.block == block), default=0)
        room = self.canvas().width
        kept.shift[block] = max(0, min(kept.shift.get(block, 0) + by, widest - room))
        kept.finals.clear()
        self.paint()

    def wheel_sideways(self, row: int, direction: int) -> None:
        """Scroll the wide block under the pointer."""
        spot = self.spot_at(0, row)
        if spot is not None:
            line = self.lines_of(spot.index)[spot.line]
            if line.wide:
                self.shift_block(spot.index, line.block, 4 * direction)

    # The search

    def find(self, matches: Matches | None) -> None:
        """Show these matches, or none."""
        self.matches = matches
        self.paint()

    def go_to_match(self, direction: int) -> Match | None:
        """Go to the next or previous match."""
        if self.matches is None:
            return None
        here = self.cursor if self.cursor is not None else self.geometry.top.index
        match = self.matches.step(direction, here)
        if match is not None:
            if len(highlights(self.lines_of(match.index), self.matches.pattern)) <= match.number:
                # What is folded away is shown where a match is in it.
                self.fold(match.index, Fold.OPEN)
            pieces = highlights(self.lines_of(match.index), self.matches.pattern)
            shown = pieces[min(match.number, len(pieces) - 1)] if pieces else []
            line = shown[0][0] if shown else 0
            self.put_cursor(match.index)
            self.reveal(match.index, line)
        return match

    # Drawing

    def draw_lines(self, painter: Painter, index: int, kept: Rendered, numbers: range) -> list[Strip]:
        """Some lines of a part with the highlights and the cursor that are on them."""
        strips = super().draw_lines(painter, index, kept, numbers)
        marks = self._marks(painter, index, kept, numbers)
        cursor = index == self.cursor and self.has_focus
        if not marks and not cursor:
            return strips

        def dressed(number: int, strip: Strip) -> Strip:
            ranges = tuple(marks.get(number, ()))
            return kept.dress(
                number, strip, (ranges, cursor), lambda plain: painter.dressed(plain, ranges, cursor=cursor)
            )

        return [dressed(number, strip) for number, strip in zip(numbers, strips, strict=True)]

    def _marks(
        self, painter: Painter, index: int, kept: Rendered, numbers: range
    ) -> dict[int, list[tuple[int, int, Style]]]:
        """Ranges of cells to highlight, by line."""
        marks: dict[int, list[tuple[int, int, Style]]] = {}
        lines, palette = kept.drawing.lines, painter.palette

        def mark(number: int, start: int, end: int, style: Style) -> None:
            line = lines[number]
            left = MARGIN + line.indent - (kept.shift.get(line.block, 0) if line.wide else 0)
            first, last = cells(line.text, start, end)
            marks.setdefault(number, []).append((left + first, left + last, style))

        if self.matches is not None and index in self.matches.counts:
            current = self.matches.current
            for order, pieces in enumerate(highlights(lines, self.matches.pattern)):
                style = palette.search_current if Match(index, order) == current else palette.search_match
                for number, start, end in pieces:
                    if number in numbers:
                        mark(number, start, end, style)
        if self.selection is not None:
            for number in numbers:
                columns = self.selection.columns(index, number, len(lines[number].text))
                if columns is not None:
                    mark(number, *columns, palette.selection)
        return marks

    def finish(self, painter: Painter, strips: list[Strip]) -> None:
        """Draw the chip that says how much is new below."""
        below = 0 if self.following else self.geometry.rows_below()
        words = self.following.words(below, self.canvas().glyphs.down)
        self._chip = None
        self._mark_wide(painter, strips)
        if words is not None and strips:
            strips[-1], start, end = painter.with_chip(strips[-1], words)
            self._chip = (start, end)

    def _mark_wide(self, painter: Painter, strips: list[Strip]) -> None:
        """Say at the top right of the wide block that keys scroll how to see all of it."""
        found = self.wide_block
        if found is None:
            return
        index, block = found
        span = next(span for span in self.geometry.spans() if span.index == index)
        lines = self.lines_of(index)
        number = next(at for at in range(span.first, len(lines)) if lines[at].wide and lines[at].block == block)
        row = span.row + number - span.first
        keys = self.canvas().glyphs.sideways
        source, words = strips[row], f"{keys} scrolls" if self.has_focus else f"tab, then {keys}"
        if self._wide_mark is None or self._wide_mark[0] is not source or self._wide_mark[1] != words:
            self._wide_mark = (source, words, painter.with_words(source, words))
        strips[row] = self._wide_mark[2]

    def on_chip(self, x: int, y: int) -> bool:
        """Whether a cell of the view belongs to the chip."""
        return self._chip is not None and y == self.geometry.page - 1 and self._chip[0] <= x < self._chip[1]

    def on_focus(self, _event: events.Focus) -> None:
        """The cursor is seen only while keys go here."""
        if self.cursor is None:
            stops = [span.index for span in self.geometry.spans() if self._is_stop(span.index)]
            self.cursor = stops[-1] if stops else None
        self.paint()

    def on_blur(self, _event: events.Blur) -> None:
        """The cursor is seen only while keys go here."""
        self.paint()


def waits_for_person(part: Part) -> bool:
    """Whether a part cannot go on without a person."""
    match part:
        case ToolPart():
            return part.waits_for_person
        case ApprovalPart():
            return part.approved is None
    return False


def next_fold(part: Part, fold: Fold, *, hidden: bool) -> Fold:
    """What comes after a fold state: more, where there is more, then the header alone, then what it began with."""
    if not isinstance(part, ToolPart | StructuredPart):
        # By themselves the others already show as little as they can.
        return Fold.DEFAULT if fold is Fold.OPEN else Fold.OPEN
    if fold is Fold.DEFAULT:
        return Fold.OPEN if hidden else Fold.CLOSED
    return Fold.CLOSED if fold is Fold.OPEN else Fold.DEFAULT
