"""The message pane with its search bar."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.worker import Worker

from athena_tui.config.appearance import Density
from athena_tui.tui import surprises
from athena_tui.tui.launch import Launch
from athena_tui.tui.transcript.messages import MatchWanted, SearchLeft
from athena_tui.tui.transcript.reading import Reading
from athena_tui.tui.transcript.search import BadPattern, Query, Search, TooLong
from athena_tui.tui.transcript.search_bar import SearchBar
from athena_tui.tui.transcript.view import TranscriptView

SLICE_SECONDS = 0.008
TELL_SECONDS = 0.2


class TranscriptPane(Vertical):
    """A transcript view and, while one searches, the bar below it. This is what the main screen mounts."""

    def __init__(self, view: TranscriptView, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.view = view
        view.open_search = self.open_search
        self._began: Reading | None = None
        """Where the reader was when the search began; none where they followed."""

    def compose(self) -> ComposeResult:
        """The view; the bar joins when it is wanted."""
        yield self.view

    async def open_search(self) -> None:
        """Show the bar, or go to it."""
        view = self.view
        if view.search is not None:
            self.query_one(SearchBar).take_focus()
            return
        self._began = None if view.at_end else view.reader.reading()
        at = view.geometry.top.index if view.cursor is None else view.cursor
        view.find(Search(view.transcript.parts, view.whole_canvas, at))
        await self.mount(SearchBar())

    @on(SearchBar.Closed)
    def close_search(self, event: SearchBar.Closed) -> None:
        """Back to the conversation: to where it was read before the search, or to what was found."""
        event.stop()
        self.view.focus()
        if event.keep:
            return
        if self._began is None:
            self.view.follow()
        else:
            self.view.read_on(self._began)
        self.leave_search()

    @on(SearchLeft)
    def leave_search(self) -> None:
        """Close the bar where one is, and mark nothing any more."""
        self.workers.cancel_group(self, "search")
        self.view.find(None)
        self.query(SearchBar).remove()

    @on(MatchWanted)
    @on(SearchBar.Stepped)
    def step(self, event: MatchWanted | SearchBar.Stepped) -> None:
        """To the next or previous match."""
        event.stop()
        self.view.go_to_match(event.direction)
        self._tell()

    @on(SearchBar.Wanted)
    def search(self, event: SearchBar.Wanted) -> None:
        """Search for something else."""
        event.stop()
        search = self.view.search
        if search is None:
            return
        try:
            search.seek(event.query)
        except BadPattern as bad:
            self._fail(str(bad))
            return
        self._search(search)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    @work(exclusive=True, group="search", exit_on_error=False)
    async def _search(self, search: Search) -> None:
        """Search in slices, so that keys come through; then wait for what arrives."""
        try:
            while True:
                told = time.perf_counter()
                while search.busy:
                    search.work(SLICE_SECONDS)
                    if search.current is None and search.total:
                        self.view.go_to_match(-1)
                        search.came_round = 0
                    if time.perf_counter() - told > TELL_SECONDS:
                        told = time.perf_counter()
                        self._tell()
                    await asyncio.sleep(0)
                self._tell()
                self.view.paint()
                search.news.clear()
                await search.news.wait()
                await asyncio.sleep(TELL_SECONDS)
        except TooLong:
            self._fail("This regular expression takes too long: make it simpler")

    def _fail(self, why: str) -> None:
        """Nothing is searched for, and the bar says why."""
        self.workers.cancel_group(self, "search")
        if self.view.search is not None:
            self.view.search.seek(Query())
        self.view.paint()
        for bar in self.query(SearchBar):
            bar.tell(why, error=True)

    def _tell(self) -> None:
        """Say how many matches there are, and which one is shown."""
        search = self.view.search
        if search is None:
            return
        for bar in self.query(SearchBar):
            bar.tell(count_words(search, self.view.canvas().glyphs.ellipsis))


def count_words(search: Search, more: str) -> str:
    """How far a search has come: which match of how many, and whether it began again."""
    if not search.query.words:
        return ""
    going_on = more if search.busy else ""
    if not search.total:
        return f"searching{going_on}" if search.busy else "no match"
    words = f"{search.position():,} of {search.total:,}{going_on}"
    match search.came_round:
        case 1:
            return f"{words}, from the top again"
        case -1:
            return f"{words}, from the end again"
    return words


def transcript_pane(launch: Launch, clock: Callable[[], float]) -> TranscriptPane:
    """A pane as the settings want it, hidden until there is something to show."""
    appearance = launch.appearance
    view = TranscriptView(
        clock=clock,
        reduced_motion=appearance.reduced_motion,
        ascii_only=launch.ascii_only,
        gap=0 if appearance.density is Density.COMPACT else 1,
        id="transcript",
    )
    pane = TranscriptPane(view, id="pane")
    pane.display = False
    return pane
