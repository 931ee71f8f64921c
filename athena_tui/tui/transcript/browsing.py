"""The block cursor, the selection and the search of the message pane, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual import events
from textual.strip import Strip

from athena_tui.chat.parts import ApprovalPart, Part, StructuredPart, ToolPart, UsagePart
from athena_tui.chat.transcript import Transcript
from athena_tui.chat.turns import Change
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import Canvas, Fold
from athena_tui.tui.transcript.marks import marked_cells
from athena_tui.tui.transcript.messages import SearchLeft
from athena_tui.tui.transcript.painter import MARGIN, Painter
from athena_tui.tui.transcript.rendered import Rendered
from athena_tui.tui.transcript.search import Search
from athena_tui.tui.transcript.selection import (
    Selection,
    Spot,
    Unit,
    cells,
    column_at,
    selected_text,
    unit_at,
)
from athena_tui.tui.transcript.virtual import VirtualTranscript
from athena_tui.tui.transcript.visible import open_fold, shows_all


class BrowsingTranscript(VirtualTranscript, can_focus=True, inherit_bindings=False):
    """A virtual transcript one can walk through, select in and search."""

    cursor: int | None = None
    """Index of the part the block cursor is on."""
    selection: Selection | None = None
    search: Search | None = None
    _awaited: Part | None = None
    """The part that waits for a person and has the cursor."""
    _chip: tuple[int, int] | None = None
    _wide_mark: tuple[Strip, str, Strip] | None = None

    def show(self, transcript: Transcript, *, has_older: bool = False) -> None:
        """Show another conversation, from its end. `has_older` says that older messages can be asked for."""
        self.cursor = self.selection = None
        if self.search is not None:
            self.search = None
            self.post_message(SearchLeft())
        super().show(transcript, has_older=has_older)

    def transcript_changed(self, change: Change) -> None:
        """Draw, with the next frame, what happened to the transcript; call it after each `Transcript.apply`."""
        if change.prepended:
            if self.cursor is not None:
                self.cursor += change.prepended
            if self.selection is not None:
                self.selection = self.selection.shifted(change.prepended)
        if self.search is not None:
            self.search.changed(change)
        if change.removed:
            count = len(self.transcript.parts) - change.added
            if self.selection is not None and self.selection.end.index >= count:
                self.selection = None
            if self.cursor is not None and self.cursor >= count:
                self.cursor = None
        super().transcript_changed(change)
        self._go_on()

    def _go_on(self) -> None:
        """When the part under the cursor was answered, the cursor goes to the next one that waits."""
        part = self.part
        if part is not None and waits_for_person(part):
            self._awaited = part
        elif part is None or part is not self._awaited or self.focus_pending():
            self._awaited = None

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
            self._awaited = self.part if self.part is not None and waits_for_person(self.part) else None
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
        if self.selection is not None and index in {self.selection.start.index, self.selection.end.index}:
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
        under = self._under(y)
        if under is None:
            return None
        index, kept, number = under
        if number >= len(kept.drawing.lines):
            return self._end_of(index)
        line = kept.drawing.lines[number]
        shift = kept.shift.get(line.block, 0) if line.wide else 0
        return Spot(index, kept.offsets.start(number) + column_at(line, x - MARGIN + shift))

    def _under(self, y: int) -> tuple[int, Rendered, int] | None:
        """Index, drawing and line of the part on a row of the view; the gap below it is past its last line."""
        span = next((span for span in self.geometry.spans() if 0 <= y - span.row < span.count), None)
        if span is None or span.index >= len(self.transcript.parts):
            return None
        return span.index, self.kept.get(self.transcript.parts[span.index]), span.first + y - span.row

    def folds_at(self, y: int) -> bool:
        """Whether the line on a row folds and unfolds its part: the first one, and that which says there is more."""
        under = self._under(y)
        if under is None:
            return False
        _, kept, number = under
        return number in {0, kept.drawing.first_left_out()} and number < len(kept.drawing.lines)

    def _end_of(self, index: int) -> Spot:
        """After the last character of a part."""
        kept = self.kept.get(self.transcript.parts[index])
        last = len(kept.drawing.lines) - 1
        return Spot(index, kept.offsets.start(last) + len(kept.drawing.lines[last].text) if last >= 0 else 0)

    def unit_at(self, spot: Spot, unit: Unit) -> tuple[Spot, Spot]:
        """What is selected at a spot by so many presses."""
        kept = self.kept.get(self.transcript.parts[spot.index])
        return unit_at(kept.drawing.lines, kept.offsets, spot, unit)

    def last_spot(self) -> Spot | None:
        """After the last character of all."""
        count = len(self.transcript.parts)
        return self._end_of(count - 1) if count else None

    def select(self, selection: Selection | None) -> None:
        """Select something, or nothing."""
        self.selection = selection
        self.paint()

    def selected(self) -> str:
        """The selected text, without gutters, padding and the breaks of wrapping."""
        selection = self.selection
        if not selection:
            return ""
        texts: list[str] = []
        for index in range(selection.start.index, min(selection.end.index + 1, len(self.transcript.parts))):
            kept, within = self.kept.get(self.transcript.parts[index]), selection.within(index)
            if within is not None:
                texts.append(selected_text(kept.drawing.lines, kept.offsets, *within).rstrip("\n"))
        return "\n\n".join(filter(None, texts))

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
        under = self._under(row)
        if under is not None and under[2] < len(under[1].drawing.lines):
            line = under[1].drawing.lines[under[2]]
            if line.wide:
                self.shift_block(under[0], line.block, 4 * direction)

    # The search

    def find(self, search: Search | None) -> None:
        """Mark what a search finds, or nothing."""
        self.search = search
        self.paint()
        self.refresh_bindings()

    def whole_canvas(self, part: Part) -> Canvas:
        """What a part is drawn on when nothing of it is folded away; colours are not needed to search it."""
        canvas = self.canvas(part)
        return replace(canvas, fold=open_fold(part, canvas.fold), palette=replace(canvas.palette, code_theme="none"))

    def go_to_match(self, direction: int) -> None:
        """Go to the next or previous match, wherever it is folded away or scrolled out."""
        if self.search is None:
            return
        match = self.search.step(direction, self.geometry.top.index if self.cursor is None else self.cursor)
        index = None if match is None else self.index_of(match.part)
        if match is None or index is None:
            self.paint()
            return
        drawing = self.kept.get(match.part).drawing
        fold = self.folds.get(match.part, Fold.DEFAULT)
        if match.start >= 0 and not shows_all(match.part, drawing, fold):
            self.fold(index, open_fold(match.part, fold))
        kept = self.kept.get(match.part)
        number = kept.offsets.line(match.start)
        self.put_cursor(index)
        self.moved(lambda: self.geometry.bring(index, number))
        line = kept.drawing.lines[number]
        if line.wide:
            start = kept.offsets.start(number)
            first, last = cells(line, match.start - start, match.end - start)
            shift, room = kept.shift.get(line.block, 0), self.canvas().width
            if not shift < first <= last < shift + room:
                self.shift_block(index, line.block, first - room // 4 - shift)

    # Drawing

    def draw_lines(self, painter: Painter, index: int, kept: Rendered, numbers: range) -> list[Strip]:
        """Some lines of a part with the highlights and the cursor that are on them."""
        strips = super().draw_lines(painter, index, kept, numbers)
        chosen = None if self.selection is None else self.selection.within(index)
        marks = marked_cells(kept, numbers, painter.palette, chosen, self.search)
        cursor = index == self.cursor and self.has_focus
        if not marks and not cursor:
            return strips

        def dressed(number: int, strip: Strip) -> Strip:
            ranges = tuple(marks.get(number, ()))
            return kept.dress(
                number, strip, (ranges, cursor), lambda plain: painter.dressed(plain, ranges, cursor=cursor)
            )

        return [dressed(number, strip) for number, strip in zip(numbers, strips, strict=True)]

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
