"""JSON that Python would read into something that is none."""

from __future__ import annotations

import pytest

from athena_tui.client.json_text import read_json


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_json_cannot_say_again_are_null(number: str) -> None:
    assert read_json(f'{{"price": {number}, "rest": 1.5}}') == {"price": None, "rest": 1.5}


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff", "9" * 5000])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(text)
