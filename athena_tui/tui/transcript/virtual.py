"""The virtual half of the message pane: what is in view, how one moves, when it is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import groupby

from textual import events
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from athena_tui.chat.parts import Part, UsagePart
from athena_tui.chat.transcript import Transcript
from athena_tui.chat.turns import Change
from athena_tui.tui import terminal
from athena_tui.tui.palette import Palette, without_hue
from athena_tui.tui.transcript.drawing import Canvas, Fold, Tick
from athena_tui.tui.transcript.estimate import estimated_rows
from athena_tui.tui.transcript.following import Following
from athena_tui.tui.transcript.frames import FrameClock
from athena_tui.tui.transcript.heights import Heights
from athena_tui.tui.transcript.layout import Layout, Place
from athena_tui.tui.transcript.messages import FollowingChanged, OlderWanted
from athena_tui.tui.transcript.painter import Painter
from athena_tui.tui.transcript.reading import Reader, Reading, index_of
from athena_tui.tui.transcript.rendered import Rendered, RenderedParts
from athena_tui.tui.transcript.running import indicator, waits_for_words
from athena_tui.tui.transcript.scrollbar import BarMirror
from athena_tui.tui.transcript.spinner import Spinner


class VirtualTranscript(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a transcript by reference, drawing only what is in view.

    Args:
        clock: Gives seconds of the clock whose readings are given to `Transcript.apply`.
        reduced_motion: Nothing moves by itself: no spinner, and elapsed times stand still between changes.
        ascii_only: Draw with ASCII glyphs.
        gap: Blank rows between blocks.
    """

    DEFAULT_CSS = """
    VirtualTranscript {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        reduced_motion: bool = False,
        ascii_only: bool = False,
        gap: int = 1,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.transcript = Transcript()
        self.has_older = False
        self.reduced_motion = reduced_motion
        self.ascii_only = ascii_only
        self.gap = gap
        self.clock = clock
        self.folds: dict[Part, Fold] = {}
        self.geometry = Layout(Heights(self._estimate), self._measure)
        self.kept = RenderedParts(self.canvas)
        self.reader = Reader(self.geometry, self.kept, lambda: self.transcript.parts)
        self.following = Following()
        self.held = False
        """Nothing moves by itself: the reader holds the mouse's button."""
        self.frames = FrameClock(self._draw_frame, self._after, behind=lambda: terminal.is_behind(self.app))
        self._dirty: dict[Part, None] = {}
        self._older_asked = False
        self._bar = BarMirror()
        self.spinner = Spinner(self)
        self._painter: Painter | None = None
        self._painted: list[Strip] = []
        self._styled = False
        self._sized = Size(0, 0)

    def show(self, transcript: Transcript, *, has_older: bool = False) -> None:
        """Show another conversation, from its end. `has_older` says that older messages can be asked for."""
        self.transcript = transcript
        self.has_older = has_older
        self._older_asked = False
        self.folds.clear()
        self.kept.clear()
        self._dirty.clear()
        self.geometry.heights.reset(len(transcript.parts))
        self.geometry.top = Place(0)
        self.reader.let_go()
        self._follow(following=True)
        self.frames.request()

    def transcript_changed(self, change: Change) -> None:
        """Draw, with the next frame, what happened to the transcript; call it after each `Transcript.apply`."""
        heights = self.geometry.heights
        if self.held and change:
            self._follow(following=False)
        if change.removed:
            heights.drop_last(change.removed)
        if change.added:
            first = len(heights)
            heights.append(change.added)
            if first:
                self._dirty[self.transcript.parts[first - 1]] = None
            if not self.following:
                self.following.missed(sum(map(heights.rows, range(first, len(heights)))))
        if change.prepended:
            self.geometry.prepended(change.prepended)
            self._older_asked = False
        for part in change.updated:
            self.kept.touch(part)
            self._dirty[part] = None
        if change:
            self.frames.request()

    @property
    def at_end(self) -> bool:
        """Whether new text is followed."""
        return bool(self.following)

    @property
    def palette(self) -> Palette:
        """The styles of the app's current theme."""
        return self._painter.palette if self._painter is not None else self._themed()

    def _themed(self) -> Palette:
        app = self.app
        return Palette.from_theme(
            app.theme_variables,
            dark=app.current_theme.dark,
            ansi=app.native_ansi_color,
            no_color=app.no_color,
            ascii=self.ascii_only,
        )

    # Moving

    def follow(self) -> None:
        """Go to the end and stay there as text arrives."""
        self.moved(self.geometry.to_end)

    def move(self, rows: int) -> None:
        """Move the view by so many rows; once at the end it follows again."""
        self.moved(lambda: self.geometry.move(rows))

    def reveal(self, index: int, line: int | None = None) -> None:
        """Bring a part, or one line of it, into view."""
        self.moved(lambda: self.geometry.reveal(index, line))

    def moved(self, move: Callable[[], None]) -> None:
        """Let the reader move and draw what they see then."""
        if not self._fit():
            return
        self.reader.let_go()
        move()
        self._follow(following=self.geometry.at_end())
        self._show_place()

    def read_on(self, reading: Reading) -> None:
        """Put a line back at the top of the view."""
        self.moved(lambda: self.reader.stand(reading))

    def scroll_to(self, x: float | None = None, y: float | None = None, **_options: object) -> None:  # noqa: ARG002 - Textual's
        """Go to a row at once: text that glides cannot be read meanwhile."""
        if y is not None:
            self.moved(lambda: self.geometry.jump(round(y)))

    def scroll_page_up(self, **_options: object) -> None:
        """One page up, less a line to keep one's bearings."""
        self.move(1 - self.geometry.page)

    def scroll_page_down(self, **_options: object) -> None:
        """One page down, less a line to keep one's bearings."""
        self.move(self.geometry.page - 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:  # noqa: ARG002 - Textual's
        """A scroll call of Textual's set the row; ours never come here, and a layout is nobody's wish to move."""
        if self.scrollable_content_region.size == self._sized and round(new_value) != self.geometry.top_row:
            self.scroll_to(y=new_value)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Wheel: down, or right with shift or ctrl."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Wheel: up, or left with shift or ctrl."""
        self._wheel(event, -1)

    def wheel_sideways(self, row: int, direction: int) -> None:
        """The wheel was turned for sideways movement over a row."""

    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp, direction: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift or event.ctrl:
            self.wheel_sideways(event.y, direction)
        else:
            self.move(direction * max(1, round(self.app.scroll_sensitivity_y)))

    def _follow(self, *, following: bool) -> None:
        if self.following.set(following=following):
            self.post_message(FollowingChanged(following))

    def _show_place(self) -> None:
        self._sync()
        self.paint()
        self.spinner.mind()
        if self.has_older and not self._older_asked and self.geometry.top_row < self.geometry.page:
            self._older_asked = True
            self.post_message(OlderWanted())

    # Measuring

    def _estimate(self, index: int) -> int:
        return estimated_rows(self.transcript.parts[index], self._room, self.gap_after(index))

    def _measure(self, index: int) -> int:
        return self.kept.renewed(self.transcript.parts[index]).rows(self.gap_after(index))

    def gap_after(self, index: int) -> int:
        """Blank rows below a part; a footer stands close to what it belongs to."""
        parts = self.transcript.parts
        return 0 if index + 1 < len(parts) and isinstance(parts[index + 1], UsagePart) else self.gap

    @property
    def _room(self) -> int:
        return self._painter.room if self._painter else 80

    def canvas(self, part: Part | None = None) -> Canvas:
        """What a part is drawn on now."""
        fold = Fold.DEFAULT if part is None else self.folds.get(part, Fold.DEFAULT)
        return Canvas(self._room, self.palette, Tick(self.clock(), self.spinner.turned, self.reduced_motion), fold)

    def index_of(self, part: Part) -> int | None:
        """The place of a part; the newest ones are found at once."""
        return index_of(self.transcript.parts, part)

    def redraw(self, index: int) -> None:
        """Draw a part anew; what is above it stays where it is."""
        reading = self.reader.reading()
        self.kept.forget(self.transcript.parts[index])
        self._resized(index, reading)
        self.moved(self.geometry.clamp)

    def _resized(self, index: int, reading: Reading) -> None:
        """Take over the rows of a part that was drawn anew, without moving the line in it that one reads."""
        self.geometry.resized(index, self._measure(index))
        if index == self.geometry.top.index and not (reading.in_gap and index == len(self.transcript.parts) - 1):
            # Who reads below the last part reads on in it; below any other one, in the next.
            self.reader.stand(reading)

    # Frames

    def _after(self, delay: float, callback: Callable[[], None]) -> None:
        if delay > 0:
            self.set_timer(delay, callback)
        else:
            self.call_next(callback)

    def _draw_frame(self) -> None:
        if not self._fit():
            return
        spans = list(self.geometry.spans())
        bottom = spans[-1].index if spans else 0
        for part in self._dirty:
            index = self.index_of(part)
            if index is not None:
                self._take_over(index, bottom)
        self._dirty.clear()
        self.geometry.tail = 1 + self.gap if waits_for_words(self.transcript) else 0
        if self.following and not self.held:
            self.geometry.to_end()
        else:
            self.geometry.clamp()
            self._follow(following=self.geometry.at_end())
        self._show_place()

    def _take_over(self, index: int, bottom: int) -> None:
        heights = self.geometry.heights
        before = heights.rows(index)
        if index >= self.geometry.top.index and (self.following or index <= bottom):
            self._resized(index, self.reader.reading())
        else:
            # Nothing is drawn for what is out of sight.
            heights.set(index, self._estimate(index), known=False)
        if index >= bottom:
            self.following.missed(heights.rows(index) - before)

    def _fit(self) -> bool:
        """Take over the widget's size and the theme; false while there is no size."""
        size = self.scrollable_content_region.size
        if not self.is_attached or not size.width or not size.height:
            return False
        if self._styled and size == self._sized:
            return True
        base = without_hue(self.rich_style) if self.app.no_color else self.rich_style
        painter = Painter(base, self._themed(), size.width, self.outer_size.width)
        if self._painter is None or painter.key != self._painter.key:
            reading = self.reader.reading()
            self._painter = painter
            self.kept.clear()
            self.geometry.heights.reset(len(self.transcript.parts))
            self.reader.stand(reading)
        self._styled, self._sized = True, size
        self.geometry.page = self.kept.page = size.height
        if self.following:
            self.geometry.to_end()
        else:
            self.geometry.clamp()
        return True

    def on_resize(self) -> None:
        """Keep the reader's line, whatever the width does to the lines above it."""
        self.frames.request()

    def on_show(self) -> None:
        """Catch up with what happened meanwhile."""
        self.frames.request()

    def notify_style_update(self) -> None:
        """Colours may have changed: then everything is drawn anew, where it is."""
        super().notify_style_update()
        self._styled = False
        if self.is_attached:
            self.frames.request()

    def _sync(self) -> None:
        """Tell Textual where we are, without the layout of the whole screen that setting `virtual_size` asks for."""
        total, top, page = self.geometry.total, self.geometry.top_row, self.geometry.page
        self.set_reactive(Widget.virtual_size, Size(self._sized.width, total))
        self.set_reactive(Widget.scroll_y, float(top))
        self.set_reactive(Widget.scroll_target_y, float(top))
        self._bar.show(self.vertical_scrollbar, total, top, page)

    # Drawing

    def paint(self) -> None:
        """Have the rows drawn that look different now; the others cost the terminal nothing."""
        before, self._painted = self._painted, self._strips()
        if len(before) != len(self._painted):
            self.refresh()
            return
        changed = [old is not new for old, new in zip(before, self._painted, strict=True)]
        rows = groupby(range(len(changed)), changed.__getitem__)
        if bands := [list(band) for differs, band in rows if differs]:
            self.refresh(*(Region(0, band[0], self.outer_size.width, len(band)) for band in bands))

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as they were last painted: only what `paint` compares with may reach the screen."""
        if not self._styled or self.scrollable_content_region.size != self._sized:
            self._painted = self._strips()
        strips = self._painted[crop.y : crop.bottom]
        painter = self._painter
        if painter is not None and crop.column_span != (0, painter.outer):
            strips = [strip.crop_extend(*crop.column_span, painter.base) for strip in strips]
        return strips + [Strip.blank(crop.width, self.rich_style)] * (crop.height - len(strips))

    def _strips(self) -> list[Strip]:
        """Every row of the pane; none before it has a size."""
        strips: list[Strip] = []
        if not self._fit() or self._painter is None:
            return strips
        painter, parts = self._painter, self.transcript.parts
        for span in self.geometry.spans():
            if span.index == len(parts):
                tail = [painter.framed(indicator(self.transcript, self.canvas())), *[painter.blank] * self.gap]
                strips += tail[span.first : span.first + span.count]
                continue
            kept = self.kept.get(parts[span.index])
            shown = min(span.first + span.count, len(kept.drawing.lines))
            strips += self.draw_lines(painter, span.index, kept, range(span.first, shown))
            strips += [painter.blank] * (span.first + span.count - max(shown, span.first))
        strips += [painter.blank] * (self.geometry.page - len(strips))
        self.finish(painter, strips)
        return strips

    def draw_lines(self, painter: Painter, index: int, kept: Rendered, numbers: range) -> list[Strip]:  # noqa: ARG002 - who overrides it needs it
        """Some lines of a part, in their final form."""
        return [painter.final(kept, number) for number in numbers]

    def finish(self, painter: Painter, strips: list[Strip]) -> None:
        """Draw over the page what belongs to no part."""
