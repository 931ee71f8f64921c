"""Times as platforms tell them."""

from __future__ import annotations

from datetime import MAXYEAR, UTC, datetime

_FIRST_YEAR = 1970


def known_moment(told: datetime) -> datetime | None:
    """The time that was told, in UTC where no time zone was; `None` where it stands for “never”.

    The years 1 and 9999 do, and some of their hours are in no other time zone's calendar.
    """
    if not _FIRST_YEAR <= told.year < MAXYEAR:
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
