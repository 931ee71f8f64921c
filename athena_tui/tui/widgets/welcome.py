"""What an empty conversation shows: whom one talks to, three things to try, and where to go from here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from athena_tui.client.record import record

_ROWS = 3
_KEYS = 6
"""Cells of the column of keys."""


@record(frozen=True, slots=True)
class Invitation:
    """Something to try. `key` does it, `value` is given back when it is clicked."""

    key: str
    title: str
    value: str


class _Row(Horizontal):
    def __init__(self) -> None:
        self._key = Static("", classes="invitation-key", markup=False)
        self._words = Static("", classes="invitation-title", markup=False)
        super().__init__(self._key, self._words, classes="invitation")
        self._invitation: Invitation | None = None

    def show(self, invitation: Invitation | None) -> None:
        """Show something to try, or nothing."""
        self._invitation = invitation
        self.display = invitation is not None
        if invitation is not None:
            self._key.update(Content.styled(invitation.key, "bold $text-accent"))
            self._words.update(Content(invitation.title))

    def on_click(self, event: Click) -> None:
        """Take it."""
        event.stop()
        if self._invitation is not None:
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
        self._title = Static("", id="welcome-title", markup=False)
        self._text = Static("", id="welcome-text", markup=False)
        self._rows = [_Row() for _ in range(_ROWS)]
        self._list = Vertical(*self._rows, id="welcome-rows")
        self._keys = Static("", id="welcome-keys", markup=False)
        self._body = Vertical(self._title, id="welcome-body")
        self._offered: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """What the digits stand for while it is seen."""
        return self._offered if self.display else ()

    def compose(self) -> ComposeResult:
        """A title; the rest joins when there is something to say."""
        yield self._body

    def show(
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
        self._title.update(Content(title))
        self._text.update(Content(text))
        self.set_class(error, "-error")
        self._offered = tuple(each.value for each in invitations[:_ROWS])
        self._list.display = bool(invitations)
        for row, invitation in zip_longest(self._rows, invitations[:_ROWS]):
            row.show(invitation)
        lines = [Content.assemble((f"{key:<{_KEYS}}", "bold"), (f"  {what}", "$foreground 60%")) for key, what in keys]
        self._keys.update(Content("\n").join(lines))
        if text and not self._text.parent:
            self._body.mount(self._text, self._list, self._keys)
