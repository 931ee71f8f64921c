"""Every command there is, found by what is typed, with its key, and why one cannot be used now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from athena_tui.tui.commands import COMMANDS, Command, named
from athena_tui.tui.screens.main import MainScreen

_DIM = "$foreground 60%"


class PaletteScreen(ModalScreen[Command | None]):
    """Gives back a command; one that cannot be used now says there why.

    Args:
        screen: Where it is to be used.
    """

    CSS_PATH = "palette.tcss"
    HELP = "Commands"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss", "Back", id="palette.close", priority=True),
        Binding("down", "move(1)", "Next", id="palette.next", priority=True),
        Binding("up", "move(-1)", "Previous", id="palette.previous", priority=True),
    ]

    def __init__(self, screen: MainScreen) -> None:
        super().__init__()
        self._main = screen

    def compose(self) -> ComposeResult:
        """What is typed, and what fits."""
        with Vertical(id="palette"):
            with Horizontal(id="palette-row"):
                yield Static(self._main.signs.prompt, id="palette-prompt", markup=False)
                yield Input(placeholder="what to do", id="palette-input", compact=True)
            yield OptionList(id="palette-list", markup=False, compact=True)

    def on_resize(self) -> None:
        """Keys stand at the right edge, which is known once the list is laid out."""
        self.call_after_refresh(self._rebuild)

    def action_move(self, lines: int) -> None:
        """Move through the list while one types."""
        listed = self.query_one(OptionList)
        if lines > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def on_click(self, event: events.Click) -> None:
        """A click beside the panel closes it."""
        if event.widget is self:
            self.dismiss()

    @on(Input.Changed)
    def _typed(self) -> None:
        self._rebuild()

    @on(Input.Submitted)
    def _submitted(self) -> None:
        option = self.query_one(OptionList).highlighted_option
        if option is not None and option.id is not None:
            self.dismiss(named(option.id))

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(named(event.option_id))

    def _rebuild(self) -> None:
        listed = self.query_one(OptionList)
        width = listed.scrollable_content_region.width - 2
        options = list(self._options(self.query_one(Input).value.strip(), width))
        listed.set_options(options or [Option("Nothing is called that.", disabled=True)])
        listed.highlighted = 0 if options else None

    def _options(self, typed: str, width: int) -> Iterator[Option]:
        """What fits, best first; among equals what cannot be used comes last, and says why."""
        matcher = Matcher(typed)
        ranked = [(_rank(command, typed.casefold(), matcher), command) for command in COMMANDS]
        found = [(*rank, command, command.obstacle(self._main.workspace)) for rank, command in ranked if rank[1] > 0]
        for _, _, command, obstacle in sorted(found, key=lambda each: (-each[0], each[3] is not None, -each[1])):
            title = matcher.highlight(command.title) if typed and obstacle is None else Content(command.title)
            yield Option(_line(title, command, obstacle, width), id=command.name)


def _rank(command: Command, typed: str, matcher: Matcher) -> tuple[int, float]:
    """By what a command fits, and how well; not at all where that is 0.

    What begins as it was typed is what was meant, even where it cannot be used now. An explanation counts by the words
    that were typed only, and never for what cannot be taken back.
    """
    names = (command.title.casefold(), command.name)
    if not typed:
        return 0, 1.0
    if any(name.startswith(typed) for name in names):
        return 3, 1.0
    if any(f" {typed}" in name for name in names):
        return 2, 1.0
    if (score := max(map(matcher.match, names))) > 0:
        return 1, score
    return 0, float(not command.drastic and f" {typed}" in f" {command.help.casefold()}")


def _line(title: Content, command: Command, obstacle: str | None, width: int) -> Content:
    """Title and explanation at the left, the key at the right."""
    key = Content.styled(command.key, _DIM)
    room = width - title.cell_length - 2 - (cell_len(command.key) + 2 if command.key else 0)
    explained = Content.styled(obstacle or command.help, _DIM).truncate(max(0, room), ellipsis=True)
    left = Content.assemble(title.stylize(_DIM) if obstacle else title, "  ", explained)
    return Content.assemble(left, " " * max(1, width - left.cell_length - key.cell_length), key)
