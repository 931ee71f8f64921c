"""What goes along with the message: a chip for each, above the text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Static

from athena_tui.tui.attaching.chosen import Chosen
from athena_tui.tui.transcript.renderers.user import file_size

_GAP = 2
_META = "attachment"


class Chips(Static):
    """Attachments, of which one can be removed by key or click.

    Args:
        sign: Stands before each.
        remove: Stands after each; a click there removes it.
    """

    HELP = "Attachments"
    ALLOW_SELECT: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "move(-1)", "Previous", id="attachments.previous"),
        Binding("right,l", "move(1)", "Next", id="attachments.next"),
        Binding("delete,x", "remove", "Remove", id="attachments.remove"),
        Binding("t", "to_text", "Put its path into the message instead", id="attachments.to_text"),
        Binding("escape,tab,enter,down", "leave", "Back to the message", id="attachments.leave"),
    ]

    @dataclass
    class Removed(Message):
        """One is not to go along."""

        chosen: Chosen

    @dataclass
    class TextWanted(Message):
        """One is to be words of the message instead."""

        chosen: Chosen

    class Left(Message):
        """The writer goes back to the text."""

    def __init__(self, sign: str, remove: str) -> None:
        super().__init__("", id="attachments", markup=False)
        self.can_focus = True
        self._sign = sign
        self._remove = remove
        self._chosen: tuple[Chosen, ...] = ()
        self._at = 0

    def show(self, chosen: Sequence[Chosen]) -> None:
        """Show what goes along."""
        self._chosen = tuple(chosen)
        self._draw()

    def on_focus(self) -> None:
        """Begin with the last one, which is the likeliest to be wrong."""
        self._at = len(self._chosen) - 1
        self._draw()

    def on_blur(self) -> None:
        """None is marked any more."""
        self._draw()

    def on_resize(self) -> None:
        """As many stand in a line as there is room for."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """The sign at the end of a chip removes it."""
        index = event.style.meta.get(_META)
        if isinstance(index, int) and index < len(self._chosen):
            event.stop()
            self.post_message(self.Removed(self._chosen[index]))

    def action_move(self, steps: int) -> None:
        """Mark another."""
        self._at = min(max(self._at + steps, 0), len(self._chosen) - 1)
        self._draw()

    def action_remove(self) -> None:
        """Remove the marked one."""
        if self._chosen:
            self.post_message(self.Removed(self._chosen[min(self._at, len(self._chosen) - 1)]))

    def action_to_text(self) -> None:
        """Put the path of the marked one into the message instead."""
        if self._chosen:
            self.post_message(self.TextWanted(self._chosen[min(self._at, len(self._chosen) - 1)]))

    def action_leave(self) -> None:
        """Go back to the text."""
        self.post_message(self.Left())

    def _draw(self) -> None:
        at = min(self._at, len(self._chosen) - 1) if self.has_focus else -1
        chips = [self._chip(each, index, marked=index == at) for index, each in enumerate(self._chosen)]
        if self.has_focus:
            chips.append(Content.styled("x removes, t makes it text, esc goes back", "$foreground 60%"))
        self.update(Content("\n").join(_lines(chips, self.content_size.width)))

    def _chip(self, chosen: Chosen, index: int, *, marked: bool) -> Content:
        style = "$block-cursor-foreground on $block-cursor-background" if marked else "on $surface"
        facts = [chosen.content_type.rpartition("/")[2]] if chosen.content_type != "image/*" else []
        if chosen.size is not None:
            facts.insert(0, file_size(chosen.size))
        return Content.assemble(
            (f" {self._sign} {chosen.name} ", f"{style} bold"),
            (f"{' '.join(facts)} ", style if marked else f"$foreground 60% {style}"),
            Content(f"{self._remove} ").stylize(style).stylize(Style.from_meta({_META: index})),
        )


def _lines(chips: Sequence[Content], width: int) -> Iterator[Content]:
    """Whole chips in lines of a width; one that is wider gets a line of its own."""
    line = Content()
    for chip in chips:
        if line and line.cell_length + _GAP + chip.cell_length > width:
            yield line
            line = Content()
        line = Content.assemble(line, " " * _GAP, chip) if line else chip
    yield line
