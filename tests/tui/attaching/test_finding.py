"""Files by some of their letters, or by their path."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from athena_tui.tui.attaching import finding
from athena_tui.tui.attaching.finding import FileFinder, Found

FILES = (
    "notes.md",
    "report.pdf",
    "docs/report final.pdf",
    "docs/deep/annotations.txt",
    ".env",
    ".config/settings.toml",
    "node_modules/notes/index.js",
    ".git/HEAD",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with files, some of them noise."""
    root = tmp_path / "tree"
    for name in FILES:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (root / "round").symlink_to(root, target_is_directory=True)
    return root


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("", ["notes.md", "report.pdf", "docs/report final.pdf", "docs/deep/annotations.txt"]),
        ("notes", ["notes.md"]),
        ("not", ["notes.md", "docs/deep/annotations.txt"]),
        ("REPORT", ["report.pdf", "docs/report final.pdf"]),
        ("rpf", ["report.pdf", "docs/report final.pdf"]),
        ("docs/", ["docs/report final.pdf", "docs/deep/annotations.txt"]),
        ("dda", ["docs/deep/annotations.txt"]),
        (".env", [".env"]),
        (".config/s", [".config/settings.toml"]),
        ("HEAD", []),
        ("index", []),
        ("zzz", []),
    ],
)
def test_below_the_working_directory(root: Path, typed: str, found: list[str]) -> None:
    results = FileFinder(root).find(typed)
    assert [each.typed for each in results] == found
    assert all(each.path.is_file() and not each.is_folder for each in results)


def test_elsewhere_folder_by_folder(root: Path) -> None:
    finder = FileFinder(root / "docs" / "deep")
    assert [each.typed for each in finder.find("../../")] == [
        "../../docs/",
        "../../node_modules/",
        "../../notes.md",
        "../../report.pdf",
        "../../round/",
    ]
    assert [each.typed for each in finder.find(f"{root}/docs/re")] == [f"{root}/docs/report final.pdf"]
    assert [each.typed for each in finder.find(f"{root}/.e")] == [f"{root}/.env"]
    assert finder.find(f"{root}/nowhere/") == []
    assert finder.find("~nobody-has-this-name/") == []


def test_home(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(root))
    (found,) = FileFinder(root / "docs").find("~/not")
    assert (found.path, found.typed) == (root / "notes.md", "~/notes.md")


def test_a_huge_tree_is_listed_in_part(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_FILES", 2)
    assert [each.typed for each in FileFinder(root).find("")] == ["notes.md", "report.pdf"]


def test_a_slow_disk_is_not_waited_for(root: Path) -> None:
    now = iter(range(100))
    found = FileFinder(root, clock=lambda: float(next(now))).find("")
    assert [each.typed for each in found] == ["notes.md", "report.pdf"]


def test_new_files_are_found_after_a_while(root: Path) -> None:
    now = 0.0
    finder = FileFinder(root, clock=lambda: now)
    assert not finder.find("fresh")
    (root / "fresh.txt").write_text("x")
    assert not finder.find("fresh")
    now = 60.0
    assert [each.typed for each in finder.find("fresh")] == ["fresh.txt"]


def test_files_are_listed_once_however_fast_one_types(root: Path) -> None:
    typed_on, looks = threading.Event(), [0]

    def clock() -> float:
        looks[0] += 1
        typed_on.wait(10)
        return 0.0

    finder = FileFinder(root, clock)

    def type_on() -> list[Found]:
        typed_on.set()
        return finder.find("no")

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.submit(finder.find, "n"), threads.submit(type_on)
        assert first.result(10)
        assert second.result(10)
    folders = len(["", "docs/", "docs/deep/"])
    assert looks[0] == 1 + folders + 1
