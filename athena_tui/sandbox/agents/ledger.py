"""Ledger analyst: reads the client's transactions through client tools and does honest sums."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from athena_tui.sandbox.agents.clock import spoken_time
from athena_tui.sandbox.agents.steps import (
    Agent,
    ClientCall,
    Reasoning,
    Script,
    Text,
    ToolReply,
    Turn,
    call_client,
)

_TOOL = "query_transactions"
_PERCENTAGE = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*(?:on|of)\s*(\d+(?:\.\d+)?)")
_NO_TOOLS = """\
I work with **your** books, and you have not handed me any: this message came without the tool \
`query_transactions`.

Load one and ask again – the example tools have it:

```python
@tool
def query_transactions(start_date: str, end_date: str) -> dict[str, object]:
    \"\"\"Transactions between two ISO dates.\"\"\"
```

`F3` shows which tools I am offered.
"""


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    group: str
    amount: float


def ledger(turn: Turn) -> Script:
    """One period, or two side by side when the message compares; a percentage needs no books."""
    percentage = _PERCENTAGE.search(turn.message)
    if percentage:
        yield from _percentage(float(percentage[1]), float(percentage[2]))
        return
    if _TOOL not in turn.tools:
        yield Reasoning("No query_transactions among the offered tools. I cannot invent numbers; say what is missing.")
        yield Text(_NO_TOOLS)
    elif re.search(r"\b(compare|versus|vs|two months|both months|against|previous|last month)\b", turn.message.lower()):
        yield from _comparison(turn)
    else:
        yield from _period(turn)


def _percentage(rate: float, base: float) -> Script:
    share = base * rate / 100
    yield Text(
        f"That one I can do in my head: {rate:g} % of {base:,.2f} is **{share:,.2f}**, "
        f"together **{base + share:,.2f}**."
    )


def _period(turn: Turn) -> Script:
    start, end = _asked_period(turn.message, turn.now.date())
    yield Reasoning(f"One period, {start} to {end}. One call is enough; then group, sort and add up.")
    yield Text(f"Let me see what happened between **{start}** and **{end}**.\n\n")
    (reply,) = yield from call_client(_query(start, end))
    entries = _entries(reply)
    if entries is None:
        yield Text(_complaint(reply))
        return
    yield Reasoning(f"{len(entries)} entries came back. Spending is what leaves the account; income is listed apart.")
    yield Text(_summary(entries))


def _comparison(turn: Turn) -> Script:
    this_start = turn.now.date().replace(day=1)
    last_end = this_start - timedelta(days=1)
    last_start = last_end.replace(day=1)
    calls = [_query(last_start, last_end), _query(this_start, turn.now.date())]
    if "get_current_time" in turn.tools:
        calls.append(ClientCall("get_current_time", {}))
    yield Reasoning("Two months: ask for both at once, they do not depend on each other. The clock tells how far in.")
    yield Text("Two months side by side – I am asking for everything at once.\n\n")
    replies = yield from call_client(*calls)
    before, after = _entries(replies[0]), _entries(replies[1])
    if before is None or after is None:
        yield Text(_complaint(replies[0] if before is None else replies[1]))
        return
    yield Text(f"## {last_start:%B} and {this_start:%B}\n\n" + _side_by_side(before, after))
    if len(replies) == 3 and replies[2].ok:
        left = (this_start + timedelta(days=32)).replace(day=1) - turn.now.date()
        clock = spoken_time(replies[2].result)
        yield Text(f"\n> Your clock says {clock}: {left.days} more days until the month is over.\n")


def _query(start: date, end: date) -> ClientCall:
    return ClientCall(_TOOL, {"start_date": start.isoformat(), "end_date": end.isoformat()})


def _asked_period(message: str, today: date) -> tuple[date, date]:
    dates = []
    for text in re.findall(r"\b\d{4}-\d\d-\d\d\b", message):
        try:
            dates.append(date.fromisoformat(text))
        except ValueError:
            continue
    if len(dates) >= 2:
        return min(dates), max(dates)
    days = re.search(r"(\d{1,3})\s*days?", message)
    if days:
        return today - timedelta(days=int(days[1]) - 1), today
    if re.search(r"\b(month|category|most)\b", message.lower()):
        return today.replace(day=1), today
    return today - timedelta(days=6), today


def _entries(reply: ToolReply) -> list[_Entry] | None:
    """The transactions of a reply; `None` when it has no list of them."""
    if not reply.ok:
        return None
    rows = reply.result.get("transactions") if isinstance(reply.result, dict) else reply.result
    if not isinstance(rows, list):
        return None
    return [entry for entry in map(_entry, rows) if entry is not None]


def _entry(row: Any) -> _Entry | None:
    if not isinstance(row, Mapping):
        return None
    try:
        amount = float(row.get("amount", row.get("value", "")))
    except (TypeError, ValueError):
        return None
    label = str(next((row[key] for key in ("description", "merchant", "payee", "name") if row.get(key)), "unnamed"))
    return _Entry(label, str(row.get("category") or label), amount)


def _spending(entries: list[_Entry]) -> list[_Entry]:
    """Books differ in whether spending is negative; where anything is, only that counts."""
    spent = [entry for entry in entries if entry.amount < 0]
    return spent or entries


def _summary(entries: list[_Entry]) -> str:
    if not entries:
        return "Not a single transaction in that period. Either you were very good, or the books begin later.\n"
    spent = _spending(entries)
    total = sum(abs(entry.amount) for entry in spent)
    largest = max(spent, key=lambda entry: abs(entry.amount))
    groups = _groups(spent)
    lines = [f"You spent **{total:,.2f}** in {len(spent)} transactions, most of it on **{_cell(groups[0][0])}**.\n"]
    lines += ["| Where | Times | Sum | Share |", "| --- | ---: | ---: | ---: |"]
    for group, (count, amount) in groups:
        share = amount / total if total else 0
        lines.append(f"| {_cell(group)} | {count} | {amount:,.2f} | {share:.0%} |")
    income = sum(entry.amount for entry in entries if entry.amount > 0) if len(spent) < len(entries) else 0
    lines.append(f"\nThe largest single one was **{_cell(largest.label)}** with {abs(largest.amount):,.2f}.")
    if income:
        lines.append(f"\nOn the other side, **{income:,.2f}** came in: a balance of {income - total:+,.2f}.")
    return "\n".join(lines) + "\n"


def _side_by_side(before: list[_Entry], after: list[_Entry]) -> str:
    first, second = dict(_groups(_spending(before))), dict(_groups(_spending(after)))
    lines = ["| Where | Before | Now | Change |", "| --- | ---: | ---: | ---: |"]
    for group in sorted({*first, *second}):
        old, new = first.get(group, (0, 0.0))[1], second.get(group, (0, 0.0))[1]
        lines.append(f"| {_cell(group)} | {old:,.2f} | {new:,.2f} | {new - old:+,.2f} |")
    old_total = sum(amount for _, amount in first.values())
    new_total = sum(amount for _, amount in second.values())
    lines.append(f"| **Total** | **{old_total:,.2f}** | **{new_total:,.2f}** | **{new_total - old_total:+,.2f}** |")
    direction = "less" if new_total < old_total else "more"
    lines.append(f"\nThat is {abs(new_total - old_total):,.2f} {direction} than before, so far.")
    return "\n".join(lines) + "\n"


def _groups(entries: list[_Entry]) -> list[tuple[str, tuple[int, float]]]:
    sums: dict[str, tuple[int, float]] = defaultdict(lambda: (0, 0.0))
    for entry in entries:
        count, amount = sums[entry.group]
        sums[entry.group] = (count + 1, amount + abs(entry.amount))
    return sorted(sums.items(), key=lambda item: -item[1][1])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _complaint(reply: ToolReply) -> str:
    if reply.ok:
        return (
            "Your tool answered, but I found no `transactions` list in what it said. I expect "
            '`{"transactions": [{"date": …, "description": …, "amount": …}]}`.\n'
        )
    return (
        f"Your machine would not give me the books: *{_reason(reply.result)}*\n\n"
        "I would rather say nothing than guess. Allow the call, or answer it by hand with `a`, and ask me again.\n"
    )


def _reason(result: object) -> str:
    """Why a tool gave nothing, in its own words where it has some."""
    for name in ("error", "message"):
        if isinstance(result, dict):
            result = result.get(name, result)
    said = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False) if result else ""
    return said.strip() or "no reason given"


LEDGER_ANALYST = Agent(
    key="ledgeranalyst0000000",
    name="Ledger analyst",
    description="Reads your transactions through tools on your machine and does the sums.",
    category="Work",
    credits=1.5,
    script=ledger,
    accepts_client_tools=True,
)
