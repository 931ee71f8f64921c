"""Secrets do not survive the mask; innocent text does."""

from __future__ import annotations

import pytest

from athena_tui.client.masking import LONGEST_RECORD, MASK, SecretMask


@pytest.mark.parametrize(
    "name", ["X-API-Key", "x-api-key", "Authorization", "Cookie", "Set-Cookie", "Proxy-Authorization"]
)
def test_headers_by_name(name: str) -> None:
    assert SecretMask().headers({name: "secret", "Accept": "text/plain"}) == {name: MASK, "Accept": "text/plain"}


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"api_key": "secret", "a": 1}', '{"api_key": "•••", "a": 1}'),
        ('{"apiKey":"secret"}', '{"apiKey":"•••"}'),
        ('{"secret": "secret-value"}', '{"secret": "•••"}'),
        ('{"password": "a\\"secret"}', '{"password": "•••"}'),
        ('{"access_token": "secret"}', '{"access_token": "•••"}'),
        ('{"token": "secret-that-is-long-enough"}', '{"token": "•••"}'),
        ('{"key": "secret-that-is-long-enough"}', '{"key": "•••"}'),
        ("the key wak_secret0 opened it", "the key ••• opened it"),
        ("eak_secret-1_2", "•••"),
    ],
)
def test_text_by_form(text: str, masked: str) -> None:
    assert SecretMask().text(text) == masked


def test_a_secret_at_the_cut() -> None:
    text = SecretMask(["cut-in-the-middle"]).text("x" * (LONGEST_RECORD - 4) + "cut-in-the-middle")
    assert "cut" not in text


@pytest.mark.parametrize(
    "text",
    [
        '{"token": "Hel"}',
        '{"type": "text", "token": "a chunk of text that has spaces"}',
        '{"key": "item-1", "total_tokens": 12}',
        '{"message": "What is a token?"}',
    ],
)
def test_innocent_text_stays(text: str) -> None:
    assert SecretMask().text(text) == text


def test_values_it_was_told() -> None:
    mask = SecretMask(["key_1:pair", None, "abc"])
    mask.learn("learned-later")
    assert mask.text("key_1:pair, learned-later, abc") == f"{MASK}, {MASK}, abc"
    assert mask.headers({"Referer": "https://x/?k=learned-later"}) == {"Referer": f"https://x/?k={MASK}"}


def test_long_bodies_are_cut_and_clean() -> None:
    text = SecretMask().text("\x1b[2J" + "x" * (LONGEST_RECORD + 10))
    assert "\x1b" not in text
    assert len(text) < LONGEST_RECORD + 50
