"""The line above a transcript whose beginning is being fetched."""

from __future__ import annotations

from textual.widgets import Static


class EarlierLine(Static):
    """Says how much of the conversation is there, and how to do without the rest."""

    DEFAULT_CSS = """
    EarlierLine {
        dock: top;
        height: 1;
        padding: 0 2;
        color: $text-muted;
    }
    """

    def __init__(self) -> None:
        super().__init__("Loading the beginning …", markup=False)

    def show(self, turns: int) -> None:
        """Tell how many turns are loaded."""
        self.update(f"Loading the beginning … {turns:,} turns so far. esc, or any move, stops.")
