"""What can be said of a terminal before anything is drawn on it."""

from __future__ import annotations

from collections.abc import Mapping


def terminal_problem(environ: Mapping[str, str], *, is_terminal: bool) -> str | None:
    """Why the app cannot be drawn here, or `None` when it can.

    Args:
        environ: The environment.
        is_terminal: Whether input and output are a terminal.
    """
    if not is_terminal:
        return "the app needs a terminal on its input and output; without one, use `athena-tui ask`"
    term = environ.get("TERM", "")
    if term in {"", "dumb", "unknown"}:
        said = f"TERM is {term!r}" if term else "TERM is not set"
        return (
            f"the app needs a terminal that can place text on the screen, and {said}; "
            "set TERM to what your terminal is (for example xterm-256color), or use `athena-tui ask`"
        )
    return None
