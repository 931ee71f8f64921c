"""The inline search bar of the message pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widgets import Input, Static

from athena_tui.client.models import Role
from athena_tui.tui import terminal
from athena_tui.tui.transcript.search import Query

WIDE = 79
"""Cells in which the words, what was found and the options have room."""
WHOSE: dict[Role | None, str] = {None: "everyone", Role.USER: "you", Role.ASSISTANT: "the agent"}


class SearchBar(Horizontal):
    """Words to search for, how, and how many matches there are. It stays while one goes from match to match."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        background: $surface;
    }
    SearchBar Input {
        width: 1fr;
        min-width: 12;
    }
    SearchBar Static {
        width: auto;
        padding: 0 1;
        color: $text-muted;
        link-color: $text-muted;
        link-style: none;
        link-background: transparent;
    }
    SearchBar .found {
        max-width: 70%;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    SearchBar .-error {
        color: $text-error;
    }
    """
    HELP = "Search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close the search", id="search.close"),
        Binding("down,ctrl+n", "step(1)", "Next match", id="search.next", show=False),
        Binding("up,ctrl+p", "step(-1)", "Previous match", id="search.previous", show=False),
        # With priority: others may be bound instead, and the field would take the letter some terminals send along.
        Binding("alt+c", "toggle_case", "Match case", id="search.case", show=False, priority=True),
        Binding("alt+r", "toggle_regex", "Regular expression", id="search.regex", show=False, priority=True),
        Binding("alt+w", "next_role", "Whose words", id="search.role", show=False, priority=True),
    ]

    @dataclass
    class Wanted(Message):
        """Something else is searched for."""

        query: Query

    @dataclass
    class Stepped(Message):
        """The next or previous match is wanted."""

        direction: int

    @dataclass
    class Closed(Message):
        """The reader goes back to the conversation; what was found stays marked if `keep`."""

        keep: bool

    def __init__(self) -> None:
        super().__init__()
        self.case = False
        self.regex = False
        self.role: Role | None = None
        self._failed = False

    def compose(self) -> ComposeResult:
        """The field, what was found, and how it is searched."""
        yield Static("/", markup=False)
        yield Input(placeholder="Search the conversation", compact=True)
        yield Static(classes="found", markup=False)
        yield Static(self._options(), classes="options")

    def on_mount(self) -> None:
        """One opens it to type."""
        terminal.tell_alt_letters()
        self.take_focus()

    def on_resize(self) -> None:
        """The words come before the options."""
        self._fit()

    def take_focus(self) -> None:
        """Go to the field, to write over what stands there."""
        field = self.query_one(Input)
        # At once: `focus()` waits until the app has passed the next keys on.
        self.screen.set_focus(field)
        field.action_select_all()

    @property
    def query_now(self) -> Query:
        """What is searched for."""
        return Query(self.query_one(Input).value, case=self.case, regex=self.regex, role=self.role)

    def tell(self, words: str, *, error: bool = False) -> None:
        """Say what was found, or why nothing is searched for."""
        found = self.query_one(".found", Static)
        found.update(Content(words))
        found.set_class(error, "-error")
        self._failed = error
        self._fit()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search as one types."""
        event.stop()
        self.post_message(self.Wanted(self.query_now))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes back to the conversation, the matches stay."""
        event.stop()
        self.post_message(self.Closed(keep=True))

    def action_close(self) -> None:
        """Close the bar and forget what was found."""
        self.post_message(self.Closed(keep=False))

    def action_step(self, direction: int) -> None:
        """To the next or previous match."""
        self.post_message(self.Stepped(direction))

    def action_toggle_case(self) -> None:
        """Match case, or not."""
        self.case = not self.case
        self._changed()

    def action_toggle_regex(self) -> None:
        """Take the words as a regular expression, or not."""
        self.regex = not self.regex
        self._changed()

    def action_next_role(self) -> None:
        """Everybody's words, the user's, the agent's."""
        roles = list(WHOSE)
        self.role = roles[(roles.index(self.role) + 1) % len(roles)]
        self._changed()

    def _changed(self) -> None:
        self._fit()
        self.post_message(self.Wanted(self.query_now))

    def _options(self) -> Content:
        if self._failed or self.size.width < WIDE:
            # Only what is not as it is at first.
            names = ("case" if self.case else "", "regex" if self.regex else "", WHOSE[self.role] if self.role else "")
            return Content(" ".join(filter(None, names)))

        def option(words: str, action: str) -> Content:
            return Content.styled(words, Style.from_meta({"@click": action}))

        return Content("  ").join([
            option(f"alt+c {'[x]' if self.case else '[ ]'} case", "toggle_case"),
            option(f"alt+r {'[x]' if self.regex else '[ ]'} regex", "toggle_regex"),
            option(f"alt+w by {WHOSE[self.role]}", "next_role"),
        ])  # fmt: skip

    def _fit(self) -> None:
        self.query_one(".options", Static).update(self._options())
