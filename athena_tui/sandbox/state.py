"""What the platforms of one sandbox share."""

from __future__ import annotations

import asyncio
import random
import weakref
from dataclasses import dataclass, field

from athena_tui.sandbox.chance import Clock, Ids, seeded, timestamp
from athena_tui.sandbox.database import Database
from athena_tui.sandbox.faults import Faults, parse_faults
from athena_tui.sandbox.options import SandboxOptions
from athena_tui.sandbox.pacing import Pacer
from athena_tui.sandbox.sharing import Share

# The number goes up when a table changes: sandbox data is worth no migration, a new file starts afresh.
DATABASE_NAME = "sandbox-2.db"


@dataclass(slots=True)
class SandboxState:
    """Options, database, time, ids and faults; and the streams to end when the server shuts down."""

    options: SandboxOptions
    database: Database
    clock: Clock
    ids: Ids
    faults: Faults
    boot: int
    share: Share | None = None
    _interrupts: weakref.WeakSet[asyncio.Event] = field(default_factory=weakref.WeakSet)

    @classmethod
    def open(cls, options: SandboxOptions) -> SandboxState:
        """Open the database and set the clock.

        Raises:
            ValueError: The fault specification makes no sense.
        """
        faults = parse_faults(options.faults)
        path = share = None
        if options.data_directory is not None:
            options.data_directory.mkdir(parents=True, exist_ok=True)
            path = options.data_directory / DATABASE_NAME
            share = Share(options.data_directory)
        database = Database(path)
        boot = database.next_boot()
        seed = None if options.seed is None else f"{options.seed}:{boot}"
        clock = Clock(repeatable=seed is not None, boot=boot)
        return cls(options, database, clock, Ids(seed), faults, boot, share)

    @property
    def seat(self) -> int:
        """What tells this sandbox from the others that use the data now; a later one may have the same."""
        return 0 if self.share is None else self.share.seat

    def is_gone(self, seat: int) -> bool:
        """Whether the sandbox that had this seat is not there any more: what it played is then played by nobody."""
        return self.share is not None and self.share.is_free(seat)

    def interrupt(self) -> asyncio.Event:
        """What ends one stream early: set it when the client goes away; it is set when the server shuts down."""
        interrupt = asyncio.Event()
        self._interrupts.add(interrupt)
        return interrupt

    def end_streams(self) -> None:
        """End every stream."""
        for interrupt in self._interrupts:
            interrupt.set()

    def pacer(self, interrupt: asyncio.Event) -> Pacer:
        """The rhythm of one run that ends early when `interrupt` is set."""
        return Pacer(self.options.pace, self.clock, interrupt)

    def random(self, name: str) -> random.Random:
        """Chance that depends on `name` and the seed alone."""
        return seeded(f"{self.options.seed}:{name}")

    def timestamp(self) -> str:
        """The current time as the wire wants it."""
        return timestamp(self.clock.now())

    def close(self) -> None:
        """Close the database."""
        self.database.close()
        if self.share is not None:
            self.share.close()
