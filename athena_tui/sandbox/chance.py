"""Ids and time: real ones, or - with a seed - the same ones on every run."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEEDED_START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def seeded(name: str) -> random.Random:
    """A generator that depends on `name` alone."""
    return random.Random(name)  # noqa: S311  repeatable on purpose; nothing secret hangs on it


class Ids:
    """Makes ids, keys and trace ids."""

    def __init__(self, seed: str | None) -> None:
        self._random = random.SystemRandom() if seed is None else seeded(f"ids:{seed}")

    def key(self, length: int = 20) -> str:
        """A record key of `length` characters of `[0-9a-z]`."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


class Clock:
    """The server's time, in UTC.

    Without a seed it is the machine's clock. With one it starts at a fixed moment and moves by what the agents wait,
    plus a millisecond for every look at it, so that no two records are ever equally old.
    """

    def __init__(self, *, repeatable: bool, boot: int = 0) -> None:
        self._frozen = _SEEDED_START + timedelta(hours=boot) if repeatable else None
        self._offset = timedelta()

    @property
    def repeatable(self) -> bool:
        """Whether time passes only by `advance` and `now`."""
        return self._frozen is not None

    def now(self) -> datetime:
        """The current time."""
        if self._frozen is None:
            return datetime.now(UTC) + self._offset
        self._offset += timedelta(milliseconds=1)
        return self._frozen + self._offset

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._offset += timedelta(seconds=seconds)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
