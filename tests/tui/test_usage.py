"""The usage screen, and the table behind it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from athena_tui.client.errors import ClientError, ConnectionFailed
from athena_tui.client.management import Granularity, UsageItem, UsageQuery, UsageReport, UsageReports
from athena_tui.tui.screens.usage import UsageScreen
from athena_tui.tui.usage_table import begin_of, recent_periods, tabulate
from tests.tui.fakes import NOW, wait_until

YESTERDAY = datetime(2026, 11, 21, tzinfo=UTC)


class Reports:
    """Answers queries one after the other."""

    def __init__(self, *answers: UsageReport | ClientError | asyncio.Event) -> None:
        self.answers = list(answers)
        self.queries: list[UsageQuery] = []

    async def usage_report(self, query: UsageQuery) -> UsageReport:
        """The next answer."""
        self.queries.append(query)
        answer = self.answers.pop(0)
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = self.answers.pop(0)
        if isinstance(answer, UsageReport):
            return answer
        assert isinstance(answer, ClientError)
        raise answer


def report(*items: UsageItem, granularity: Granularity = Granularity.DAY) -> UsageReport:
    """A report of these."""
    return UsageReport(items, granularity)


SOME = report(
    UsageItem("run.created", 3, YESTERDAY),
    UsageItem("tokens.consumed", 1234, YESTERDAY),
    UsageItem("tokens.consumed", 66, YESTERDAY - timedelta(days=2)),
)


def said(pilot: Pilot[None]) -> str:
    """Everything on the screen on top."""
    return "\n".join(str(each.render()) for each in pilot.app.screen.query(Static))


async def show(pilot: Pilot[None], reports: UsageReports | str) -> None:
    """Open the screen."""
    await pilot.app.push_screen(UsageScreen("work", reports, lambda: NOW))
    await pilot.pause()


async def test_a_report_is_plotted_and_tabulated_with_its_sums() -> None:
    app = App[None]()
    reports = Reports(SOME)
    async with app.run_test(size=(100, 40)) as pilot:
        await show(pilot, reports)
        await wait_until(pilot, lambda: "1,300 in all" in said(pilot))
        text = said(pilot)
        assert "█" in text
        assert "21 Nov" in text
        assert max(len(line) for line in text.splitlines() if "└" in line) > 60
        assert [line.split() for line in text.splitlines() if line.startswith("In all")] == [
            ["In", "all", "1,300", "3"]
        ]
        assert reports.queries == [UsageQuery(Granularity.DAY, start=datetime(2026, 10, 24, tzinfo=UTC))]
        await pilot.press("right")
        await wait_until(pilot, lambda: "run.created   3 in all" in said(pilot))


async def test_periods_are_switched_by_a_key() -> None:
    month = report(UsageItem("run.created", 40, datetime(2026, 11, 1, tzinfo=UTC)), granularity=Granularity.MONTH)
    reports = Reports(SOME, month)
    app = App[None]()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, reports)
        await wait_until(pilot, lambda: "1,300 in all" in said(pilot))
        await pilot.press("m")
        await wait_until(pilot, lambda: "40 in all" in said(pilot))
        assert reports.queries[-1] == UsageQuery(Granularity.MONTH, start=datetime(2025, 12, 1, tzinfo=UTC))
        assert "last 12 months" in said(pilot)


async def test_loading_failing_and_nothing_are_said() -> None:
    arrives = asyncio.Event()
    failure = ConnectionFailed("It cannot be reached.", remedy="Check the network.")
    reports = Reports(arrives, failure, report())
    app = App[None]()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, reports)
        await wait_until(pilot, lambda: "Fetching" in said(pilot))
        arrives.set()
        await wait_until(pilot, lambda: "It cannot be reached." in said(pilot))
        assert "Check the network." in said(pilot)
        assert "F5 tries again." in said(pilot)
        await pilot.press("f5")
        await wait_until(pilot, lambda: "Nothing was used in the last 30 days." in said(pilot))


async def test_a_platform_that_reports_none_says_why() -> None:
    app = App[None]()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, "It is told with each answer only.")
        assert "reports no usage" in said(pilot)
        assert "told with each answer" in said(pilot)


def test_recent_periods_end_with_the_one_that_is_not_over() -> None:
    for granularity, count in ((Granularity.HOUR, 48), (Granularity.DAY, 30), (Granularity.MONTH, 12)):
        periods = recent_periods(granularity, NOW)
        assert len(set(periods)) == count
        assert list(periods) == sorted(periods)
        assert periods[-1] == begin_of(NOW, granularity)


def test_periods_are_those_of_utc() -> None:
    moment = datetime(2026, 11, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    assert begin_of(moment, Granularity.MONTH) == datetime(2026, 10, 1, tzinfo=UTC)
    assert begin_of(datetime(2026, 11, 1, 5), Granularity.DAY) == datetime(2026, 11, 1, tzinfo=UTC)  # noqa: DTZ001  # as some servers send it


def test_what_has_no_period_or_an_older_one_counts_in_the_sums() -> None:
    items = (UsageItem("runs", 2), UsageItem("runs", 3, datetime(2020, 1, 1, tzinfo=UTC)), UsageItem("runs", 5, NOW))
    table = tabulate(report(*items), recent_periods(Granularity.DAY, NOW))
    assert table.totals == {"runs": 10}
    assert sum(table.columns["runs"]) == 5


def test_the_platform_s_own_sums_are_believed() -> None:
    given = UsageReport((UsageItem("runs", 2, NOW),), Granularity.DAY, totals={"runs": 7})
    assert tabulate(given, recent_periods(Granularity.DAY, NOW)).totals == {"runs": 7}
