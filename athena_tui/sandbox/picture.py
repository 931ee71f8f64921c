"""Paints a small landscape: a sky, a sun and three ranges of hills, different for every prompt."""

from __future__ import annotations

import math
import struct
import zlib
from functools import lru_cache
from typing import TypeAlias

from athena_tui.sandbox.chance import seeded

WIDTH = 320
HEIGHT = 200

_Colour: TypeAlias = tuple[float, float, float]
_SKIES: tuple[tuple[_Colour, _Colour], ...] = (
    ((38, 30, 74), (250, 148, 96)),
    ((92, 164, 222), (236, 242, 226)),
    ((20, 24, 54), (128, 96, 156)),
    ((244, 176, 122), (252, 226, 184)),
)


@lru_cache(maxsize=32)
def paint(prompt: str) -> bytes:
    """A PNG, the same one for the same prompt. Takes a tenth of a second or so: call it off the event loop."""
    chance = seeded(f"picture:{prompt.strip().lower()}")
    top, bottom = chance.choice(_SKIES)
    sun = (chance.uniform(0.2, 0.8) * WIDTH, chance.uniform(0.25, 0.5) * HEIGHT, chance.uniform(14, 26))
    hills = [_ridge(chance.random() * 9, 0.52 + 0.15 * layer) for layer in range(3)]
    rows = bytearray()
    for y in range(HEIGHT):
        rows.append(0)
        sky = _mix(top, bottom, y / HEIGHT)
        for x in range(WIDTH):
            colour = sky
            distance = math.hypot(x - sun[0], y - sun[1])
            if distance < sun[2] * 2.5:
                glow = max(0.0, 1 - max(0.0, distance - sun[2]) / (sun[2] * 1.5))
                colour = _mix(sky, (255, 244, 214), glow)
            for layer, ridge in enumerate(hills):
                if y > ridge[x]:
                    colour = _mix(bottom, (24, 44, 52), 0.35 + 0.28 * layer)
            rows += bytes(int(channel) for channel in colour)
    return _png(bytes(rows))


def _ridge(phase: float, height: float) -> list[float]:
    return [
        HEIGHT * (height + 0.06 * math.sin(x / 37 + phase) + 0.03 * math.sin(x / 13 + 2 * phase)) for x in range(WIDTH)
    ]


def _mix(first: _Colour, second: _Colour, share: float) -> _Colour:
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return red, green, blue


def _png(rows: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
