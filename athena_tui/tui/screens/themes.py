"""The themes there are, each shown on the whole screen while it is highlighted."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from athena_tui.tui.themes import THEMES

_DIM = "$foreground 60%"


class ThemesScreen(ModalScreen[None]):
    """Changes the theme; who leaves without choosing has the one there was.

    Args:
        before: The theme there is.
    """

    CSS_PATH = "themes.tcss"
    HELP = "Themes"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the theme there was", id="themes.close"),
        Binding("j", "move(1)", "Next", show=False, id="themes.next"),
        Binding("k", "move(-1)", "Previous", show=False, id="themes.previous"),
    ]

    def __init__(self, before: str) -> None:
        super().__init__()
        self._before = before

    def compose(self) -> ComposeResult:
        """A list at the edge, so that most of the screen shows what it does."""
        ours = [theme.name for theme in THEMES]
        others = sorted(name for name in self.app.available_themes if name not in ours and name != "textual-ansi")
        with Vertical(id="themes"):
            yield Static(Content.assemble(("Theme  ", "bold"), ("enter keeps, esc goes back", _DIM)), id="themes-title")
            yield OptionList(
                *(
                    Option(_line(name, ours=name in ours, dark=self.app.available_themes[name].dark), id=name)
                    for name in [*ours, *others]
                ),
                id="themes-list",
                markup=False,
            )

    def on_mount(self) -> None:
        """Begin with the theme there is."""
        listed = self.query_one(OptionList)
        if self._before in self.app.available_themes:
            listed.highlighted = listed.get_option_index(self._before)
        listed.focus()

    def action_move(self, lines: int) -> None:
        """Move through the list."""
        listed = self.query_one(OptionList)
        if lines > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def action_leave(self) -> None:
        """Put the theme back that there was."""
        self.app.theme = self._before
        self.dismiss()

    def on_click(self, event: events.Click) -> None:
        """A click beside the panel leaves it."""
        if event.widget is self:
            self.action_leave()

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        if event.option_id is not None and event.option_id != self.app.theme:
            self.app.theme = event.option_id

    @on(OptionList.OptionSelected)
    def _keep(self) -> None:
        self.dismiss()


def _line(name: str, *, ours: bool, dark: bool) -> Content:
    about = f"{'dark' if dark else 'light'}{', ours' if ours else ''}"
    return Content.assemble(f"{name:<22}", (about, _DIM))
