"""The message pane with its search bar."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical

from athena_tui.config.appearance import Density
from athena_tui.tui.launch import Launch
from athena_tui.tui.transcript.messages import SearchWanted
from athena_tui.tui.transcript.search import BadPattern, Matches, Query, scan
from athena_tui.tui.transcript.search_bar import SearchBar
from athena_tui.tui.transcript.view import TranscriptView

SLICE_SECONDS = 0.008


class TranscriptPane(Vertical):
    """A transcript view and, while one searches, the bar below it. This is what the main screen mounts."""

    def __init__(self, view: TranscriptView, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.view = view

    def compose(self) -> ComposeResult:
        """The view; the bar joins when it is wanted."""
        yield self.view

    @on(SearchWanted)
    async def open_search(self) -> None:
        """Show the bar, or go to it."""
        bar = self.query_one_optional(SearchBar)
        if bar is None:
            await self.mount(SearchBar())
        else:
            bar.query_one("Input").focus()

    @on(SearchBar.Closed)
    def close_search(self, event: SearchBar.Closed) -> None:
        """Back to the conversation."""
        event.stop()
        if not event.keep:
            self.view.find(None)
        self.view.focus()
        self.query_one(SearchBar).remove()

    @on(SearchBar.Stepped)
    def step(self, event: SearchBar.Stepped) -> None:
        """To the next or previous match."""
        event.stop()
        self.view.go_to_match(event.direction)
        self._tell(self.query_one(SearchBar))

    @on(SearchBar.Wanted)
    def search(self, event: SearchBar.Wanted) -> None:
        """Search for something else."""
        event.stop()
        self._search(event.query)

    @work(exclusive=True, group="search")
    async def _search(self, query: Query) -> None:
        bar = self.query_one_optional(SearchBar)
        if bar is None:
            return
        try:
            matches = Matches(query.compile())
        except BadPattern as bad:
            self.view.find(None)
            bar.tell(str(bad))
            return
        if not query.words:
            self.view.find(None)
            bar.tell("")
            return
        self.view.find(matches)
        pause = time.perf_counter() + SLICE_SECONDS
        for index, count in scan(self.view.transcript.parts, query, matches.pattern):
            matches.add(index, count)
            if matches.current is None and count:
                self.view.go_to_match(-1)
            if time.perf_counter() > pause:
                self._tell(bar)
                await asyncio.sleep(0)
                pause = time.perf_counter() + SLICE_SECONDS
        self._tell(bar)
        self.view.paint()

    def _tell(self, bar: SearchBar) -> None:
        matches = self.view.matches
        if matches is None or not matches.total:
            bar.tell("no match")
        else:
            bar.tell(f"{matches.position():,} of {matches.total:,}")


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
