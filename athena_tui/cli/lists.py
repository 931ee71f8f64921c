"""Prints records as a table for people, or as JSON for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from athena_tui.client.models import JsonObject, JsonValue


def print_records(records: Sequence[JsonObject], *, as_json: bool) -> None:
    """Print records: one JSON object a line, or columns as wide as what stands in them."""
    if as_json:
        for record in records:
            sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        return
    if not records:
        sys.stderr.write("· nothing there\n")
        return
    names = list(records[0])
    rows = [names, *([_cell(record.get(name)) for name in names] for record in records)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write(line.rstrip() + "\n")


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.split())
