"""What is wrong with a value, by the part of JSON Schema that forms are described with."""

from __future__ import annotations

from athena_tui.client.models import JsonObject, JsonValue

_NEEDED = {
    "string": "Text is needed.",
    "integer": "A whole number is needed, such as 3.",
    "number": "A number is needed, such as 2.5.",
    "boolean": "Yes or no is needed.",
    "array": 'A list in JSON is needed, such as ["a", "b"].',
    "object": 'An object in JSON is needed, such as {"a": 1}.',
    "null": "Nothing is needed.",
}


def problem_with(value: JsonValue, schema: JsonObject) -> str | None:
    """What a person has to change; `None` where nothing. What the schema says beyond that is left to the platform."""
    either = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(either, list):
        problems = [problem_with(value, each) for each in either if isinstance(each, dict)]
        if problems and None not in problems:
            return problems[0]
    types = schema.get("type")
    wanted = [each for each in (types if isinstance(types, list) else [types]) if isinstance(each, str)]
    if wanted and not any(_is(value, each) for each in wanted):
        return _NEEDED.get(wanted[0], f"This must be of type {wanted[0]}.")
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        return "One of these is needed: " + ", ".join(str(each) for each in choices) + "."
    return _problem_with_size(value, schema) or _problem_inside(value, schema)


def _is(value: JsonValue, type_name: str) -> bool:
    match type_name:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case "array":
            return isinstance(value, list)
        case "object":
            return isinstance(value, dict)
        case "null":
            return value is None
    return True


def _problem_with_size(value: JsonValue, schema: JsonObject) -> str | None:
    if isinstance(value, str):
        return _between(len(value), schema, "minLength", "maxLength", " characters")
    if isinstance(value, list):
        return _between(len(value), schema, "minItems", "maxItems", " entries")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _between(value, schema, "minimum", "maximum", "")
    return None


def _between(size: float, schema: JsonObject, least: str, most: str, unit: str) -> str | None:
    low, high = schema.get(least), schema.get(most)
    if isinstance(low, int | float) and size < low:
        return f"At least {low:,}{unit}."
    if isinstance(high, int | float) and size > high:
        return f"At most {high:,}{unit}."
    return None


def _problem_inside(value: JsonValue, schema: JsonObject) -> str | None:
    items, rest = schema.get("items"), schema.get("additionalProperties")
    if isinstance(value, list) and isinstance(items, dict):
        for number, each in enumerate(value, 1):
            if (problem := problem_with(each, items)) is not None:
                return f"Entry {number}: {problem}"
    if isinstance(value, dict):
        properties = schema.get("properties")
        known = properties if isinstance(properties, dict) else {}
        for name, each in value.items():
            inner = known.get(name, rest)
            if isinstance(inner, dict) and (problem := problem_with(each, inner)) is not None:
                return f"{name}: {problem}"
    return None
