"""How cells are styled, in the terminal's own codes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

_NO_LINK = "\x1b]8;;\x1b\\"
_RESET = "0"
_DEFAULT_COLOR = "39"
_DEFAULT_GROUND = "49"
_OFF = {
    "1": "22",
    "2": "22",
    "3": "23",
    "4": "24",
    "5": "25",
    "6": "25",
    "7": "27",
    "8": "28",
    "9": "29",
    "21": "24",
    "51": "54",
    "52": "54",
    "53": "55",
}
"""What ends an attribute."""


class Pen(NamedTuple):
    """A style: codes of attributes, foreground and background, and what opens a link."""

    attributes: tuple[str, ...] = ()
    color: str = ""
    ground: str = ""
    link: str = ""


PLAIN = Pen()
"""What a terminal that was reset writes with."""


@lru_cache(4096)
def pen_of(before: str) -> Pen:
    """The pen that a text has after these escape sequences in a terminal that was reset."""
    start = before.rfind("\x1b[")
    if start < 0:
        return Pen(link=before)
    attributes: list[str] = []
    color = ground = ""
    codes = iter(before[start + 2 :].removesuffix("m").split(";"))
    for code in codes:
        match code[:-1], code:
            case _, "38" | "48":
                kind = next(codes)
                whole = ";".join([code, kind, *(next(codes) for _ in range(1 if kind == "5" else 3))])
                color, ground = (whole, ground) if code == "38" else (color, whole)
            case "3" | "9", _:
                color = code
            case "4" | "10", _:
                ground = code
            case _:
                attributes.append(code)
    return Pen(tuple(attributes), color, ground, before[:start])


def change(old: Pen, new: Pen) -> str:
    """What makes a terminal that writes with one pen write with another."""
    link = (_NO_LINK if old.link else "") + new.link if new.link != old.link else ""
    if new[:3] == PLAIN[:3]:
        codes = [] if old[:3] == PLAIN[:3] else [_RESET]
    else:
        codes = _attributes(old.attributes, new.attributes)
        if new.color != old.color:
            codes.append(new.color or _DEFAULT_COLOR)
        if new.ground != old.ground:
            codes.append(new.ground or _DEFAULT_GROUND)
    return f"{link}\x1b[{';'.join(codes)}m" if codes else link


def _attributes(old: tuple[str, ...], new: tuple[str, ...]) -> list[str]:
    if old == new:
        return []
    off = dict.fromkeys(_OFF[code] for code in old if code not in new)
    # Bold and dim end together, so what stays of them is said again.
    return [*off, *(code for code in new if code not in old or _OFF[code] in off)]
