"""A bar plot in characters: plain Unicode blocks, or ASCII where the terminal has no more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_WIDEST = 6
"""Cells a bar may have with the gap behind it."""


@dataclass(frozen=True, slots=True)
class PlotLine:
    """One line of a plot: the axis at its left, and what stands on it."""

    axis: str
    bars: str


def bar_plot(
    values: Sequence[float], labels: Sequence[str], width: int, height: int, *, ascii_only: bool = False
) -> list[PlotLine]:
    """Draw values as bars from left to right; where there is too little room for all, the first ones are left out.

    Args:
        values: One for each bar; what is below zero or no number counts as nothing.
        labels: What stands below each bar, as far as there is room; the last one goes first.
        width: Cells for everything.
        height: Lines for the bars alone; the base and the labels take two more.
        ascii_only: Draw without blocks.

    Returns:
        From top to bottom, none wider than `width`; nothing where there is no room.
    """
    counted = [value if math.isfinite(value) and value > 0 else 0.0 for value in values]
    top = max(counted, default=0.0)
    margin = max(len(short(top)), 1) + 1
    room = width - margin - 1
    if not counted or room < 1 or height < 1:
        return []
    counted, labels = counted[-room:], labels[-room:]
    slot = max(1, min(room // len(counted), _WIDEST))
    gap = 1 if slot > 1 else 0
    side, corner, base = ("|", "+", "-") if ascii_only else ("┤", "└", "─")
    lines = [
        PlotLine(
            f"{short(top) if line == height - 1 else '':>{margin - 1}} {side if line == height - 1 else _plain(side)}",
            "".join(
                _cell(value, top, line, height, ascii_only=ascii_only) * (slot - gap) + " " * gap for value in counted
            ),
        )
        for line in reversed(range(height))
    ]
    lines.append(PlotLine(f"{'0':>{margin - 1}} {corner}", base * (slot * len(counted) - gap)))
    lines.append(PlotLine(" " * (margin + 1), _labels(labels, slot, room)))
    return lines


def short(number: float) -> str:
    """A number in at most five characters, more or less exact: 950, 1.2k, 34M."""
    for unit, size in (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size * (1 if size > 1e3 else 10):
            scaled = number / size
            return f"{scaled:.1f}{unit}" if scaled < 100 else f"{scaled:.0f}{unit}"
    return f"{number:,.0f}" if number == round(number) or number >= 100 else f"{number:.2g}"


def _plain(side: str) -> str:
    return "│" if side == "┤" else side


def _cell(value: float, top: float, line: int, height: int, *, ascii_only: bool) -> str:
    """The character of a bar on one line, counted from the base; the least value is still seen."""
    if value <= 0:
        return " "
    if ascii_only:
        return "#" if line < max(1, round(value / top * height)) else " "
    level = max(1, round(value / top * height * 8))
    return _EIGHTHS[max(0, min(8, level - 8 * line))]


def _labels(labels: Sequence[str], slot: int, room: int) -> str:
    row = [" "] * room
    last_start = max(0, min((len(labels) - 1) * slot, room - len(labels[-1]))) if labels else 0
    end = 0
    for index, label in enumerate(labels[:-1]):
        start, behind = index * slot, index * slot + len(label) + min(2, len(label))
        if start >= end and behind <= last_start:
            row[start : start + len(label)] = label
            end = behind
    if labels:
        row[last_start : last_start + len(labels[-1])] = labels[-1]
    return "".join(row)[:room].rstrip()
