"""Reads the items of a batch: one JSON object a line."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from athena_tui.client.batches import BatchItem
from athena_tui.config.errors import ConfigError

_FIELDS = {"key", "message", "variables"}


def read_items(name: str) -> tuple[BatchItem, ...]:
    """The items in a file; `-` is standard input. Blank lines are passed over.

    Raises:
        ConfigError: It cannot be read, or has a line that is no item; each such line is named.
    """
    where = "standard input" if name == "-" else name
    items: dict[str, BatchItem] = {}
    problems: list[str] = []
    for number, line in _lines(name):
        try:
            item = _item(line)
        except _Unfit as error:
            problems.append(f"{where}:{number}: {error}")
            continue
        if item.key in items:
            problems.append(f"{where}:{number}: key: {item.key!r} is there twice")
        items[item.key] = item
    if problems:
        raise ConfigError("\n".join(problems))
    if not items:
        raise ConfigError(f"{where}: there is nothing to send; give one JSON object with key and message a line")
    return tuple(items.values())


def _lines(name: str) -> Iterator[tuple[int, str]]:
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{name}: the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: the file is not UTF-8 text") from error
    # Not `splitlines`: JSON may hold U+2028 as it is.
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


class _Unfit(Exception):
    """A line is no item; the message says why."""


def _item(line: str) -> BatchItem:
    try:
        fields = json.loads(line)
    except json.JSONDecodeError as error:
        raise _Unfit(f"this is not JSON: {error.msg} at column {error.colno}") from error
    except ValueError as error:
        raise _Unfit("a number in it has too many digits") from error
    except RecursionError as error:
        raise _Unfit("this is nested too deep") from error
    if not isinstance(fields, dict):
        raise _Unfit("an item is a JSON object with key and message")
    if unknown := sorted(fields.keys() - _FIELDS):
        raise _Unfit(f"{unknown[0]}: there is no such field; there are key, message and variables")
    if not isinstance(fields.get("key"), str) or not fields["key"].strip():
        raise _Unfit("key: a text is needed")
    if not isinstance(fields.get("message"), str):
        raise _Unfit("message: a text is needed, though it may be empty")
    variables = fields.get("variables", {})
    if not isinstance(variables, dict):
        raise _Unfit("variables: an object is needed")
    return BatchItem(fields["key"], fields["message"], variables)
