"""One of a few, in one line: ←/→ choose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import RenderResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_GAP = "   "


class Choice(Widget):
    """A row of words of which at most one is chosen.

    Args:
        options: What can be chosen.
        chosen: The position of what is chosen at first; `None` for nothing.
        id: Its id.
    """

    HELP = "Choice"
    DEFAULT_CSS = """
    Choice { height: 1; }
    Choice:focus { background: $panel; }
    """
    can_focus = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space,l", "choose(1)", "Next", id="choice.next"),
        Binding("left,h", "choose(-1)", "Previous", id="choice.previous"),
        Binding("enter", "submit", "Use it", id="choice.submit", show=False),
        Binding("backspace,delete", "clear", "Choose nothing", id="choice.clear"),
    ]

    chosen: reactive[int | None] = reactive(None, init=False)

    class Changed(Message):
        """Something else is chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """Where."""
            return self.choice

    class Submitted(Message):
        """What is chosen is to be used."""

    def __init__(self, options: Sequence[str], chosen: int | None = None, *, id: str | None = None) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id)
        self.options = tuple(options)
        self.set_reactive(Choice.chosen, chosen)

    @property
    def value(self) -> str:
        """What is chosen; empty for nothing."""
        return "" if self.chosen is None else self.options[self.chosen]

    def watch_chosen(self) -> None:
        """Tell whoever wants to know."""
        self.post_message(self.Changed(self))

    def render(self) -> RenderResult:
        """All of them where there is room, else the one that is chosen and how many there are."""
        pieces = [self._piece(index) for index in range(len(self.options))]
        row = Content(_GAP).join(pieces)
        if row.cell_length <= self.size.width:
            return row
        number = 0 if self.chosen is None else self.chosen + 1
        shown = Content.styled(self.value or "not set", "bold $text-accent" if self.value else "$foreground 60%")
        return Content.assemble(("‹ ", "$foreground 60%"), shown, (f" ›  {number} of {len(pieces)}", "$foreground 60%"))

    def action_choose(self, step: int) -> None:
        """Choose a neighbour; behind the last comes the first."""
        if self.options:
            first = 0 if step > 0 else len(self.options) - 1
            self.chosen = first if self.chosen is None else (self.chosen + step) % len(self.options)

    def action_submit(self) -> None:
        """Use what is chosen."""
        self.post_message(self.Submitted())

    def action_clear(self) -> None:
        """Choose nothing."""
        self.chosen = None

    def on_click(self, event: Click) -> None:
        """Choose what is under the pointer."""
        start = 0
        for index in range(len(self.options)):
            end = start + self._piece(index).cell_length
            if start <= event.x < end:
                self.chosen = index
                return
            start = end + len(_GAP)

    def _piece(self, index: int) -> Content:
        option = self.options[index]
        if index == self.chosen:
            return Content.styled(f"[{option}]", "bold $text-accent")
        return Content.styled(f" {option} ", "$foreground 60%")
