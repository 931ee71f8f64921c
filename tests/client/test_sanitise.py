"""Nothing a terminal would obey leaves the cleaner, however the text was cut."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client.models import JsonValue
from athena_tui.client.sanitise import DEEPEST_NESTING, TOO_DEEP, StreamCleaner, clean_json, clean_text

FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Mostly the characters that sequences are made of, so that chance makes sequences.
INTRODUCERS = ["\x1b", "[", "]", "P", "_", "^", "X", "(", "\x9b", "\x9d", "\x90"]
ENDINGS = ["\\", "\x07", "\x9c", "m", "A", "\n", "\r", "\x18"]
FILLINGS = ["0;", "31", " ", "/", "\t", "é", "字", "\ud83d", "\ude00", "\u202e", "\u200d", "text", "\x00", "\x7f"]
fragments = st.lists(st.sampled_from(INTRODUCERS + ENDINGS + FILLINGS)).map("".join)
texts = st.one_of(fragments, st.text(alphabet=st.characters(codec=None, exclude_categories=[])))


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain text,\n\ttab", "plain text,\n\ttab"),
        ("a\r\nb", "a\nb"),
        ("a\x1b[1;31mb\x1b[0mc", "abc"),
        ("a\x9b31mb", "ab"),
        ("a\x1b[31", "a"),
        ("a\x1b", "a"),
        ("a\x1b]0;title\x07b", "ab"),
        ("a\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\b", "alinkb"),
        ("a\x9d52;c;aGk=\x9cb", "ab"),
        ("a\x1b]0;never ended", "a"),
        ("a\x1b]0;never ended\nb", "a\nb"),
        ("a\x1bP1$r q\x1b\\b", "ab"),
        ("a\x1b_Gf=100;AAAA\x1b\\b", "ab"),
        ("a\x1b^private\x1b\\b", "ab"),
        ("a\x1bXstring\x1b\\b", "ab"),
        ("a\x90q\x9cb", "ab"),
        ("a\x1b(Bb", "ab"),
        ("a\x1b7b\x1b8c", "abc"),
        ("a\x1b\x1b[31mb", "ab"),
        ("bell\x07 null\x00 del\x7f c1\x85", "bell null del c1"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d alone \ude00", " alone "),
        ("user\u202etxt.exe", "user⟦U+202E⟧txt.exe"),
        ("\u061c\u200e\u200f\u2066\u2069", "⟦U+061C⟧⟦U+200E⟧⟦U+200F⟧⟦U+2066⟧⟦U+2069⟧"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
    ],
)
def test_what_is_removed_and_what_stays(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(texts)
def test_never_leaves_anything_forbidden(text: str) -> None:
    assert FORBIDDEN.search(clean_text(text)) is None


@given(texts)
def test_is_idempotent(text: str) -> None:
    once = clean_text(text)
    assert clean_text(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cf", "Cs"])))
def test_leaves_harmless_text_alone(text: str) -> None:
    assert clean_text(text) == text


@given(st.lists(texts))
def test_any_cut_gives_the_same_text(pieces: list[str]) -> None:
    cleaner = StreamCleaner()
    fed = "".join(cleaner.feed(piece) for piece in pieces)
    assert fed == clean_text("".join(pieces))


@given(texts)
def test_one_character_at_a_time_gives_the_same_text(text: str) -> None:
    cleaner = StreamCleaner()
    assert "".join(map(cleaner.feed, text)) == clean_text(text)


def test_an_endless_sequence_is_not_kept() -> None:
    cleaner = StreamCleaner()
    for _ in range(100):
        assert cleaner.feed("\x1b]0;" + "x" * 1000) == ""
        assert len(cleaner._held) <= 2


def test_json_is_cleaned_with_its_keys() -> None:
    value: JsonValue = {"a\x07": ["\x1b[2J", 1, None, True, {"b": "\u202e"}]}
    assert clean_json(value) == {"a": ["", 1, None, True, {"b": "⟦U+202E⟧"}]}


def test_json_that_nests_too_deep_is_cut() -> None:
    value: JsonValue = "bottom"
    for _ in range(DEEPEST_NESTING + 50):
        value = [value]
    cleaned, depth = clean_json(value), 0
    while isinstance(cleaned, list):
        cleaned, depth = cleaned[0], depth + 1
    assert (cleaned, depth) == (TOO_DEEP, DEEPEST_NESTING)
