"""The line at the bottom: the credits at the left, the keys that matter now at the right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from athena_tui.client.models import Credits
from athena_tui.tui.symbols import Symbols

_FLASH = 4.0
"""Seconds for which a charge is shown beside the balance."""


def credits_line(balance: Credits, charge: float | None, signs: Symbols, now: datetime) -> Content:
    """A balance in one line.

    Args:
        balance: The balance.
        charge: What the last run cost, while that is shown.
        signs: What to draw with.
        now: To say when the next refresh is.
    """
    low = balance.active <= 0
    pieces = [
        Content.styled(f"{signs.credits} ", "$text-error" if low else "$text-accent"),
        Content.styled(f"{balance.active:,.1f}", "bold"),
        Content(" credits"),
    ]
    if charge:
        sign, style = (signs.minus, "$text-warning") if charge > 0 else ("+", "$text-success")
        pieces.append(Content.styled(f"  {sign}{abs(charge):,.2f}", style))
    if balance.frozen:
        pieces.append(Content.styled(f" {signs.dot} {balance.frozen:,.1f} frozen", "$foreground 60%"))
        pieces.append(Content(" – Resubscribe to unlock"))
    if balance.inactive:
        pieces.append(Content.styled(f" {signs.dot} {balance.inactive:,.1f} inactive", "$foreground 60%"))
    if balance.recommended_pack is not None:
        pack = balance.recommended_pack
        size = f"{pack.credits:,.0f} credits" if pack.credits else pack.id
        pieces.append(Content.styled(f" {signs.dot} recommended: {size} pack ({pack.id})", "$text-warning"))
    if balance.next_refresh_at is not None:
        pieces.append(Content.styled(f" {signs.dot} refresh {_when(balance.next_refresh_at, now)}", "$foreground 60%"))
    return Content.assemble(*pieces)


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
        reduced_motion: A charge stays until the next one instead of flashing up.
    """

    def __init__(self, signs: Symbols, *, reduced_motion: bool = False) -> None:
        super().__init__(id="status")
        self._signs = signs
        self._still = reduced_motion
        self._credits: Credits | None = None
        self._charge: float | None = None
        self._hints: tuple[tuple[str, str], ...] = ()

    def compose(self) -> ComposeResult:
        """Credits at the left, keys at the right."""
        yield Static("", id="credits", markup=False)
        yield Static("", id="hints", markup=False)

    def show_credits(self, balance: Credits | None, now: datetime) -> None:
        """Show a balance, or that the platform has none."""
        self._credits = balance
        line = Content("") if balance is None else credits_line(balance, self._charge, self._signs, now)
        self.query_one("#credits", Static).update(line)

    def flash(self, charge: float, now: datetime) -> None:
        """Show beside the balance what a run cost."""
        self._charge = charge
        self.show_credits(self._credits, now)
        if not self._still:
            self.set_timer(_FLASH, lambda: self._end_flash(now))

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Name the keys that matter now: key and what it does."""
        if tuple(hints) == self._hints:
            return
        self._hints = tuple(hints)
        pieces: list[Content] = []
        for key, what in hints:
            pieces += [Content("  "), Content.styled(key, "bold"), Content.styled(f" {what}", "$foreground 60%")]
        self.query_one("#hints", Static).update(Content.assemble(*pieces))

    def _end_flash(self, now: datetime) -> None:
        self._charge = None
        self.show_credits(self._credits, now)
