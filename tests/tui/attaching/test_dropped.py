"""Files in what is pasted."""

from __future__ import annotations

import shlex
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.tui.attaching.dropped import dropped_files

THERE = {
    Path("/d/a.txt"),
    Path("/d/my file.pdf"),
    Path("/d/it's (1).png"),
    Path("/d/ünï.md"),
    Path("/d/back\\slash.txt"),
}


@pytest.mark.parametrize(
    ("pasted", "names"),
    [
        ("/d/a.txt", ["a.txt"]),
        (" /d/a.txt \n", ["a.txt"]),
        ("/d/my file.pdf", ["my file.pdf"]),
        (r"/d/my\ file.pdf", ["my file.pdf"]),
        ("'/d/my file.pdf'", ["my file.pdf"]),
        ('"/d/my file.pdf" ', ["my file.pdf"]),
        (r"/d/it\'s\ \(1\).png", ["it's (1).png"]),
        (r"'/d/it'\''s (1).png'", ["it's (1).png"]),
        ("file:///d/my%20file.pdf", ["my file.pdf"]),
        ("file://localhost/d/%C3%BCn%C3%AF.md\r\n", ["ünï.md"]),
        (r"/d/a.txt /d/my\ file.pdf", ["a.txt", "my file.pdf"]),
        ("'/d/a.txt' '/d/my file.pdf'", ["a.txt", "my file.pdf"]),
        ("/d/a.txt\n/d/my file.pdf\n", ["a.txt", "my file.pdf"]),
        ("/d/a.txt\r/d/my file.pdf", ["a.txt", "my file.pdf"]),
        ("file:///d/a.txt\nfile:///d/my%20file.pdf", ["a.txt", "my file.pdf"]),
        ("/d/back\\slash.txt", ["back\\slash.txt"]),
        ("/d/a.txt /d/a.txt", ["a.txt"]),
        ("", []),
        ("a.txt", []),
        ("see /d/a.txt", []),
        ("/d/a.txt is what I mean", []),
        ("/d/a.txt /d/gone.txt", []),
        ("/d", []),
        ("file://elsewhere/d/a.txt", []),
        ("file://[/d/a.txt", []),
        ("https://example.com/d/a.txt", []),
        ("'/d/a.txt", []),
        ("~nobody-has-this-name/a.txt", []),
        ("/d/a.txt\0", []),
        ("/d/" + "x" * 40_000, []),
    ],
)
def test_paths_are_recognised(pasted: str, names: list[str]) -> None:
    assert [path.name for path in dropped_files(pasted, THERE.__contains__)] == names


@given(
    st.lists(st.text(st.characters(exclude_characters="/\0", exclude_categories=["C", "Z"]), min_size=1), min_size=1)
)
def test_whatever_a_file_is_called(names: list[str]) -> None:
    paths = [Path("/d") / name for name in dict.fromkeys(names) if name not in {".", ".."}]
    there = set(paths).__contains__
    assert list(dropped_files(shlex.join(map(str, paths)), there)) == paths
    assert list(dropped_files("\n".join(f"file://{quote(str(path))}" for path in paths), there)) == paths


@given(st.text())
def test_no_text_is_taken_for_a_file_that_is_not_there(text: str) -> None:
    assert dropped_files(text, lambda _: False) == ()


def test_the_disk_is_asked(tmp_path: Path) -> None:
    there = tmp_path / "a b.txt"
    there.write_text("tea")
    assert dropped_files(str(there)) == (there,)
    assert dropped_files(str(tmp_path)) == ()
    assert dropped_files(f"{tmp_path}/{'x' * 5000}") == ()
