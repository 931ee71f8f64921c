"""Finding text in a conversation."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.pilot import Pilot
from textual.widgets import Input

from athena_tui.chat.engine_events import ChatEvent, TurnRetried, TurnSent
from athena_tui.chat.transcript import Transcript
from athena_tui.client.events import (
    ReasoningDelta,
    RunFinished,
    RunStarted,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
)
from athena_tui.client.models import JsonValue, Role, ToolOutcome
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.deadline import TooLong
from athena_tui.tui.transcript.drawing import Canvas, Fold, Tick
from athena_tui.tui.transcript.logical import Offsets
from athena_tui.tui.transcript.renderers import draw
from athena_tui.tui.transcript.search import BadPattern, Query, Search
from athena_tui.tui.transcript.search_bar import SearchBar
from athena_tui.tui.transcript.selection import selected_text
from tests.tui.transcript.driving import PaneApp, conversation, screen_lines, settled, wait_until

PLAIN = Palette.from_theme({}, no_color=True)
MARKDOWN = st.lists(
    st.sampled_from([
        "**bo**ld", "`co de`", "[lin k](http://x.y/z)", "~~old~~", "ab", "日本", "\n\n", "\n", " ", "- ", "1. ", "> ",
        "| a | b |\n|---|---|\n| c | d |\n", "```python\nx = 1\n\ty\n```\n", "&amp;", "![p](q)", "\\*",
    ]),
    max_size=25,
).map("".join)  # fmt: skip


def canvas(width: int = 60) -> Canvas:
    """What parts are drawn on when nothing is folded."""
    return Canvas(width, PLAIN, Tick(0), Fold.OPEN)


def searching(transcript: Transcript, query: Query, origin: int = 10_000) -> Search:
    """A search that has seen everything."""
    search = Search(transcript.parts, lambda _part: canvas(), origin)
    search.seek(query)
    finish(search)
    return search


def finish(search: Search) -> None:
    """Search what is left."""
    while search.busy:
        search.work(1)


def found(search: Search, transcript: Transcript) -> list[tuple[int, int, int]]:
    """Every match: index of its part, and its offsets."""
    return [
        (index, *spans[number])
        for index, part in enumerate(transcript.parts)
        if (spans := search.spans(part)) is not None
        for number in range(len(spans))
    ]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        (Query("question"), 3),
        (Query("QUESTION"), 0),
        (Query("Question", case=True), 0),
        (Query("question", role=Role.ASSISTANT), 0),
        (Query("answer 1"), 4),
        (Query(r"line [02]", regex=True), 6),
        (Query(r"^answer", regex=True), 12),
        (Query(r"3\sanswer", regex=True), 0),
        (Query(r"line [02]"), 0),
        (Query("x*", regex=True), 0),
        (Query(""), 0),
    ],
)
def test_what_is_found(query: Query, total: int) -> None:
    assert searching(conversation(3), query).total == total


@pytest.mark.parametrize("words", ["(", "a{99999999999}", "(" * 3000 + ")" * 3000])
def test_a_bad_pattern_says_why(words: str) -> None:
    with pytest.raises(BadPattern, match="Not a regular expression"):
        Query(words, regex=True).compile()


def test_a_pattern_that_may_mean_something_else_one_day_writes_nothing_on_the_screen() -> None:
    assert Query("[[a]", regex=True).compile().search("[")


@pytest.mark.parametrize("words", ["(a+)+$", "(a|aa)+$", "(.*)*b"])
def test_a_pattern_that_explodes_is_stopped(words: str) -> None:
    transcript = Transcript()
    transcript.apply(TurnSent("a" * 200 + "c"), 0.0)
    with pytest.raises(TooLong):
        searching(transcript, Query(words, regex=True))


def test_a_pattern_cannot_explode_where_it_could_not_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("athena_tui.tui.transcript.search.can_interrupt", lambda: False)
    assert searching(conversation(1), Query("line")).total == 4
    with pytest.raises(BadPattern, match="cannot be used"):
        searching(conversation(1), Query("line", regex=True))


def test_what_is_seen_is_found_not_the_markup() -> None:
    transcript = Transcript()
    text = "a **bo**ld word\nand [a link](http://example.com/hidden)"
    for event in (TurnSent("*x*"), RunStarted("r"), TextDelta(text), RunFinished("r")):
        transcript.apply(event, 0.0)
    assert searching(transcript, Query("bold word and a link")).total == 1
    assert searching(transcript, Query("**")).total == 0
    assert searching(transcript, Query("/hidden")).total == 0
    assert searching(transcript, Query("*x*")).total == 1


@given(MARKDOWN, st.integers(24, 90), st.sampled_from(["bo", "bold", "b", "a", "co de", "lin k", "日", " ", "x = 1"]))
def test_every_match_is_drawn_whatever_the_wrapping(text: str, width: int, words: str) -> None:
    transcript = Transcript()
    for event in (TurnSent("?"), RunStarted("r"), TextDelta(text), RunFinished("r")):
        transcript.apply(event, 0.0)
    search = searching(transcript, Query(words))
    for index, start, end in found(search, transcript):
        drawing = draw(transcript.parts[index], canvas(width))
        assert selected_text(drawing.lines, Offsets(drawing), start, end) == words


@given(MARKDOWN, st.lists(st.integers(1, 9), max_size=30), st.sampled_from(["b", "bold", "a", " ", "1", "k"]))
@example("[bref]: http://r.org\n\n[b][bref]", [30], "b")
def test_what_arrives_is_found_as_if_it_had_been_there(text: str, sizes: list[int], words: str) -> None:
    transcript = Transcript()
    query = Query(words)
    search = searching(transcript, query)
    chunks, start = [], 0
    for size in sizes:
        chunks.append(text[start : start + size])
        start += size
    events: list[ChatEvent] = [
        TurnSent("a b"),
        RunStarted("r"),
        *map(TextDelta, chunks),
        TextDelta(text[start:]),
        RunFinished("r"),
    ]
    for event in events:
        search.changed(transcript.apply(event, 0.0))
        finish(search)
    assert found(search, transcript) == found(searching(transcript, query), transcript)
    assert search.total == len(found(search, transcript))


def test_what_is_put_in_front_and_what_is_taken_away_counts() -> None:
    transcript = conversation(2)
    search = searching(transcript, Query("line"))
    older = conversation(3)
    search.changed(transcript.prepend(older.turns, older.parts))
    finish(search)
    assert search.total == 20
    search.changed(transcript.apply(TurnRetried(), 0.0))
    finish(search)
    assert search.total == 16
    assert found(search, transcript) == found(searching(transcript, Query("line")), transcript)


def test_another_query_finds_in_what_arrived_meanwhile() -> None:
    transcript = conversation(1)
    search = searching(transcript, Query("line"))
    search.seek(Query())
    search.changed(transcript.apply(TurnSent("another line"), 0.0))
    search.seek(Query("line"))
    finish(search)
    assert search.total == 5


def test_stepping_goes_through_all_matches_and_round_the_end() -> None:
    transcript = conversation(2)
    search = searching(transcript, Query("line"))
    order = []
    for _ in range(search.total):
        match = search.step(1, 0)
        assert match is not None
        order.append((transcript.parts.index(match.part), match.start, match.end))
        assert search.came_round == 0
    assert order == found(search, transcript)
    assert search.position() == search.total
    search.step(1, 0)
    assert (search.position(), search.came_round) == (1, 1)
    search.step(-1, 0)
    assert (search.position(), search.came_round) == (search.total, -1)


def test_stepping_begins_at_the_reader() -> None:
    transcript = conversation(3)
    search = searching(transcript, Query("question"))
    match = search.step(-1, 5)
    assert match is not None
    assert transcript.parts.index(match.part) == 3


def test_nothing_found_leads_nowhere() -> None:
    assert searching(conversation(3), Query("nowhere")).step(1, 0) is None
    assert searching(Transcript(), Query("nowhere")).step(1, 0) is None


def test_what_is_near_the_reader_is_found_first() -> None:
    transcript = conversation(30)
    search = Search(transcript.parts, lambda _part: canvas(), 20)
    search.seek(Query("line"))
    while not search.total:
        search.work(0.000_001)
    match = search.step(-1, 20)
    assert match is not None
    assert transcript.parts.index(match.part) == 19


async def opened(pilot: Pilot[None], app: PaneApp, words: str) -> Search:
    """Open the search bar and type."""
    await settled(pilot, app)
    await pilot.press("slash")
    await wait_until(pilot, lambda: isinstance(app.focused, Input))
    await pilot.press(*words)
    search = app.view.search
    assert search is not None
    await wait_until(pilot, lambda: search.query.words == words and not search.busy)
    await settled(pilot, app)
    return search


def bar_says(app: PaneApp) -> str:
    """What the search bar says was found."""
    return str(app.query_one("SearchBar .found").render())


async def test_the_bar_counts_and_goes_from_match_to_match() -> None:
    app = PaneApp(conversation(60))
    async with app.run_test(size=(90, 20)) as pilot:
        search = await opened(pilot, app, "answer 7 line")
        assert search.total == 4
        assert any("answer 7 line" in line for line in screen_lines(app))
        await wait_until(pilot, lambda: bar_says(app) == "4 of 4")
        await pilot.press("enter")
        await wait_until(pilot, lambda: app.focused is app.view)
        await pilot.press("N")
        await wait_until(pilot, lambda: bar_says(app) == "3 of 4")
        await pilot.press("n", "n")
        await wait_until(pilot, lambda: bar_says(app) == "1 of 4, from the top again")
        await pilot.press("N")
        await wait_until(pilot, lambda: bar_says(app) == "4 of 4, from the end again")
        here = screen_lines(app)
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))
        assert app.view.search is None
        assert screen_lines(app)[0] == here[0]


async def test_escape_closes_the_bar_and_returns_to_the_place() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(70, 20)) as pilot:
        await settled(pilot, app)
        app.view.move(-40)
        before = screen_lines(app)
        await opened(pilot, app, "question 3")
        assert screen_lines(app)[0] != before[0]
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))
        await settled(pilot, app)
        assert app.view.search is None
        assert screen_lines(app) == before


async def test_escape_follows_again_who_followed() -> None:
    app = PaneApp(conversation(50))
    async with app.run_test(size=(70, 20)) as pilot:
        await opened(pilot, app, "question 3")
        assert not app.view.at_end
        app.apply(TurnSent("more"))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))
        assert app.view.at_end


async def test_what_arrives_is_counted_and_moves_nobody() -> None:
    app = PaneApp(conversation(30))
    async with app.run_test(size=(70, 20)) as pilot:
        search = await opened(pilot, app, "question 7")
        before = screen_lines(app)
        app.apply(TurnSent("one more question 7"), RunStarted("r"), TextDelta("about question 7"))
        await wait_until(pilot, lambda: bar_says(app) == "1 of 3")
        app.apply(TextDelta(" and question 7"))
        await wait_until(pilot, lambda: bar_says(app) == "1 of 4")
        assert search.total == 4
        assert screen_lines(app)[:-1] == before[:-1]


async def test_a_bad_pattern_is_told_in_the_bar_and_mended() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(90, 20)) as pilot:
        await opened(pilot, app, "line")
        await pilot.press("alt+r", "(")
        await wait_until(pilot, lambda: "Not a regular expression" in bar_says(app))
        assert app.query_one(Input).size.width >= 12
        await pilot.press("backspace")
        await wait_until(pilot, lambda: bar_says(app) == "12 of 12")


async def test_a_pattern_that_explodes_is_told_in_the_bar() -> None:
    app = PaneApp()
    async with app.run_test(size=(90, 20)) as pilot:
        app.apply(TurnSent("a" * 200 + "c"))
        await settled(pilot, app)
        await pilot.press("slash")
        await wait_until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("alt+r", *"(a+)+$")
        await wait_until(pilot, lambda: "takes too long" in bar_says(app))
        await pilot.press("escape")
        await wait_until(pilot, lambda: not app.query(SearchBar))


async def test_a_search_that_fails_does_not_end_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_search: Search, _seconds: float) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(Search, "work", fail)
    app = PaneApp(conversation(2))
    async with app.run_test(size=(90, 20), notifications=True) as pilot:
        await settled(pilot, app)
        await pilot.press("slash", "a")
        await wait_until(pilot, lambda: any("oops" in toast.message for toast in app._notifications))
        assert app.is_running


async def test_another_conversation_has_no_search() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(70, 20)) as pilot:
        await opened(pilot, app, "line")
        app.view.show(conversation(2))
        await wait_until(pilot, lambda: not app.query(SearchBar))
        assert app.view.search is None


async def test_the_current_match_looks_different_from_the_others() -> None:
    app = PaneApp(conversation(3))
    async with app.run_test(size=(70, 30)) as pilot:
        await opened(pilot, app, "line 3")
        palette = app.view.palette
        grounds = [
            segment.style.bgcolor
            for strip in app.view.render_lines(app.view.size.region)
            for segment in strip
            if segment.text == "line 3" and segment.style
        ]
        assert grounds == [palette.search_match.bgcolor] * 2 + [palette.search_current.bgcolor]


def rows(count: int) -> JsonValue:
    """What a tool says."""
    return "\n".join(f"row {number}" for number in range(count))


async def test_a_match_that_is_folded_away_is_unfolded() -> None:
    app = PaneApp()
    async with app.run_test(size=(70, 30)) as pilot:
        app.apply(
            TurnSent("go"),
            RunStarted("r"),
            ReasoningDelta("first I look\n" * 9),
            ServerToolCall("s1", "rows", {"limit": 5}),
            ServerToolResult("s1", "rows", ToolOutcome.SUCCESS, rows(50)),
        )
        await opened(pilot, app, "row 44")
        await wait_until(pilot, lambda: any("row 44" in line for line in screen_lines(app)))
        await pilot.press(*"\b" * 6)
        app.query_one(Input).value = "look"
        await wait_until(pilot, lambda: bar_says(app) == "9 of 9")
        await wait_until(pilot, lambda: sum("I look" in line for line in screen_lines(app)) == 9)
        assert app.view.search is not None


async def test_a_match_beyond_the_edge_is_scrolled_to() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.apply(TurnSent("go"), RunStarted("r"), TextDelta("```\n" + "x" * 200 + "needle" + "y" * 200 + "\n```\n"))
        await opened(pilot, app, "needle")
        assert any("needle" in line for line in screen_lines(app))
