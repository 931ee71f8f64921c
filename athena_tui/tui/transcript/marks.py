"""Which cells of a part are marked: those that are selected, and those that match a search."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style

from athena_tui.tui.lines import Line
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.painter import MARGIN
from athena_tui.tui.transcript.rendered import Rendered
from athena_tui.tui.transcript.search import Search
from athena_tui.tui.transcript.selection import cells, columns

Range = tuple[int, int, Style]


def marked_cells(
    kept: Rendered, numbers: range, palette: Palette, chosen: tuple[int, int] | None, search: Search | None
) -> dict[int, list[Range]]:
    """Ranges of cells to draw in another style, by line.

    Args:
        kept: The part.
        numbers: Its lines that are in view.
        palette: The styles.
        chosen: From which offset to which it is selected.
        search: What is searched for.
    """
    marks: dict[int, list[Range]] = {}
    if search is None and chosen is None:
        return marks
    left_out = kept.drawing.first_left_out()
    for number in numbers:
        line, start = kept.drawing.lines[number], kept.offsets.start(number)
        ranges = [] if search is None or number >= left_out else list(_matches(kept, line, start, palette, search))
        if chosen is not None:
            ranges.append((*chosen, palette.selection))
        left = MARGIN - (kept.shift.get(line.block, 0) if line.wide else 0)
        for first, last, style in ranges:
            shown = columns(line, start, first, last)
            if shown is not None:
                begin, end = cells(line, *shown)
                marks.setdefault(number, []).append((left + begin, left + end, style))
    return marks


def _matches(kept: Rendered, line: Line, start: int, palette: Palette, search: Search) -> Iterator[Range]:
    spans, current = search.spans(kept.part), search.current
    for first, last in () if spans is None else spans.over(start, start + len(line.text)):
        is_current = current is not None and current.part is kept.part and current.start == first
        yield first, last, palette.search_current if is_current else palette.search_match
