"""Where a tool is written, in few cells."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.tui.workbench.places import short_place


def test_a_place_is_told_from_here_or_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert short_place(f"{tmp_path}/desk/tools/disk.py:6", 60, "…") == "tools/disk.py:6"
    assert short_place(f"{tmp_path}/other/disk.py:6", 60, "…") == "~/other/disk.py:6"
    assert short_place("a.module", 60, "…") == "a.module"


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (40, "/opt/shared/tools/examples/ledger.py:70"),
        (38, "…/shared/tools/examples/ledger.py:70"),
        (24, "…/examples/ledger.py:70"),
        (3, "…/ledger.py:70"),
    ],
)
def test_the_beginning_goes_first_and_the_file_stays(room: int, shown: str) -> None:
    assert short_place("/opt/shared/tools/examples/ledger.py:70", room, "…") == shown
