"""Fields made from a schema: what can be typed into them, and what is said when it does not fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.tui.form_fields import Field, Kind, fields_of, size_of


def field_of(schema: JsonObject, *, required: bool = False) -> Field:
    """The one field of an object with one property."""
    wanted: list[JsonValue] = ["x"] if required else []
    (field,) = fields_of({"type": "object", "properties": {"x": schema}, "required": wanted})
    return field


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, Kind.TEXT),
        ({"type": "integer"}, Kind.NUMBER),
        ({"type": "number"}, Kind.NUMBER),
        ({"type": "boolean"}, Kind.CHOICE),
        ({"type": "string", "enum": ["a", "b"]}, Kind.CHOICE),
        ({"enum": [1, 2]}, Kind.CHOICE),
        ({"type": "array"}, Kind.JSON),
        ({"type": "object"}, Kind.JSON),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, Kind.TEXT),
        ({"type": ["integer", "null"]}, Kind.NUMBER),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, Kind.ANY),
        ({}, Kind.ANY),
    ],
)
def test_each_type_has_its_way_to_be_entered(schema: JsonObject, kind: Kind) -> None:
    assert field_of(schema).kind is kind


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, " as it is ", " as it is "),
        ({"type": "integer"}, " 3 ", 3),
        ({"type": "number"}, "2.5", 2.5),
        ({"type": "number"}, "2", 2),
        ({"type": "boolean"}, "no", False),
        ({"enum": [1, 2]}, "2", 2),
        ({"type": "array", "items": {"type": "string"}}, '["a"]', ["a"]),
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "7", 7),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "seven", "seven"),
        ({"type": "string"}, "  ", None),
    ],
)
def test_what_is_typed_becomes_a_value(schema: JsonObject, text: str, value: JsonValue) -> None:
    read = field_of(schema).read(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("schema", "text", "said"),
    [
        ({"type": "integer"}, "three", "whole number"),
        ({"type": "integer"}, "2.5", "whole number"),
        ({"type": "integer"}, "true", "whole number"),
        ({"type": "number"}, "NaN", "number"),
        ({"type": "integer", "minimum": 1}, "0", "At least 1."),
        ({"type": "integer", "maximum": 9}, "10", "At most 9."),
        ({"type": "string", "maxLength": 2}, "abc", "At most 2 characters."),
        ({"type": "array", "minItems": 2}, "[1]", "At least 2 entries."),
        ({"type": "array"}, "{}", "list"),
        ({"type": "object"}, "[", "not JSON"),
        ({"type": "array", "items": {"type": "string"}}, '["a", 2]', "Entry 2: Text"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, '{"a": "b"}', "a: A whole number"),
        ({"anyOf": [{"type": "integer"}, {"type": "array"}]}, '"x"', "whole number"),
    ],
)
def test_what_does_not_fit_is_explained(schema: JsonObject, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        field_of(schema).read(text)


def test_nothing_is_refused_only_where_something_is_needed() -> None:
    with pytest.raises(ValueError, match="needed"):
        field_of({"type": "string"}, required=True).read("")
    assert field_of({"type": "string", "default": "x"}, required=True).read("") is None


@given(st.text(min_size=1).filter(lambda text: text.strip() == text))
def test_any_text_survives_being_shown_and_read(text: str) -> None:
    field = field_of({"type": "string"})
    assert field.read(field.shown(text)) == text


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.booleans() | st.none(), min_size=1))
def test_any_object_survives_being_shown_and_read(value: dict[str, JsonValue]) -> None:
    field = field_of({"type": "object"})
    assert field.read(field.shown(value)) == value


def test_a_schema_that_is_none_has_no_fields() -> None:
    assert fields_of({}) == ()
    assert fields_of({"properties": {"x": True}, "required": "x"}) == ()


def test_sizes_are_bytes_of_json() -> None:
    assert size_of({"a": "é"}) == len('{"a":"é"}'.encode())
