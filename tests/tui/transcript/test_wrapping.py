"""Plain text cut by cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from athena_tui.tui.transcript.wrapping import clip, wrap

TEXT = st.text(alphabet="ab c日本☕\n.", max_size=200)


@given(TEXT, st.integers(2, 30))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line, _ in wrap(text, width))


@given(TEXT, st.integers(2, 30))
def test_joined_again_it_is_the_text_but_for_spaces_at_a_cut(text: str, width: int) -> None:
    joined = "".join(line + join for line, join in wrap(text, width))
    assert joined.split() == text.split()
    assert joined.count("\n") == text.count("\n") + 1


@given(st.text(alphabet="ab日", min_size=1, max_size=80), st.integers(2, 12))
def test_a_long_word_is_cut_without_a_loss(word: str, width: int) -> None:
    assert "".join(line + join for line, join in wrap(word, width)) == word + "\n"


@given(TEXT, st.integers(2, 30))
def test_a_clipped_text_fits_and_is_one_line(text: str, width: int) -> None:
    short = clip(text, width)
    assert cell_len(short) <= width
    assert "\n" not in short


def test_what_fits_is_left_alone() -> None:
    assert wrap("one two", 20) == [("one two", "\n")]
    assert clip("one two", 20) == "one two"


def test_words_stay_whole() -> None:
    assert wrap("one two three", 8) == [("one two", " "), ("three", "\n")]
