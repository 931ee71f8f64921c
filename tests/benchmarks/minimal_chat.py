"""The smallest Textual program with the layout of a chat: the reference for the first frame."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList, RichLog, Static, TextArea


class MinimalChat(App[None]):
    """A header, a list, a log, a place to write, and a footer."""

    CSS = "OptionList {width: 32;} TextArea {height: 3;} Static {height: 1;}"

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        yield Static("minimal")
        with Horizontal():
            yield OptionList("one", "two")
            with Vertical():
                yield RichLog()
                yield TextArea(placeholder="Ask anything")
        yield Static("ready")


if __name__ == "__main__":
    MinimalChat().run()
