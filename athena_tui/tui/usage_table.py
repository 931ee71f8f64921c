"""A usage report by kind and period, ready to be drawn: periods in which nothing was used are in it, too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from athena_tui.client.management import Granularity, UsageReport

_PERIODS = {Granularity.HOUR: 48, Granularity.DAY: 30, Granularity.MONTH: 12}
_FORMATS = {Granularity.HOUR: "%d %b %H:00", Granularity.DAY: "%d %b", Granularity.MONTH: "%b %Y"}
_SHORT_FORMATS = {Granularity.HOUR: "%H:00", Granularity.DAY: "%d %b", Granularity.MONTH: "%b"}


@dataclass(frozen=True, slots=True)
class UsageTable:
    """What was used: one row for each period, oldest first, and one column for each kind.

    Args:
        periods: When each period begins, in UTC.
        columns: Quantities by kind, one for each period.
        totals: Quantities by kind for the whole time, as the platform sums them up.
    """

    granularity: Granularity
    periods: tuple[datetime, ...]
    columns: Mapping[str, tuple[float, ...]]
    totals: Mapping[str, float]

    def label(self, period: datetime, *, short: bool = False) -> str:
        """What a period is called."""
        return period.strftime((_SHORT_FORMATS if short else _FORMATS)[self.granularity])


def recent_periods(granularity: Granularity, now: datetime) -> tuple[datetime, ...]:
    """When the latest periods begin, oldest first; the last one is not over yet."""
    latest = begin_of(now, granularity)
    periods = [latest]
    while len(periods) < _PERIODS[granularity]:
        periods.append(begin_of(periods[-1] - timedelta(microseconds=1), granularity))
    return tuple(reversed(periods))


def begin_of(moment: datetime, granularity: Granularity) -> datetime:
    """When the period begins that a moment lies in; periods are those of UTC, as the platform's."""
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    hour = aware.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    if granularity is Granularity.HOUR:
        return hour
    day = hour.replace(hour=0)
    return day if granularity is Granularity.DAY else day.replace(day=1)


def tabulate(report: UsageReport, periods: tuple[datetime, ...]) -> UsageTable:
    """Sum a report up for these periods; what lies outside of them counts in the totals alone."""
    position = {period: index for index, period in enumerate(periods)}
    columns: dict[str, list[float]] = {}
    totals: dict[str, float] = {}
    for item in report.items:
        column = columns.setdefault(item.event_type, [0.0] * len(periods))
        totals[item.event_type] = totals.get(item.event_type, 0.0) + item.quantity
        if item.period_start is not None:
            index = position.get(begin_of(item.period_start, report.granularity))
            if index is not None:
                column[index] += item.quantity
    ordered = sorted(columns, key=lambda kind: -totals[kind])
    return UsageTable(
        report.granularity,
        periods,
        {kind: tuple(columns[kind]) for kind in ordered},
        {kind: report.totals.get(kind, totals[kind]) for kind in ordered},
    )
