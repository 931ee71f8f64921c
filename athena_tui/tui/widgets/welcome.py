"""What an empty conversation shows: whom one talks to, three things to try, and where to go from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Invitation:
    """Something to try. `key` does it, `value` is given back when it is clicked."""

    key: str
    title: str
    value: str


class _Row(Static):
    def __init__(self, invitation: Invitation) -> None:
        super().__init__(
            Content.assemble((f" {invitation.key} ", "bold $text-accent"), " ", invitation.title),
            classes="invitation",
            markup=False,
        )
        self._invitation = invitation

    def on_click(self, event: Click) -> None:
        """Take it."""
        event.stop()
        self.post_message(Welcome.Taken(self._invitation.value))


class Welcome(VerticalScroll):
    """Stands in for a transcript while there is none."""

    can_focus = False

    @dataclass
    class Taken(Message):
        """One of the things to try was clicked."""

        value: str

    def __init__(self) -> None:
        super().__init__(id="welcome")

    def compose(self) -> ComposeResult:
        """Title, what it is about, things to try, keys."""
        with Vertical(id="welcome-body"):
            yield Static("", id="welcome-title", markup=False)
            yield Static("", id="welcome-text", markup=False)
            yield Vertical(id="welcome-rows")
            yield Static("", id="welcome-keys", markup=False)

    async def show(
        self,
        title: str,
        text: str,
        invitations: Sequence[Invitation] = (),
        keys: Sequence[tuple[str, str]] = (),
        *,
        error: bool = False,
    ) -> None:
        """Say where one is.

        Args:
            title: The agent's name, or what is wrong.
            text: What it is about.
            invitations: Things to try.
            keys: Other keys and what they do.
            error: Whether something is wrong.
        """
        self.query_one("#welcome-title", Static).update(Content(title))
        self.query_one("#welcome-text", Static).update(Content(text))
        self.set_class(error, "-error")
        rows = self.query_one("#welcome-rows", Vertical)
        await rows.remove_children()
        await rows.mount_all(_Row(invitation) for invitation in invitations)
        lines = [Content.assemble((f"{key:>7} ", "bold"), (f" {what}", "$foreground 60%")) for key, what in keys]
        self.query_one("#welcome-keys", Static).update(Content("\n").join(lines))
