from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from athena_tui.client.models import ToolOutcome
from athena_tui.tools.examples import ledger
from athena_tui.tools.registry import EXAMPLES, load_tools
from athena_tui.tools.runner import ToolRunner, ToolRunResult


@pytest.fixture(autouse=True)
def _places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shared").mkdir()
    monkeypatch.setenv("ATHENA_TUI_FILES_DIR", str(tmp_path / "shared"))
    monkeypatch.setenv("ATHENA_TUI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("ATHENA_TUI_LEDGER", raising=False)


@pytest.fixture
def runner() -> ToolRunner:
    return ToolRunner(load_tools([EXAMPLES]).tools)


async def _ok(runner: ToolRunner, name: str, **arguments: Any) -> Any:
    result = await runner.run(name, arguments)
    assert result.outcome is ToolOutcome.SUCCESS, result.problem
    return result.result


async def _refused(runner: ToolRunner, name: str, **arguments: Any) -> str:
    result: ToolRunResult = await runner.run(name, arguments)
    assert result.outcome is ToolOutcome.ERROR
    return str(result.problem)


async def test_the_ledger_is_seeded_up_to_today_and_sums_up(runner: ToolRunner, tmp_path: Path) -> None:
    today = ledger._today()
    found = await _ok(runner, "query_transactions", start_date=str(today - timedelta(days=30)), end_date=str(today))
    days = [date.fromisoformat(each["date"]) for each in found["transactions"]]
    assert len(days) > 20
    assert days == sorted(days, reverse=True)
    assert found["total"] == pytest.approx(sum(each["amount"] for each in found["transactions"]))
    assert (tmp_path / "data" / "ledger.db").exists()


async def test_the_ledger_keeps_what_is_added_and_filters(runner: ToolRunner) -> None:
    added = await _ok(runner, "add_transaction", description="Kite", amount="12.50", category="Toys", day="2026-01-02")
    assert added == {"date": "2026-01-02", "description": "Kite", "category": "toys", "amount": 12.5}
    assert "toys" in (await _ok(runner, "list_categories"))["categories"]
    found = await _ok(runner, "query_transactions", start_date="2026-01-02", end_date="2026-01-02", category="TOYS")
    assert found == {"transactions": [added], "total": 12.5}


async def test_the_ledger_adds_for_today_by_default(runner: ToolRunner) -> None:
    added = await _ok(runner, "add_transaction", description="Kite", amount=3, category="toys")
    assert added["date"] == str(ledger._today())


@pytest.mark.parametrize("amount", ["0", "-1", "1.005", "NaN", "Infinity", "x"])
async def test_the_ledger_refuses_odd_amounts(runner: ToolRunner, amount: str) -> None:
    assert "amount" in await _refused(runner, "add_transaction", description="x", amount=amount, category="x")


async def test_the_ledger_refuses_a_period_that_runs_backwards(runner: ToolRunner) -> None:
    problem = await _refused(runner, "query_transactions", start_date="2026-02-01", end_date="2026-01-01")
    assert "before start_date" in problem


async def test_the_ledger_can_lie_elsewhere(
    runner: ToolRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATHENA_TUI_LEDGER", str(tmp_path / "mine.db"))
    await _ok(runner, "list_categories")
    assert (tmp_path / "mine.db").exists()


def test_the_same_day_gives_the_same_seed() -> None:
    assert ledger._seed(date(2026, 5, 1)) == ledger._seed(date(2026, 5, 1))
    assert max(row[0] for row in ledger._seed(date(2026, 5, 1))) == "2026-05-01"


async def test_the_clock_knows_time_zones(runner: ToolRunner) -> None:
    told = await _ok(runner, "get_current_time", timezone="Europe/Vienna")
    assert datetime.fromisoformat(told["time"]).utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
    assert (await _ok(runner, "get_current_time"))["timezone"] == "UTC"


@pytest.mark.parametrize("timezone", ["Nowhere/Land", "../etc/passwd", "/etc/passwd", "", "a\0b"])
async def test_the_clock_refuses_what_is_no_time_zone(runner: ToolRunner, timezone: str) -> None:
    assert "there is no time zone" in await _refused(runner, "get_current_time", timezone=timezone)


async def test_a_file_in_the_shared_folder_is_read(runner: ToolRunner, tmp_path: Path) -> None:
    (tmp_path / "shared" / "sub").mkdir()
    (tmp_path / "shared" / "sub" / "note.txt").write_text("grüß Gott", encoding="utf-8")
    read = await _ok(runner, "read_text_file", path="sub/../sub/note.txt")
    assert read == {"path": os.path.join("sub", "note.txt"), "bytes": 11, "text": "grüß Gott"}  # noqa: PTH118  # as text


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../outside.txt", "outside"),
        ("sub/../../outside.txt", "outside"),
        ("/etc/passwd", "outside"),
        ("link_out", "outside"),
        ("folder_out/outside.txt", "outside"),
        (".hidden", "hidden"),
        (".git/config", "hidden"),
        ("production.env", "secret"),
        ("Server.KEY", "secret"),
        ("my_credentials.json", "secret"),
        ("harmless.txt", "secret"),
        ("missing.txt", "no file"),
        (".", "no file"),
        ("", "no file"),
        ("binary.dat", "not a text file"),
        ("large.txt", "larger than 64 KiB"),
        ("nul\0.txt", "null"),
    ],
)
async def test_other_files_are_refused(runner: ToolRunner, tmp_path: Path, path: str, why: str) -> None:
    shared = tmp_path / "shared"
    (tmp_path / "outside.txt").write_text("outside")
    for name in (".hidden", "production.env", "Server.KEY", "my_credentials.json", "id_rsa"):
        (shared / name).write_text("secret")
    (shared / ".git").mkdir()
    (shared / ".git" / "config").write_text("secret")
    (shared / "link_out").symlink_to(tmp_path / "outside.txt")
    (shared / "folder_out").symlink_to(tmp_path)
    (shared / "harmless.txt").symlink_to(shared / "id_rsa")
    (shared / "binary.dat").write_bytes(b"\xff\xfe\x00")
    (shared / "large.txt").write_text("x" * (64 * 1024 + 1))
    assert why in await _refused(runner, "read_text_file", path=path)
