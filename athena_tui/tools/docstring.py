"""Reads what a docstring says about a function and its arguments, where it follows Google's style."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_SECTION = re.compile(r"(Args|Arguments|Parameters|Returns|Yields|Raises|Examples?|Notes?):\s*")
_ARGUMENT = re.compile(r"\*{0,2}(?P<name>\w+)\s*(?:\([^)]*\))?:\s*(?P<text>.*)")


@dataclass(frozen=True, slots=True)
class Documented:
    """What comes before the first section, and a line for each argument."""

    summary: str
    arguments: Mapping[str, str]


def parse_docstring(text: str) -> Documented:
    """Take a docstring (as `inspect.getdoc` gives it) apart; anything unusual simply stays in the summary."""
    lines = text.splitlines()
    first = next((index for index, line in enumerate(lines) if _SECTION.fullmatch(line)), len(lines))
    arguments: dict[str, str] = {}
    section = current = ""
    indent = 0
    for line in lines[first:]:
        if heading := _SECTION.fullmatch(line):
            section, current, indent = heading[1], "", 0
            continue
        if section not in {"Args", "Arguments", "Parameters"} or not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        indent = indent or depth
        entry = _ARGUMENT.fullmatch(line.strip()) if depth <= indent else None
        if entry:
            current = entry["name"]
            arguments[current] = entry["text"]
        elif current:
            arguments[current] = f"{arguments[current]} {line.strip()}".strip()
    return Documented(summary="\n".join(lines[:first]).strip(), arguments=arguments)
