"""The keys of where one is, made from the bindings that are active there."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import ClassVar, TypeAlias

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

Group: TypeAlias = tuple[str, list[tuple[str, str]]]
"""Who answers to keys, and each of them with what it does."""

_WIDE = 110
"""Columns of the window from which on there is room for two columns of keys."""
_WIDTHS = {1: 72, 2: 120}
"""Cells of the panel, by its columns; as in `help.tcss`."""
_FRAME = 5
"""Cells of its padding and its scrollbar."""
_GAP = 2
"""Cells between columns."""


class HelpScreen(ModalScreen[None]):
    """Keys, grouped by who answers to them.

    Args:
        screen: Where the reader was.
    """

    CSS_PATH = "help.tcss"
    HELP = "Keys"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss", "Close", id="help.close"),
        Binding("n", "names", "Names for [keys] in the configuration file", id="help.names"),
        Binding("down,j", "scroll_down", "Down", id="help.down", show=False),
        Binding("up,k", "scroll_up", "Up", id="help.up", show=False),
    ]

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._behind = screen
        self._names = False
        self._groups = key_groups(screen)

    def compose(self) -> ComposeResult:
        """The groups in one column, or in two where there is room."""
        count = 2 if self.app.size.width >= _WIDE else 1
        with Vertical(id="help", classes="-two" if count > 1 else None):
            yield Static(
                Content.assemble(("Keys", "bold"), ("   esc closes, n names them", "$foreground 60%")), id="help-title"
            )
            with VerticalScroll(id="help-keys"), Horizontal(id="help-columns"):
                for text in self._texts(count):
                    yield Static(text, classes="help-column", markup=False)

    def _texts(self, count: int) -> list[Content]:
        room = (min(_WIDTHS[count], self.app.size.width * 96 // 100) - _FRAME) // count - _GAP
        return [_text(column, room) for column in columns(self._groups, count)]

    def action_names(self) -> None:
        """Show by which names keys are given to things in the configuration file, or what those do again."""
        self._names = not self._names
        self._groups = key_groups(self._behind, names=self._names)
        shown = list(self.query(".help-column").results(Static))
        for column, text in zip(shown, self._texts(len(shown)), strict=True):
            column.update(text)

    def action_scroll_down(self) -> None:
        """Scroll down."""
        self.query_one("#help-keys").scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        """Scroll up."""
        self.query_one("#help-keys").scroll_up(animate=False)


def columns(groups: Sequence[Group], count: int) -> list[list[Group]]:
    """The groups in so many columns of about the same height."""
    heights = [len(lines) + 2 for _, lines in groups]
    found: list[list[Group]] = [[]]
    filled = 0
    for group, height in zip(groups, heights, strict=True):
        if found[-1] and len(found) < count and (filled + height / 2) * count > sum(heights) * len(found):
            found.append([])
        found[-1].append(group)
        filled += height
    return found


def _text(groups: Sequence[Group], room: int) -> Content:
    """Keys and what they do, all of them aligned, in so many cells."""
    width = max((cell_len(key) for _, lines in groups for key, _ in lines), default=0)
    blocks = []
    for title, lines in groups:
        rows = []
        for key, what in lines:
            wrapped = textwrap.wrap(what, max(10, room - width - 2))
            hanging = ("\n" + " " * (width + 2)).join(wrapped)
            rows.append(Content.assemble((key + " " * (width - cell_len(key) + 2), "bold"), hanging))
        blocks.append(Content("\n").join([Content.styled(title, "bold $text-accent"), *rows]))
    return Content("\n\n").join(blocks)


def key_groups(screen: Screen[object], *, names: bool = False) -> list[Group]:
    """What can be pressed on a screen now, nearest to the focus first; by what it does, or by its name."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if binding.id is None or not binding.description or not active.enabled:
            continue
        lines = groups.setdefault(_name(active.node), {})
        keys, _ = lines.setdefault(binding.id, ([], binding.id if names else binding.description))
        keys.append(screen.app.get_key_display(binding.with_key(key)))
    ordered = sorted(groups.items(), key=lambda group: group[0] == "Everywhere")
    return [(title, [(" ".join(keys), what) for keys, what in lines.values()]) for title, lines in ordered]


def _name(node: DOMNode) -> str:
    return getattr(node, "HELP", None) or type(node).__name__
