"""The signs the pane draws with, and their ASCII twins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One sign per purpose, each one cell wide but `sideways`. `spinner` holds the pictures of one turn."""

    gutter: str
    cursor: str
    folded: str
    unfolded: str
    done: str
    failed: str
    waiting: str
    rejected: str
    result: str
    attachment: str
    more: str
    left: str
    right: str
    down: str
    sideways: str
    dot: str
    ellipsis: str
    rule: str
    bar: str
    taken_back: str
    notice: str
    still: str
    spinner: tuple[str, ...]


UNICODE = Glyphs(
    gutter="▌",
    cursor="▎",
    folded="▸",
    unfolded="▾",
    done="✓",
    failed="✗",
    waiting="●",
    rejected="⊘",
    result="→",
    attachment="▤",
    more="…",
    left="‹",
    right="›",
    down="↓",
    sideways="← →",
    dot="·",
    ellipsis="…",
    rule="─",
    bar="│",
    taken_back="↺",
    notice="◇",
    still="●",
    spinner=tuple("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"),
)

ASCII = Glyphs(
    gutter="|",
    cursor=">",
    folded="+",
    unfolded="-",
    done="v",
    failed="x",
    waiting="?",
    rejected="x",
    result=">",
    attachment="@",
    more=".",
    left="<",
    right=">",
    down="v",
    sideways="left/right",
    dot="-",
    ellipsis="~",
    rule="-",
    bar="|",
    taken_back="<",
    notice="*",
    still="*",
    spinner=tuple("|/-\\"),
)


def glyphs(*, ascii_only: bool) -> Glyphs:
    """The table for a terminal."""
    return ASCII if ascii_only else UNICODE
