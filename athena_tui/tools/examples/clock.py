"""Tells the agent what time it is, which a model cannot know."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from athena_tui.tools import tool


@tool
def get_current_time(timezone: str = "UTC") -> dict[str, str]:
    """Get the current date and time.

    Args:
        timezone: IANA name of the time zone, such as Europe/Vienna.
    """
    try:
        now = datetime.now(ZoneInfo(timezone))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"there is no time zone {timezone!r}; use an IANA name such as Europe/Vienna") from error
    return {"time": now.isoformat(timespec="seconds"), "weekday": now.strftime("%A"), "timezone": timezone}
