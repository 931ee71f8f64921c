"""Reads a YAML or JSON file and remembers on which line each of its keys is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from athena_tui.client.models import JsonValue

LARGEST_FILE = 1024 * 1024
MOST_NODES = 20_000
DEEPEST_NESTING = 50


class UnreadableFile(Exception):
    """The file has no value. `line` counts from 1."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Document:
    """A file's value, and the line of each key, such as `agents[0].name`; the root's key is empty."""

    value: JsonValue
    lines: Mapping[str, int]

    def line(self, key: str) -> int | None:
        """The line of a key; of what it belongs to, where the key itself is missing."""
        while key not in self.lines and key:
            key = key[: max(key.rfind("."), key.rfind("["), 0)]
        return self.lines.get(key)


class _Loader(yaml.SafeLoader):
    """YAML without dates: what looks like one is text, as in JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012  PyYAML reads it from the class
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def read_document(path: Path) -> Document:
    """Read a file; JSON when its name ends in `.json`, else YAML.

    Raises:
        UnreadableFile: It cannot be read, or means nothing JSON can say.
    """
    text = _read_text(path)
    value, root = _read_json(text) if path.suffix.lower() == ".json" else _read_yaml(text)
    lines: dict[str, int] = {}
    if root is not None:
        for count, (key, node) in enumerate(_nodes(root, "", 0)):
            if count > MOST_NODES:
                raise UnreadableFile("The file is too large once its aliases are replaced.", node.start_mark.line + 1)
            lines.setdefault(key, node.start_mark.line + 1)
    _check_value(value, "", lines)
    return Document(value, lines)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UnreadableFile("The file is larger than 1 MB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UnreadableFile(f"The file cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise UnreadableFile("The file is not UTF-8 text.") from error


def _read_json(text: str) -> tuple[JsonValue, yaml.Node | None]:
    """The value, and its nodes where YAML can read it, too: they have the lines."""
    try:
        value: JsonValue = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableFile(f"This is not JSON: {error.msg}.", error.lineno) from error
    except RecursionError as error:
        raise UnreadableFile("This is nested too deep.") from error
    # Valid JSON has tabs between its tokens only; YAML wants none there.
    try:
        return value, yaml.compose(text.replace("\t", " "), _Loader)
    except (yaml.YAMLError, RecursionError):
        return value, None


def _read_yaml(text: str) -> tuple[JsonValue, yaml.Node]:
    try:
        root = yaml.compose(text, _Loader)
        if root is None:
            raise UnreadableFile("The file is empty.")
        return _Loader("").construct_document(root), root
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableFile(f"This is not YAML: {error.problem}.", mark.line + 1 if mark else None) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableFile(f"This is not YAML: {error.reason}.", line) from error
    except (ValueError, LookupError, AttributeError) as error:
        # What PyYAML's constructors raise for a value that its explicit tag does not fit.
        raise UnreadableFile("This is not YAML: a value does not fit its tag.") from error
    except RecursionError as error:
        raise UnreadableFile("This is nested too deep.") from error


def _nodes(node: yaml.Node, key: str, depth: int) -> Iterator[tuple[str, yaml.Node]]:
    """Every node with its key. The node of a mapping's value is reported at the line of its key."""
    if depth > DEEPEST_NESTING:
        raise UnreadableFile("This is nested too deep.", node.start_mark.line + 1)
    if depth == 0:
        yield key, node
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield f"{key}[{index}]", item
            yield from _nodes(item, f"{key}[{index}]", depth + 1)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for name, item in node.value:
            inner = f"{key}.{name.value}" if key else str(name.value)
            if inner in seen:
                raise UnreadableFile(f"{inner} is there twice.", name.start_mark.line + 1)
            seen.add(inner)
            yield inner, name
            yield from _nodes(item, inner, depth + 1)


def _check_value(value: object, key: str, lines: Mapping[str, int]) -> None:
    """Refuse what JSON has no word for."""
    if isinstance(value, dict):
        for name, item in value.items():
            if not isinstance(name, str):
                raise UnreadableFile(f"The key {name!r} is not text; put it in quotes.", lines.get(key))
            _check_value(item, f"{key}.{name}" if key else name, lines)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_value(item, f"{key}[{index}]", lines)
    elif not isinstance(value, bool | int | float | str | None) or (
        isinstance(value, float) and not math.isfinite(value)
    ):
        raise UnreadableFile(f"{key or 'The file'} is of a kind that JSON does not have.", lines.get(key))
