"""The keys of where one is, made from the bindings that are active there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen, Screen
from textual.widgets import Static

_WIDTH = 22


class HelpScreen(ModalScreen[None]):
    """Keys, grouped by who answers to them.

    Args:
        screen: Where the reader was.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,q", "dismiss", "Close", id="help.close"),
        Binding("down,j", "scroll_down", "Down", id="help.down", show=False),
        Binding("up,k", "scroll_up", "Up", id="help.up", show=False),
    ]

    def __init__(self, screen: Screen[object]) -> None:
        super().__init__()
        self._groups = key_groups(screen)

    def compose(self) -> ComposeResult:
        """One column of keys, one of what they do."""
        with Vertical(id="help"):
            yield Static(Content.assemble(("Keys", "bold"), ("   esc closes", "$foreground 60%")), id="help-title")
            with VerticalScroll(id="help-keys"):
                for title, keys in self._groups:
                    yield Static(Content.styled(title, "bold $text-accent"), classes="help-group")
                    for key, what in keys:
                        yield Static(Content.assemble((f"{key:<{_WIDTH}}", "bold"), what), classes="help-line")

    def action_scroll_down(self) -> None:
        """Scroll down."""
        self.query_one("#help-keys").scroll_down(animate=False)

    def action_scroll_up(self) -> None:
        """Scroll up."""
        self.query_one("#help-keys").scroll_up(animate=False)


def key_groups(screen: Screen[object]) -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be pressed on a screen now, nearest to the focus first."""
    groups: dict[str, dict[str, tuple[list[str], str]]] = {}
    for key, active in screen.active_bindings.items():
        binding = active.binding
        if binding.id is None or not binding.description or not active.enabled:
            continue
        lines = groups.setdefault(_name(active.node), {})
        keys, _ = lines.setdefault(binding.id, ([], binding.description))
        keys.append(screen.app.get_key_display(binding.with_key(key)))
    ordered = sorted(groups.items(), key=lambda group: group[0] == "Everywhere")
    return [(title, [(" ".join(keys), what) for keys, what in lines.values()]) for title, lines in ordered]


def _name(node: DOMNode) -> str:
    return getattr(node, "HELP", None) or type(node).__name__
