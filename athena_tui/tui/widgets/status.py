"""The line at the bottom: the credits at the left, the keys that matter now at the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from athena_tui.client.models import Credits
from athena_tui.tui.symbols import Symbols

_FLASH = 4.0
"""Seconds for which a charge is shown beside the balance."""


def credits_line(balance: Credits, charge: float | None, signs: Symbols, now: datetime, room: int) -> Content:
    """A balance in one line; what matters least is left out first where there is little room.

    Args:
        balance: The balance.
        charge: What the last run cost, while that is shown.
        signs: What to draw with.
        now: To say when the next refresh is.
        room: Cells there are.
    """
    shown = Content.assemble(
        (f"{signs.credits} ", "$text-error" if balance.active <= 0 else "$text-accent"),
        (f"{balance.active:,.1f}", "bold"),
        " credits",
        _charge(charge, signs),
    )
    for piece in _details(balance, signs, now):
        if shown.cell_length + piece.cell_length <= room:
            shown = shown.append(piece)
    return shown


def _charge(charge: float | None, signs: Symbols) -> Content:
    if not charge:
        return Content("")
    sign, style = (signs.minus, "$text-warning") if charge > 0 else ("+", "$text-success")
    return Content.styled(f"  {sign}{abs(charge):,.2f}", style)


def _details(balance: Credits, signs: Symbols, now: datetime) -> Iterator[Content]:
    """What else there is to say, the most important first."""
    dim = "$foreground 60%"
    if balance.recommended_pack is not None:
        pack = balance.recommended_pack
        size = f"{pack.credits:,.0f} credits, " if pack.credits else ""
        yield Content.styled(f" {signs.dot} recommended: {size}{pack.id}", "$text-warning")
    if balance.frozen:
        yield Content.styled(f" {signs.dot} {balance.frozen:,.1f} frozen", dim)
        yield Content(" – Resubscribe to unlock")
    if balance.next_refresh_at is not None:
        yield Content.styled(f" {signs.dot} refresh {_when(balance.next_refresh_at, now)}", dim)
    if balance.inactive:
        yield Content.styled(f" {signs.dot} {balance.inactive:,.1f} inactive", dim)


def _when(moment: datetime, now: datetime) -> str:
    local = moment.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    if days <= 0:
        return f"at {local:%H:%M}"
    return f"tomorrow {local:%H:%M}" if days == 1 else f"on {local.day} {local:%b}"


class StatusBar(Horizontal):
    """Credits and keys.

    Args:
        signs: What to draw with.
        now: The time of day.
        reduced_motion: A charge stays until the next one instead of flashing up.
    """

    def __init__(self, signs: Symbols, now: Callable[[], datetime], *, reduced_motion: bool = False) -> None:
        super().__init__(id="status")
        self._now = now
        self._signs = signs
        self._still = reduced_motion
        self._credits: Credits | None = None
        self._charge: float | None = None
        self._hints: tuple[tuple[str, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Credits at the left, keys at the right."""
        yield Static("", id="credits", markup=False)
        yield Static("", id="hints", markup=False)

    def show_credits(self, balance: Credits | None) -> None:
        """Show a balance, or that the platform has none."""
        self._credits = balance
        self._draw()

    def flash(self, charge: float) -> None:
        """Show beside the balance what a run cost."""
        self._charge = charge
        self._draw()
        if not self._still:
            self.set_timer(_FLASH, self._end_flash)

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Name the keys that matter now: key and what it does."""
        if tuple(hints) == self._hints:
            return
        self._hints = tuple(hints)
        pieces: list[Content] = []
        for key, what in hints:
            pieces += [Content("  "), Content.styled(key, "bold"), Content.styled(f" {what}", "$foreground 60%")]
        self.query_one("#hints", Static).update(Content.assemble(*pieces))
        self._draw()

    def on_resize(self) -> None:
        """Another amount of room."""
        self._draw()

    def _end_flash(self) -> None:
        self._charge = None
        self._draw()

    def _draw(self) -> None:
        shown = Content("")
        if self._credits is not None:
            hints = sum(len(key) + len(what) + 3 for key, what in self._hints)
            room = self.size.width - 2 - hints
            shown = credits_line(self._credits, self._charge, self._signs, self._now(), room)
        self.query_one("#credits", Static).update(shown)
