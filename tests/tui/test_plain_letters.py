"""Letters that a terminal cannot show."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from athena_tui.tui.plain_letters import degrade


def written(text: str, encoding: str) -> str:
    """What a terminal of an encoding gets."""
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    degrade(stream)
    stream.write(text)
    stream.flush()
    return raw.getvalue().decode(encoding)


def test_a_letter_becomes_its_twin_or_a_question_mark() -> None:
    assert written("“é” – 日本 …", "ascii") == '"?" - ???? .'
    assert written("‹ ask ›", "ascii") == "< ask >"
    assert written("é –", "latin-1") == "é -"
    assert written("é – 日本", "utf-8") == "é – 日本"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_nothing_shifts(text: str) -> None:
    alone = sum(cell_len(letter) for letter in text)
    assert len(written(text, "ascii")) == alone


def test_what_is_no_terminal_is_left_alone() -> None:
    degrade(None)
    degrade(io.StringIO())
