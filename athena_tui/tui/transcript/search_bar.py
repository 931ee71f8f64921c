"""The inline search bar of the message pane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from athena_tui.client.models import Role
from athena_tui.tui.transcript.search import Query

ROLES: tuple[Role | None, ...] = (None, Role.USER, Role.ASSISTANT)


class SearchBar(Horizontal):
    """Words to search for, how, and how many matches there are."""

    DEFAULT_CSS = """
    SearchBar {
        height: 1;
        background: $surface;
    }
    SearchBar Input {
        width: 1fr;
    }
    SearchBar Static {
        width: auto;
        padding: 0 1;
        color: $text-muted;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close the search", id="search.close"),
        Binding("down,ctrl+n", "step(1)", "Next match", id="search.next", show=False),
        Binding("up,ctrl+p", "step(-1)", "Previous match", id="search.previous", show=False),
        Binding("alt+c", "toggle_case", "Match case", id="search.case", show=False),
        Binding("alt+r", "toggle_regex", "Regular expression", id="search.regex", show=False),
        Binding("alt+w", "next_role", "Whose words", id="search.role", show=False),
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
        """The bar goes; what was found stays marked if `keep`."""

        keep: bool

    def __init__(self) -> None:
        super().__init__()
        self.case = False
        self.regex = False
        self.role: Role | None = None

    def compose(self) -> ComposeResult:
        """The field and the line about what was found."""
        yield Input(placeholder="Search the conversation", compact=True)
        yield Static(self._options(), markup=False)

    def on_mount(self) -> None:
        """One opens it to type."""
        self.query_one(Input).focus()

    @property
    def query_now(self) -> Query:
        """What is searched for."""
        return Query(self.query_one(Input).value, case=self.case, regex=self.regex, role=self.role)

    def tell(self, words: str) -> None:
        """Say what was found."""
        self.query_one(Static).update(Content(f"{words}  {self._options()}".strip()))

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
        self.post_message(self.Wanted(self.query_now))

    def action_toggle_regex(self) -> None:
        """Take the words as a regular expression, or not."""
        self.regex = not self.regex
        self.post_message(self.Wanted(self.query_now))

    def action_next_role(self) -> None:
        """Everybody's words, the user's, the agent's."""
        self.role = ROLES[(ROLES.index(self.role) + 1) % len(ROLES)]
        self.post_message(self.Wanted(self.query_now))

    def _options(self) -> str:
        whose = {None: "all", Role.USER: "you", Role.ASSISTANT: "agent"}[self.role]
        return f"[{'x' if self.case else ' '}] case  [{'x' if self.regex else ' '}] regex  {whose}"
