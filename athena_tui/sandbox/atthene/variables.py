"""Variables of a configuration: their types, levels and defaults. Follows the Variables pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Check = Callable[[object], bool]

_TEMPLATE = re.compile(r"\{\{\s*variables\.(\w+)\s*\}\}")
_SCALARS: dict[str, Check] = {
    "str": lambda value: isinstance(value, str),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "bool": lambda value: isinstance(value, bool),
    "None": lambda value: value is None,
}


def type_check(notation: str) -> Check:
    """The check for a type in the documented notation, such as `list[str]` or `dict[str, int] | None`.

    Raises:
        ValueError: It is not in that notation.
    """
    alternatives = [part.strip() for part in _split(notation, "|")]
    checks = [_single(part) for part in alternatives]
    return lambda value: any(check(value) for check in checks)


def _single(notation: str) -> Check:
    if notation in _SCALARS:
        return _SCALARS[notation]
    if notation.startswith("list[") and notation.endswith("]"):
        item = type_check(notation[5:-1])
        return lambda value: isinstance(value, list) and all(item(one) for one in value)
    if notation.startswith("dict[") and notation.endswith("]"):
        arguments = _split(notation[5:-1], ",")
        if len(arguments) == 2 and arguments[0].strip() == "str":
            item = type_check(arguments[1].strip())
            return lambda value: isinstance(value, dict) and all(item(one) for one in value.values())
    raise ValueError(f"unknown type {notation!r}")


def _split(notation: str, separator: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for index, character in enumerate(notation):
        depth += (character == "[") - (character == "]")
        if character == separator and depth == 0:
            parts.append(notation[start:index])
            start = index + 1
    return [*parts, notation[start:]]


@dataclass(frozen=True, slots=True)
class Variable:
    """One declared variable. `notation` is its type; `every_execution` makes it request-level."""

    name: str
    notation: str
    default: object = None
    required: bool = True
    every_execution: bool = False
    mode: str = "replace"
    separator: str = " "


def declared(config: Mapping[str, object]) -> tuple[Variable, ...]:
    """The variables a valid configuration declares."""
    variables = config.get("variables")
    if not isinstance(variables, dict):
        return ()
    return tuple(
        Variable(
            name=name,
            notation=str(spec["type"]),
            default=spec.get("default"),
            required=spec.get("required", True),
            every_execution=spec.get("require_every_execution", False),
            mode=spec.get("mode", "replace"),
            separator=spec.get("separator", " "),
        )
        for name, spec in variables.items()
    )


@dataclass(slots=True)
class Resolution:
    """What an execution sees (`values`), what the next one inherits (`checkpoint`), and what is wrong."""

    values: dict[str, object] = field(default_factory=dict)
    checkpoint: dict[str, object] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    mistyped: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def resolve(
    variables: tuple[Variable, ...], checkpoint: Mapping[str, object], inputs: Mapping[str, object]
) -> Resolution:
    """Work out an execution's variables from what it was given and what earlier ones left behind.

    A configuration that declares none takes whatever it is given: the tutorial's examples do that.
    """
    found = Resolution()
    if not variables:
        found.values = {**checkpoint, **inputs}
        found.checkpoint = dict(found.values)
        return found
    known = {variable.name for variable in variables}
    found.ignored = [name for name in inputs if name not in known]
    for variable in variables:
        _resolve_one(variable, checkpoint, inputs, found)
    found.values = {name: render(value, found.values) for name, value in found.values.items()}
    return found


def _resolve_one(
    variable: Variable, checkpoint: Mapping[str, object], inputs: Mapping[str, object], found: Resolution
) -> None:
    name = variable.name
    if name in inputs:
        value = inputs[name]
        if not type_check(variable.notation)(value):
            found.mistyped.append(name)
            return
        earlier = checkpoint.get(name)
        if variable.mode == "concat" and isinstance(earlier, str) and isinstance(value, str):
            value = earlier + variable.separator + value
    elif not variable.every_execution and name in checkpoint:
        value = checkpoint[name]
    elif variable.required and (variable.every_execution or variable.default is None):
        found.missing.append(name)
        return
    else:
        found.values[name] = variable.default
        return
    found.values[name] = value
    if not variable.every_execution:
        found.checkpoint[name] = value


def render(value: object, values: Mapping[str, object]) -> object:
    """Replace `{{ variables.key }}` in a text; other values stay as they are."""
    if not isinstance(value, str):
        return value
    return _TEMPLATE.sub(lambda match: str(values.get(match[1], match[0])), value)
