"""Finding text in a conversation."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.widgets import Input

from athena_tui.chat.engine_events import TurnSent
from athena_tui.client.events import RunStarted, ServerToolCall, ServerToolResult
from athena_tui.client.models import Role, ToolOutcome
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.search import BadPattern, Match, Matches, Query, highlights, scan
from athena_tui.tui.transcript.search_bar import SearchBar
from athena_tui.tui.transcript.wrapping import wrap
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled, wait_until


def found(query: Query, turns: int = 3) -> Matches:
    """Everything found in a conversation."""
    matches = Matches(query.compile())
    for index, count in scan(conversation(turns).parts, query, matches.pattern):
        matches.add(index, count)
    return matches


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (Query("question"), 3),
        (Query("QUESTION"), 0),
        (Query("Question", case=True), 0),
        (Query("question", role=Role.ASSISTANT), 0),
        (Query("answer 1"), 4),
        (Query(r"line [02]", regex=True), 6),
        (Query(r"line [02]"), 0),
        (Query("x*", regex=True), 0),
    ],
)
def test_what_is_found(query: Query, total: int) -> None:
    assert found(query).total == total


def test_a_bad_pattern_says_why() -> None:
    with pytest.raises(BadPattern, match="Not a regular expression"):
        Query("(", regex=True).compile()


def test_stepping_goes_through_all_matches_and_round_the_end() -> None:
    matches = found(Query("line"), turns=2)
    order = [matches.step(1, 0) for _ in range(matches.total)]
    assert order == sorted(match for match in order if match is not None)
    assert len(set(order)) == matches.total
    assert matches.position() == matches.total
    assert matches.step(1, 0) == order[0]
    assert matches.position() == 1
    assert matches.step(-1, 0) == order[-1]


def test_stepping_begins_at_the_reader() -> None:
    matches = found(Query("question"))
    indexes = sorted(matches.counts)
    assert matches.step(-1, indexes[1] + 1) == Match(indexes[1], 0)


def test_nothing_found_leads_nowhere() -> None:
    assert found(Query("nowhere")).step(1, 0) is None


@given(st.text(alphabet="ab ", min_size=1, max_size=80), st.sampled_from(["a", "ab", "b a", " "]), st.integers(3, 12))
def test_highlights_cover_the_matches_whatever_the_wrapping(text: str, words: str, width: int) -> None:
    lines = [Line((), line, join=join) for line, join in wrap(text, width)]
    joined = "".join(line.text + line.join for line in lines)
    pattern = re.compile(re.escape(words))
    marked = highlights(lines, pattern)
    assert len(marked) == len(pattern.findall(joined))
    for pieces in marked:
        shown = "".join(lines[number].text[start:end] for number, start, end in pieces)
        assert shown.replace(" ", "") == words.replace(" ", "")


async def test_the_bar_counts_and_goes_from_match_to_match() -> None:
    app = PaneApp(conversation(60))
    async with app.run_test(size=(70, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"answer 7 line")
        await wait_until(pilot, lambda: app.view.matches is not None and app.view.matches.total == 4)
        await settled(pilot, app)
        assert any("answer 7 line" in line for line in screen_lines(app))
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.focused is app.view)
        matches = app.view.matches
        assert matches is not None
        before = matches.position()
        await pilot.press("N")
        assert matches.position() == (before - 2) % 4 + 1
        await pilot.press("n")
        assert matches.position() == before
        await pilot.press("escape")
        assert app.view.matches is None


async def test_escape_closes_the_bar_and_forgets() -> None:
    app = PaneApp(conversation(5))
    async with app.run_test(size=(70, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"question", "alt+r", "escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))
        assert app.view.matches is None


async def test_a_match_that_is_folded_away_is_unfolded() -> None:
    app = PaneApp()
    async with app.run_test(size=(70, 30)) as pilot:
        result = "\n".join(f"row {number}" for number in range(50))
        app.apply(
            TurnSent("go"),
            RunStarted("r"),
            ServerToolCall("s1", "rows", {}),
            ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, result),
        )
        await settled(pilot, app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press(*"row 44")
        await wait_until(pilot, lambda: any("row 44" in line for line in screen_lines(app)))
