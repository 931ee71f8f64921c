"""The fields of a form made from a JSON Schema: how a value is typed, read and checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from athena_tui.client.models import EVERY_EXECUTION, JsonObject, JsonValue
from athena_tui.tui.schema_check import problem_with

LARGEST = 16 * 1024
"""Bytes that all variables together may have as JSON; follows the Execute page."""


class Kind(Enum):
    """How a value is entered."""

    TEXT = auto()
    """As it is."""
    CHOICE = auto()
    """One of a few."""
    NUMBER = auto()
    """In digits."""
    JSON = auto()
    """As JSON."""
    ANY = auto()
    """JSON where it is that, else text."""


@dataclass(frozen=True, slots=True)
class Field:
    """One variable in a form.

    Args:
        name: Its key.
        title: What it is called.
        help: What it is for.
        kind: How it is entered.
        schema: What it must be.
        required: Whether there must be a value, given or declared.
        default: What the platform takes where nothing is given.
        choices: What can be chosen from.
        every_time: Whether it goes with every message.
    """

    name: str
    title: str
    help: str
    kind: Kind
    schema: JsonObject
    required: bool = False
    default: JsonValue = None
    choices: tuple[JsonValue, ...] = ()
    every_time: bool = False

    @property
    def expected(self) -> str:
        """What kind of thing is entered, in a word or two; empty where that goes without saying."""
        formats = {"date": "2026-01-31", "date-time": "2026-01-31T12:00:00Z", "time": "12:00:00"}
        alternatives = [each for each in _alternatives(self.schema) if each.get("type") != "null"]
        named = {str(each["type"]) for each in alternatives if isinstance(each.get("type"), str)}
        form = alternatives[0].get("format") if len(alternatives) == 1 else None
        if isinstance(form, str):
            return formats.get(form, form)
        name = " or ".join(sorted(named))
        return {"string": "text", "array": "list", "integer": "whole number"}.get(name, name)

    def shown(self, value: JsonValue) -> str:
        """A value as it is typed."""
        if isinstance(value, str) and self.kind in {Kind.TEXT, Kind.ANY, Kind.CHOICE}:
            return value
        if isinstance(value, bool) and self.kind is Kind.CHOICE:
            return "yes" if value else "no"
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def read(self, text: str) -> JsonValue:
        """The value that was typed; `None` where there is none.

        Raises:
            ValueError: It is not what is asked for; the message says what is.
        """
        stripped = text.strip()
        if not stripped:
            if self.required and self.default is None:
                raise ValueError("This is needed.")
            return None
        value = self._parsed(text if self.kind is Kind.TEXT else stripped)
        problem = problem_with(value, self.schema)
        if problem is not None:
            raise ValueError(problem)
        return value

    def _parsed(self, text: str) -> JsonValue:
        if self.kind is Kind.TEXT:
            return text
        if self.kind is Kind.CHOICE:
            return next((choice for choice in self.choices if self.shown(choice) == text), text)
        try:
            value: JsonValue = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            if self.kind is Kind.ANY:
                return text
            if self.kind is Kind.NUMBER:
                raise ValueError(problem_with(text, self.schema) or "A number is needed, such as 3.") from error
            raise ValueError(f"This is not JSON: {error}.") from error
        return value


def fields_of(schema: JsonObject) -> tuple[Field, ...]:
    """The fields of an object's schema, in the order it has them."""
    properties = schema.get("properties")
    required = schema.get("required")
    needed = required if isinstance(required, list) else []
    if not isinstance(properties, dict):
        return ()
    return tuple(
        _field(name, property_, required=name in needed)
        for name, property_ in properties.items()
        if isinstance(property_, dict)
    )


def size_of(values: JsonObject) -> int:
    """How many bytes values have as JSON."""
    return len(json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode())


def _field(name: str, schema: JsonObject, *, required: bool) -> Field:
    title, text = schema.get("title"), schema.get("description")
    kind, choices = _entry(schema)
    return Field(
        name,
        title if isinstance(title, str) and title else name,
        " ".join(text.split()) if isinstance(text, str) else "",
        kind,
        schema,
        required,
        schema.get("default"),
        choices,
        schema.get(EVERY_EXECUTION) is True,
    )


def _entry(schema: JsonObject) -> tuple[Kind, tuple[JsonValue, ...]]:
    alternatives = [each for each in _alternatives(schema) if each.get("type") != "null"]
    if len(alternatives) != 1:
        return Kind.ANY, ()
    (only,) = alternatives
    if isinstance(choices := only.get("enum"), list) and choices:
        return Kind.CHOICE, tuple(choices)
    match only.get("type"):
        case "boolean":
            return Kind.CHOICE, (True, False)
        case "string":
            return Kind.TEXT, ()
        case "integer" | "number":
            return Kind.NUMBER, ()
        case "array" | "object":
            return Kind.JSON, ()
    return Kind.ANY, ()


def _alternatives(schema: JsonObject) -> Iterator[JsonObject]:
    either = schema.get("anyOf") or schema.get("oneOf")
    types = schema.get("type")
    if isinstance(either, list):
        yield from (each for each in either if isinstance(each, dict))
    elif isinstance(types, list):
        yield from (schema | {"type": each} for each in types)
    else:
        yield schema


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
