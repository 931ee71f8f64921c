"""Variables of a configuration as a JSON Schema, so that a form can be built. Follows the Variables System page."""

from __future__ import annotations

from athena_tui.client.models import EVERY_EXECUTION, JsonObject, JsonValue

_SCALARS: dict[str, JsonObject] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "None": {"type": "null"},
}


def type_schema(notation: str) -> JsonObject | None:
    """A type such as `list[str]` or `dict[str, int] | None` as a JSON Schema; `None` where we do not know it."""
    alternatives = [_single(part.strip()) for part in _split(notation, "|")]
    known = [schema for schema in alternatives if schema is not None]
    if len(known) < len(alternatives):
        return None
    return known[0] if len(known) == 1 else {"anyOf": list(known)}


def variables_schema(variables: JsonValue) -> JsonObject | None:
    """The `variables` of a configuration as a schema of type object; `None` where it declares none.

    A variable is required of the caller when it is required, and there is no default or it must come every time.
    """
    if not isinstance(variables, dict) or not variables:
        return None
    properties: JsonObject = {}
    required: list[JsonValue] = []
    for name, spec in variables.items():
        if not isinstance(spec, dict):
            continue
        every_execution = spec.get("require_every_execution") is True
        properties[name] = _property(spec, every_execution=every_execution)
        if spec.get("required", True) is not False and (every_execution or spec.get("default") is None):
            required.append(name)
    return {"type": "object", "properties": properties, "required": required}


def _property(spec: JsonObject, *, every_execution: bool) -> JsonObject:
    notation = spec.get("type")
    schema = dict((type_schema(notation) if isinstance(notation, str) else None) or {})
    if isinstance(spec.get("description"), str):
        schema["description"] = spec["description"]
    if spec.get("default") is not None:
        schema["default"] = spec["default"]
    if every_execution:
        schema[EVERY_EXECUTION] = True
    return schema


def _single(notation: str) -> JsonObject | None:
    if notation in _SCALARS:
        return dict(_SCALARS[notation])
    name, bracket, rest = notation.partition("[")
    if not bracket or not rest.endswith("]"):
        return None
    arguments = _split(rest[:-1], ",")
    item = type_schema(arguments[-1].strip())
    if item is None:
        return None
    if name == "list" and len(arguments) == 1:
        return {"type": "array", "items": item}
    if name == "dict" and len(arguments) == 2 and arguments[0].strip() == "str":
        return {"type": "object", "additionalProperties": item}
    return None


def _split(notation: str, separator: str) -> list[str]:
    """Split where no bracket is open."""
    parts, depth, start = [], 0, 0
    for index, character in enumerate(notation):
        depth += (character == "[") - (character == "]")
        if character == separator and depth == 0:
            parts.append(notation[start:index])
            start = index + 1
    return [*parts, notation[start:]]
