"""JSON values as lines: highlighted, type-aware, and never drawn further than asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.style import Style

from athena_tui.client.models import JsonValue
from athena_tui.tui.lines import Line
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.drawing import Piece, line
from athena_tui.tui.transcript.wrapping import clip, wrap

LAID_OUT_LIMIT = 100_000
"""Characters of JSON beyond which it is indented without looking at what fits."""
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*"?)(?P<key>\s*:)?|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)'
)


def compact(value: JsonValue) -> str:
    """A value as JSON on one line."""
    return json.dumps(value, ensure_ascii=False)


def pretty(value: JsonValue) -> str:
    """A value as text to be read: a string as it is, everything else as indented JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)


def laid_out(value: JsonValue, width: int) -> str:
    """JSON in which every list and object that fits on a line stands on one."""
    if not isinstance(value, list | dict) or not value:
        return compact(value)
    if len(flat := compact(value)) <= width:
        return flat
    if isinstance(value, list):
        inner = [laid_out(item, width - 2) for item in value]
        opening, closing = "[]"
    else:
        inner = [f"{compact(name)}: {laid_out(item, width - 4 - len(name))}" for name, item in value.items()]
        opening, closing = "{}"
    body = ",\n".join(inner).replace("\n", "\n  ")
    return f"{opening}\n  {body}\n{closing}"


def highlight(text: str, palette: Palette) -> list[Piece]:
    """One line of JSON in colours."""
    pieces: list[Piece] = []
    position = 0
    for token in _TOKEN.finditer(text):
        if token.start() > position:
            pieces.append((text[position : token.start()], palette.dim))
        if token["key"]:
            pieces += [(token["string"], palette.accent), (token["key"], palette.dim)]
        elif token["string"]:
            pieces.append((token["string"], palette.text))
        else:
            pieces.append((token[0], palette.warning if token["number"] else palette.emphasis))
        position = token.end()
    pieces.append((text[position:], palette.dim))
    return pieces


def value_lines(
    value: JsonValue, width: int, palette: Palette, *, lead: Sequence[Piece] = (), limit: int = 1000
) -> tuple[list[Line], int]:
    """Lines of a value behind a lead that stands on the first one only.

    Args:
        value: A string keeps its newlines; an object that fits on one line stays on one.
        width: Cells of the lines, the lead included.
        palette: Styles.
        lead: What stands before the first line; the others are indented by as much.
        limit: Lines drawn at most.

    Returns:
        The lines, and how many more there are.
    """
    indent = sum(cell_len(words) for words, _ in lead)
    room = max(8, width - indent)
    plain = isinstance(value, str)
    text = value if isinstance(value, str) else compact(value)
    if not plain and len(text) > room:
        text = laid_out(value, room) if len(text) < LAID_OUT_LIMIT else pretty(value)
    sources = text.split("\n")
    lines: list[Line] = []
    for number, source in enumerate(sources):
        # What goes on below stands as deep as what it goes on with.
        deep = min(len(source) - len(source.lstrip(" ")), room // 2)
        for row, (words, join) in enumerate(wrap(source[deep : room * limit], room - deep)):
            if len(lines) >= limit:
                return lines, len(sources) - number
            before = [(" " * indent, palette.text)] if lines else lead
            pieces = [(words, palette.text)] if plain else highlight(words, palette)
            told = words if row else " " * deep + words
            beside = indent + deep if row else indent
            lines.append(line([*before, (" " * deep, palette.text), *pieces], indent=beside, join=join, text=told))
    return lines, 0


def key_value_lines(
    values: Mapping[str, JsonValue], width: int, palette: Palette, *, indent: int = 0, limit: int = 1000
) -> tuple[list[Line], int]:
    """Lines of an object as a small table of keys and values, and how many more there are."""
    if not values:
        return [], 0
    column = min(max(map(cell_len, values)), max(6, width // 3))
    lines: list[Line] = []
    left = 0
    for name, value in values.items():
        if len(lines) >= limit:
            left += 1
            continue
        shown = clip(name, column)
        lead: list[Piece] = [
            (" " * indent, palette.text),
            (shown + " " * (column - cell_len(shown) + 2), palette.dim),
        ]
        drawn, more = value_lines(value, width, palette, lead=lead, limit=limit - len(lines))
        lines += drawn
        left += more
    return lines, left


def table_lines(
    rows: Sequence[Mapping[str, JsonValue]], width: int, palette: Palette, *, indent: int, limit: int
) -> list[Line]:
    """Objects as a table with a column for each key; it is scrolled sideways where it is wider than the pane."""
    names = list(dict.fromkeys(name for row in rows[:limit] for name in row))
    cells = [[clip(_cell(row.get(name)), 40) for name in names] for row in rows[:limit]]
    sizes = [max([cell_len(name), *(cell_len(row[k]) for row in cells)]) for k, name in enumerate(names)]
    wide = sum(sizes) + 2 * len(sizes) - 2 > width - indent

    def drawn(words: Sequence[str], style: Style) -> Line:
        text = "  ".join(word + " " * (size - cell_len(word)) for word, size in zip(words, sizes, strict=True)).rstrip()
        return Line(line([(" " * indent, style), (text, style)]).segments, text, indent=indent, wide=wide)

    rule = line(
        [
            (" " * indent, palette.text),
            ("  ".join("─" * size if not palette.ascii else "-" * size for size in sizes), palette.rule),
        ],
        text="",
    )
    head = [drawn(names, palette.strong), Line(rule.segments, "", join="", wide=wide)]
    return head + [drawn(row, palette.text) for row in cells]


def is_table(value: JsonValue) -> bool:
    """Whether a value is a list of flat objects."""
    return isinstance(value, list) and len(value) > 0 and all(map(_is_flat_object, value))


def scalars(value: JsonValue) -> Iterator[JsonValue]:
    """The values of an object that are neither lists nor objects."""
    if isinstance(value, dict):
        yield from (inner for inner in value.values() if not isinstance(inner, list | dict))


def _is_flat_object(value: JsonValue) -> bool:
    return isinstance(value, dict) and bool(value) and len(list(scalars(value))) == len(value)


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else compact(value)
