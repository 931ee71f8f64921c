"""The usage report of the TenFive sandbox. Follows the Usage page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

from athena_tui.sandbox.chance import timestamp
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.tenfive.errors import ApiError
from athena_tui.sandbox.tenfive.store import Store, UsageQuery

# How much of `2026-03-25T14:30:00.000Z` names a period, and what is missing to make it a moment again.
_PERIODS = {"month": (7, "-01T00:00:00+00:00"), "day": (10, "T00:00:00+00:00"), "hour": (13, ":00:00+00:00")}


def report(store: Store, customer_id: str, parameters: Mapping[str, str], now: datetime) -> JsonObject:
    """A customer's usage by period.

    Raises:
        ApiError: A parameter makes no sense.
    """
    granularity = parameters.get("granularity", "day")
    if granularity not in _PERIODS:
        raise ApiError(400, "VALIDATION_FAILED", "granularity must be hour, day or month")
    length, rest = _PERIODS[granularity]
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = _moment("start", parameters) or month
    end = _moment("end", parameters) or now
    query = UsageQuery(
        customer_id,
        timestamp(start),
        timestamp(end),
        length,
        parameters.get("workspace_id"),
        parameters.get("subject_id"),
        parameters.get("event_type"),
    )
    totals: Counter[str] = Counter()
    usage = []
    for row in store.usage(query):
        totals[row["event_type"]] += row["quantity"]
        item = dict(row)
        usage.append({"period_start": item.pop("period") + rest, **item})
    return {
        "customer_id": customer_id,
        "start": start.isoformat(),
        "end": end.isoformat(),
        "granularity": granularity,
        "usage": usage,
        "totals": dict(totals),
    }


def _moment(name: str, parameters: Mapping[str, str]) -> datetime | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ApiError(400, "VALIDATION_FAILED", f"{name} must be ISO 8601 with an offset")
    return moment.astimezone(UTC)
