"""When to try again, and how long to wait before it."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime


@dataclass(frozen=True, slots=True)
class Timing:
    """Clocks, sleep and chance, so that tests can bring their own.

    `monotonic` and `wall` are in seconds; `chance` draws from [0, 1).
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently. Times are in seconds.

    `longest_wait` bounds what a `Retry-After` may ask for: beyond it the error is raised, with the wait it names.
    """

    attempts: int = 4
    first_delay: float = 0.5
    longest_delay: float = 8.0
    longest_wait: float = 120.0

    def backoff(self, attempt: int, chance: float) -> float:
        """Exponential backoff with full jitter after attempt number `attempt` (from 1)."""
        return chance * min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1))


def retry_after_seconds(header: str | None, now: float) -> float | None:
    """Read a `Retry-After` header: seconds, or an HTTP date.

    Args:
        header: Its value, or `None`.
        now: Unix time in seconds.
    """
    if header is None:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            date = parsedate_to_datetime(header)
        except ValueError:
            return None
        seconds = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now
    return max(0.0, seconds) if math.isfinite(seconds) else None
