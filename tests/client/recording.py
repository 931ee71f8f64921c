"""Doubles for what a client is given: an observer that remembers, and time that a test owns."""

from __future__ import annotations

from dataclasses import dataclass, field

from athena_tui.client.observer import ConnectionState, WireRecord
from athena_tui.client.retry import Timing


@dataclass
class RecordingObserver:
    """Remembers everything it is told."""

    states: list[ConnectionState] = field(default_factory=list)
    balances: list[float] = field(default_factory=list)
    records: list[WireRecord] = field(default_factory=list)

    def connection_changed(self, state: ConnectionState) -> None:
        """Remember it."""
        self.states.append(state)

    def balance_reported(self, credits_remaining: float) -> None:
        """Remember it."""
        self.balances.append(credits_remaining)

    def wire_recorded(self, record: WireRecord) -> None:
        """Remember it."""
        self.records.append(record)


@dataclass
class FakeTime:
    """Time that passes only where somebody sleeps. Seconds."""

    now: float = 1_000_000.0
    chance: float = 1.0
    slept: list[float] = field(default_factory=list)

    async def sleep(self, delay: float) -> None:
        """Pass the time at once."""
        self.slept.append(delay)
        self.now += delay

    @property
    def timing(self) -> Timing:
        """To give to a transport."""
        return Timing(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep, chance=lambda: self.chance)
