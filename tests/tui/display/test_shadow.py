"""What is sent through a shadow makes the terminal show what it shows without one, in fewer bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.strip import Strip
from wcwidth import wcwidth

from athena_tui.tui.display.cells import is_plain
from athena_tui.tui.display.shadow import Delta, Shadow
from tests.tui.display.screens import HEIGHT, SIDE, STYLES, WIDTH, Picture, Terminal

CONSOLE = Console(color_system="truecolor", force_terminal=True, width=WIDTH)
WORDS = ("a", "tick ", "tock ", "ünï ", "→ ", "▌", "⠋", "世", "e\u0301", "😀", "❤", "שלום", "한글", "  ", "…")


Change = Callable[[Picture], Picture]


class Pair:
    """Two terminals: one gets what Textual sends, the other what the shadow makes of it."""

    def __init__(self, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
        self.plain, self.compact = Terminal(*size), Terminal(*size)
        self.shadow = Shadow()

    def show(self, update: ChopsUpdate | LayoutUpdate | None) -> str:
        """Draw an update on both, and compare them."""
        if update is None:
            return ""
        self.plain.write(update.render_segments(CONSOLE))
        sent = Delta(self.shadow, update).render_segments(CONSOLE)
        self.compact.write(sent)
        assert self.compact.cells == self.plain.cells
        assert self.compact.is_reset
        return sent


segments = st.builds(Segment, st.sampled_from(WORDS), st.sampled_from(STYLES), st.none())
strips = st.lists(segments, min_size=1, max_size=6).map(Strip)
lines = st.lists(strips, max_size=14).map(tuple)
boxes = st.tuples(st.integers(0, WIDTH - 2), st.integers(0, HEIGHT - 1), st.integers(1, 12), st.integers(1, 4), strips)


def scrolled(by: int) -> Change:
    return lambda now: replace(now, top=max(0, now.top + by))


def edited(number: int, strip: Strip) -> Change:
    return lambda now: replace(now, lines=(*now.lines[:number], strip, *now.lines[number + 1 :]))


def covered(box: tuple[int, int, int, int, Strip]) -> Change:
    return lambda now: replace(now, over=(box, *now.over)[:2])


def uncovered(now: Picture) -> Picture:
    return replace(now, over=now.over[1:])


def grown(more: tuple[Strip, ...]) -> Change:
    return lambda now: replace(now, lines=now.lines + more, top=now.top + len(more))


def renamed(side: tuple[Strip, ...]) -> Change:
    return lambda now: replace(now, side=side)


changes = st.one_of(
    st.integers(-3, 3).map(scrolled),
    lines.map(grown),
    st.builds(edited, st.integers(0, 20), strips),
    boxes.map(covered),
    st.just(uncovered),
    lines.map(renamed),
)
steps = st.lists(
    st.tuples(changes, st.sampled_from([0, 0, 3]), st.sampled_from(["part", "part", "whole", "forget"])), max_size=12
)


@settings(deadline=None)
@given(lines, lines, steps)
def test_both_terminals_show_the_same(
    side: tuple[Strip, ...], text: tuple[Strip, ...], steps: Sequence[tuple[Change, int, str]]
) -> None:
    pair = Pair()
    before = Picture(side, text)
    pair.show(before.full())
    for change, wider, how in steps:
        now = change(before)
        if how == "forget":
            pair.shadow.forget()
        pair.show(now.full() if how == "whole" else now.since(before, wider))
        before = now


def plain(text: str) -> Strip:
    return Strip([Segment(text, STYLES[1])])


PROSE = tuple(
    plain(f"{word} {number}")
    for number, word in enumerate(("no", "two", "lines", "here", "are", "as", "the", "others"))
)


def test_what_has_not_changed_is_not_sent() -> None:
    pair = Pair()
    before = Picture((), PROSE)
    pair.show(before.full())
    sent = pair.show(edited(2, plain("lines 3"))(before).since(before, 0))
    assert sent == f"\x1b[4;{SIDE + 7}H\x1b[38;2;214;217;222;48;2;16;18;21m3\x1b[0m"


def test_lines_that_move_are_moved_by_the_terminal() -> None:
    pair = Pair()
    before = Picture((), PROSE)
    pair.show(before.full())
    sent = pair.show(scrolled(1)(before).since(before, 0))
    assert f"\x1b[2;{HEIGHT - 1}r\x1b[2;1H\x1b[1M\x1b[r" in sent
    assert "are" not in sent
    assert "\x1b[1L" in pair.show(before.since(scrolled(1)(before), 0))


def test_what_stands_beside_is_not_moved_where_that_costs_more() -> None:
    pair = Pair()
    side = tuple(map(plain, ("never", "touch", "what", "stands", "beside", "them", "all")))
    before = Picture(side, tuple(plain(character) for character in "abcdefghij"))
    pair.show(before.full())
    sent = pair.show(scrolled(1)(before).since(before, 0))
    assert "r\x1b" not in sent


def test_a_text_whose_width_is_the_terminals_affair_is_sent_with_all_that_follows_it() -> None:
    pair = Pair()
    before = Picture((plain("side"),), (plain("👍\U0001f3fd ok"),))
    Delta(pair.shadow, before.full()).render_segments(CONSOLE)
    now = edited(0, plain("👍\U0001f3fd so"))(before)
    update = now.since(before, 0)
    assert update is not None
    sent = Delta(pair.shadow, update).render_segments(CONSOLE)
    assert "👍\U0001f3fd so" in sent
    assert f"\x1b[2;{WIDTH}H" in sent
    assert "side" not in sent


def test_left_of_such_a_text_only_what_changed_is_sent() -> None:
    pair = Pair()
    text = (plain("世界 line"),)
    before = Picture((plain("side 1"),), text)
    pair.show(before.full())
    sent = pair.show(renamed((plain("side 2"),))(before).since(before, 0))
    assert sent == "\x1b[2;6H\x1b[38;2;214;217;222;48;2;16;18;21m2\x1b[0m"


def test_after_a_resize_everything_is_sent() -> None:
    pair = Pair()
    pair.show(Picture((), PROSE).full())
    pair.plain, pair.compact = Terminal(30, 12), Terminal(30, 12)
    assert "others" in pair.show(Picture((), PROSE, size=(30, 12)).full())


def test_what_is_no_update_of_the_screen_passes_and_makes_it_forget() -> None:
    pair = Pair()
    before = Picture((), PROSE)
    pair.show(before.full())
    assert pair.shadow.through("anything") == "anything"
    assert pair.shadow.through(None) is None
    assert "two 1" in pair.show(edited(1, plain("two 1"))(before).since(Picture(), 0))


def test_a_plain_character_takes_one_cell_in_every_terminal() -> None:
    plain_ones = [character for character in map(chr, range(0x20000)) if is_plain(character)]
    assert {*"aÄжλ─▌⠋…→⌕▫◐✓"} <= {*plain_ones}
    assert not {*"\t\x1b世한😀❤☀א\u0301\u200b\u200d\ufe0f\xad\ue000\U0001f1e6"} & {*plain_ones}
    assert all(cell_len(character) == wcwidth(character) == 1 for character in plain_ones)
