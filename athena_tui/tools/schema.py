"""Makes a generated JSON Schema fit to be read by an agent: no invented titles, and no references to follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from athena_tui.client.models import JsonObject

# Under these keys stand names chosen by the tool's author, or data; neither is a schema itself.
_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties", "$defs", "dependentSchemas"})
_DATA = frozenset({"default", "const", "enum", "examples", "required", "discriminator"})
_PREFIX = "#/$defs/"


def tidy_schema(schema: Mapping[str, Any]) -> JsonObject:
    """Drop titles and put definitions where they are used; only what refers to itself stays under `$defs`."""
    definitions: dict[str, Any] = dict(schema.get("$defs", {}))
    recursive = {name for name in definitions if name in _reachable(definitions[name], definitions)}
    tidy: JsonObject = _tidied({key: value for key, value in schema.items() if key != "$defs"}, definitions, recursive)
    tidy.setdefault("properties", {})
    tidy.setdefault("required", [])
    if recursive:
        tidy["$defs"] = {name: _tidied(definitions[name], definitions, recursive) for name in sorted(recursive)}
    return tidy


def _reachable(node: Any, definitions: Mapping[str, Any], seen: set[str] | None = None) -> set[str]:
    """The names of all definitions a schema leads to."""
    seen = set() if seen is None else seen
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _reachable(child, definitions, seen)
    name = _reference(node)
    if name in definitions and name not in seen:
        seen.add(name)
        _reachable(definitions[name], definitions, seen)
    return seen


def _reference(node: Any) -> str:
    target = node.get("$ref") if isinstance(node, dict) else None
    return target.removeprefix(_PREFIX) if isinstance(target, str) else ""


def _tidied(node: Any, definitions: Mapping[str, Any], recursive: set[str]) -> Any:
    if isinstance(node, list):
        return [_tidied(child, definitions, recursive) for child in node]
    if not isinstance(node, dict):
        return node
    name = _reference(node)
    if name in definitions and name not in recursive:
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _tidied({**definitions[name], **beside}, definitions, recursive)
    tidy: dict[str, Any] = {}
    for key, value in node.items():
        if key == "title" and isinstance(value, str):
            continue
        if key in _MAPS_OF_SCHEMAS:
            tidy[key] = {entry: _tidied(child, definitions, recursive) for entry, child in value.items()}
        elif key == "discriminator":
            # Its mapping names definitions, which are no longer there.
            continue
        else:
            tidy[key] = value if key in _DATA else _tidied(value, definitions, recursive)
    return tidy
