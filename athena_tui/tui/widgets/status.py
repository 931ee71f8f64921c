"""The line at the bottom: the credits at the left, the keys that matter now at the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from athena_tui.tui.symbols import Symbols

if TYPE_CHECKING:
    from athena_tui.client.models import Credits

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
        " credit" if f"{balance.active:,.1f}" == "1.0" else " credits",
        _charge(charge, signs),
    )
    for piece in _details(balance, signs, now):
        if shown.cell_length + piece.cell_length > room:
            break
        shown = shown.append(piece)
    return shown


def _charge(charge: float | None, signs: Symbols) -> Content:
    return Content.styled(f"  {signs.minus}{charge:,.2f}", "$text-warning") if charge else Content("")


def _details(balance: Credits, signs: Symbols, now: datetime) -> Iterator[Content]:
    """What else there is to say, the most important first."""
    dim = "$foreground 60%"
    if balance.recommended_pack is not None:
        pack = balance.recommended_pack
        size = f"{pack.credits:,.0f} {'credit' if pack.credits == 1 else 'credits'}, " if pack.credits else ""
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


class StatusBar(Widget):
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

    def show_credits(self, balance: Credits | None) -> None:
        """Show a balance; without one, nor what a run cost."""
        self._credits = balance
        if balance is None:
            self._charge = None
        self.refresh()

    def flash(self, charge: float) -> None:
        """Show beside the balance what a run cost."""
        self._charge = charge
        self.refresh()
        if not self._still:
            self.set_timer(_FLASH, self._end_flash)

    def show_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Name the keys that matter now: key and what it does, the one that matters most first."""
        if tuple(hints) != self._hints:
            self._hints = tuple(hints)
            self.refresh()

    def render(self) -> Content:
        """Credits at the left, keys at the right; keys go first where there is little room."""
        width = self.content_size.width
        hints = list(self._hints)
        while True:
            keys = hints_line(hints)
            room = width - keys.cell_length - 1 if hints else width
            shown = Content("")
            if self._credits is not None:
                shown = credits_line(self._credits, self._charge, self._signs, self._now(), room)
            if shown.cell_length <= room or not hints:
                gap = width - shown.cell_length - keys.cell_length
                return Content.assemble(shown, " " * gap, keys)
            del hints[-1]

    def _end_flash(self) -> None:
        self._charge = None
        self.refresh()


def hints_line(hints: Sequence[tuple[str, str]]) -> Content:
    """Keys and what they do."""
    pieces = [Content.assemble((key, "bold"), (f" {what}", "$foreground 60%")) for key, what in hints]
    return Content("  ").join(pieces)
