"""What stands on a screen for the letters that its terminal cannot show: as many cells, so that nothing shifts."""

from __future__ import annotations

import codecs
import io
from typing import TextIO

from rich.cells import cell_len

_HANDLER = "athena_tui.plain_letters"
_TWINS = {
    **dict(zip("–—−‐‑‘’‚“”„•·…×│┃─━▌▎█→←↓↑✓✗‹›", "-----'''\"\"\"*-.x||--||#><v^vx<>", strict=True)),
    # Edges of boxes, and of the scrollbar's thumb.
    **dict(zip("▔▁▏▕▊▂▃▄▅▆▇", "-_|||      ", strict=True)),
}


def degrade(stream: TextIO | None) -> None:
    """Let a stream write letters that its encoding lacks as others, instead of as their numbers."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error(_HANDLER, _plain)
        stream.reconfigure(errors=_HANDLER)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_TWINS.get(letter) or "?" * cell_len(letter) for letter in letters), error.end
