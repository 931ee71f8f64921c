"""A record behaves like the dataclass it is to the type checker."""

from __future__ import annotations

from dataclasses import asdict, field, replace

import pytest

from athena_tui.client.record import record


@record(frozen=True, slots=True)
class Key:
    name: str
    secret: str = field(default="hush", repr=False)


@record(frozen=True, slots=True)
class Other:
    name: str
    secret: str = "hush"


def test_equal_is_what_has_the_same_class_and_content() -> None:
    assert Key("a") == Key("a")
    assert hash(Key("a")) == hash(Key("a"))
    assert Key("a") != Key("b")
    assert Key("a") != Key("a", "else")
    other: object = Other("a")
    assert Key("a") != other
    assert len({Key("a"), Key("a"), Key("b"), Other("a")}) == 3


def test_it_shows_its_fields_but_no_secret() -> None:
    assert repr(Key("a")) == "Key(name='a')"


def test_the_tools_for_dataclasses_work() -> None:
    assert replace(Key("a"), name="b") == Key("b")
    assert asdict(Key("a")) == {"name": "a", "secret": "hush"}
    match Key("a"):
        case Key(name, secret):
            assert (name, secret) == ("a", "hush")


def test_there_is_room_for_its_fields_only() -> None:
    with pytest.raises(AttributeError):
        Key("a").nane = "b"  # type: ignore[attr-defined]  # the point of the test
