"""What was used, period by period, where the platform reports that: a plot, the numbers, and their sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static
from textual.worker import Worker

from athena_tui.chat.local_conversations import platform_client
from athena_tui.client.errors import ClientError
from athena_tui.client.management import Granularity, UsageQuery, UsageReports
from athena_tui.client.protocol import AgentClient, Feature
from athena_tui.tui import surprises
from athena_tui.tui.bar_plot import bar_plot
from athena_tui.tui.usage_table import UsageTable, recent_periods, tabulate

_DIM = "$foreground 60%"
_LOW = 30
"""Lines below which the plot is a low one."""


class UsageScreen(ModalScreen[None]):
    """Usage by hour, day or month.

    Args:
        name: Whose usage.
        reports: The platform, where it reports usage, else why it does not.
        now: The time of day.
        ascii_only: Draw without blocks.
    """

    CSS_PATH = "usage.tcss"
    HELP = "Usage"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Back", id="usage.close"),
        Binding("h", "granularity('hour')", "By hour", id="usage.hour"),
        Binding("d", "granularity('day')", "By day", id="usage.day"),
        Binding("m", "granularity('month')", "By month", id="usage.month"),
        Binding("right,l,tab", "kind(1)", "Next kind", id="usage.next", priority=True),
        Binding("left,shift+tab", "kind(-1)", "Previous kind", id="usage.previous", priority=True),
        Binding("down,j", "scroll(1)", "Down", id="usage.down"),
        Binding("up,k", "scroll(-1)", "Up", id="usage.up"),
        Binding("f5", "reload", "Fetch it anew", id="usage.reload"),
    ]

    def __init__(
        self, name: str, reports: UsageReports | str, now: Callable[[], datetime], *, ascii_only: bool = False
    ) -> None:
        super().__init__()
        self._whose = name
        self._reports = reports
        self._now = now
        self._ascii = ascii_only
        self._granularity = Granularity.DAY
        self._table: UsageTable | None = None
        self._kind = 0

    def compose(self) -> ComposeResult:
        """Plot, sums, numbers, keys."""
        with Vertical(id="usage"):
            yield Static("", id="usage-title", markup=False)
            yield Static("", id="usage-plot", markup=False)
            yield Static("", id="usage-head", markup=False)
            with VerticalScroll(id="usage-rows", can_focus=False):
                yield Static("", id="usage-table", markup=False)
            yield Static(_keys(), id="usage-keys", markup=False)

    def on_mount(self) -> None:
        """Fetch it."""
        self.action_reload()

    def on_resize(self) -> None:
        """Another amount of room, known when everything has its place."""
        self.call_after_refresh(self._draw)

    def action_granularity(self, granularity: str) -> None:
        """Show other periods."""
        if granularity != self._granularity:
            self._granularity = Granularity(granularity)
            self.action_reload()

    def action_kind(self, step: int) -> None:
        """Plot another kind."""
        if self._table is not None and self._table.columns:
            self._kind = (self._kind + step) % len(self._table.columns)
            self._draw()

    def action_scroll(self, lines: int) -> None:
        """Scroll the numbers."""
        self.query_one("#usage-rows").scroll_relative(y=lines, animate=False)

    def action_reload(self) -> None:
        """Fetch it anew."""
        self._show_title()
        if isinstance(self._reports, str):
            self._say(Content.assemble(("This platform reports no usage.\n\n", "bold"), self._reports))
        else:
            self.run_worker(self._load(self._reports), exclusive=True, group="usage", exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    async def _load(self, reports: UsageReports) -> None:
        granularity = self._granularity
        periods = recent_periods(granularity, self._now())
        self._table = None
        self._say(Content.styled("Fetching …", _DIM))
        try:
            report = await reports.usage_report(UsageQuery(granularity, start=periods[0]))
        except ClientError as error:
            remedy = f"{error.remedy}\n" if error.remedy else ""
            self._say(Content.assemble((f"{error.message}\n", "$text-error"), remedy, ("F5", "bold"), " tries again."))
            return
        self._table = tabulate(report, periods)
        self._kind = min(self._kind, max(0, len(self._table.columns) - 1))
        if self._table.columns:
            self.call_after_refresh(self._draw)
        else:
            self._say(Content(f"Nothing was used in the {_span(periods, granularity)}.\n\nWhat you run shows up here."))

    def _draw(self) -> None:
        table = self._table
        if table is None or not table.columns:
            return
        kind = tuple(table.columns)[self._kind]
        self._show_title()
        height = 5 if self.size.height < _LOW else 10
        labels = [table.label(period, short=True) for period in table.periods]
        width = self.query_one("#usage").content_size.width
        plot = bar_plot(table.columns[kind], labels, width, height, ascii_only=self._ascii)
        lines = [Content.assemble((line.axis, _DIM), (line.bars, "$text-accent")) for line in plot[:-2]]
        lines += [Content.styled(line.axis + line.bars, _DIM) for line in plot[-2:]]
        title = Content.assemble((kind, "bold $text-accent"), (f"   {_number(table.totals[kind])} in all", ""))
        self.query_one("#usage-plot", Static).update(Content("\n").join([title, *lines]))
        self.query_one("#usage-head", Static).update(Content("\n").join([self._head(table), self._sums(table)]))
        self.query_one("#usage-table", Static).update(Content("\n").join(self._rows(table)))

    def _head(self, table: UsageTable) -> Content:
        return self._row("Period", tuple(table.columns), table, style=_DIM)

    def _sums(self, table: UsageTable) -> Content:
        sums = [_number(table.totals[kind]) for kind in table.columns]
        return self._row("In all", sums, table, style="bold")

    def _rows(self, table: UsageTable) -> list[Content]:
        rows = []
        for index in reversed(range(len(table.periods))):
            values = [column[index] for column in table.columns.values()]
            if any(values):
                name = table.label(table.periods[index])
                rows.append(self._row(name, [_number(value) if value else "–" for value in values], table))
        return rows

    def _row(self, name: str, cells: Sequence[str], table: UsageTable, style: str = "") -> Content:
        """A line of the table; the column that is plotted stands out."""
        first = len(table.label(table.periods[0]))
        widths = [max(len(kind), len(_number(total))) for kind, total in table.totals.items()]
        room = self.query_one("#usage").content_size.width - 1 - first - sum(widths)
        gap = max(1, min(3, room // len(widths)))
        pieces = [Content.styled(f"{name:<{first}}", style or _DIM)]
        for index, (cell, width) in enumerate(zip(cells, (gap + width for width in widths), strict=True)):
            shown = "$text-accent" if index == self._kind else ""
            pieces.append(Content.styled(f"{cell:>{width}}", f"{style} {shown}".strip()))
        return Content.assemble(*pieces)

    def _show_title(self) -> None:
        periods = recent_periods(self._granularity, self._now())
        pieces = [("Usage", "bold"), (f"   {self._whose}   {_span(periods, self._granularity)}, UTC   ", _DIM)]
        for each in Granularity:
            chosen = each is self._granularity
            pieces.append((f"[{each}]" if chosen else f" {each} ", "bold $text-accent" if chosen else _DIM))
        self.query_one("#usage-title", Static).update(Content.assemble(*pieces))

    def _say(self, text: Content) -> None:
        """Show a text in place of a report."""
        self.query_one("#usage-plot", Static).update(text)
        self.query_one("#usage-head", Static).update("")
        self.query_one("#usage-table", Static).update("")


def reports_of(client: AgentClient) -> UsageReports | str:
    """Who reports a platform's usage, or why nobody does."""
    own = platform_client(client)
    if isinstance(own, UsageReports):
        return own
    return client.capabilities.reason(Feature.USAGE_REPORT) or "Its API has no such report."


def _span(periods: Sequence[datetime], granularity: Granularity) -> str:
    return f"last {len(periods)} {granularity}s"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"


def _keys() -> Content:
    keys = (
        ("h", "hour"),
        ("d", "day"),
        ("m", "month"),
        ("←/→", "kind"),
        ("↑/↓", "scroll"),
        ("F5", "again"),
        ("esc", "back"),
    )
    return Content("   ").join(Content.assemble((key, "bold"), (f" {what}", _DIM)) for key, what in keys)
