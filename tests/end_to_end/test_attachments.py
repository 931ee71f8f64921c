"""Files that go along with `ask`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.invoking import ECHO, objects, run

ATTACH = ["ask", "--sandbox", "--agent", ECHO, "--json", "look"]


def test_a_file_goes_along(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "shopping list.txt"
    file.write_text("tea\nrope\n")
    done = run(environment, *ATTACH, "--attach", str(file))
    assert done.returncode == 0, done.stderr
    assert "shopping list.txt" in objects(done.stdout)[-1]["text"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.txt", None, "missing.txt cannot be read: No such file"),
        ("huge.txt", 50 * 1024 * 1024 + 1, "huge.txt is larger than 50 MiB"),
        ("program.exe", 4, "program.exe is of a type"),
    ],
)
def test_a_file_that_cannot_go_along(
    environment: dict[str, str], tmp_path: Path, name: str, content: int | None, said: str
) -> None:
    file = tmp_path / name
    if content is not None:
        with file.open("wb") as stream:
            stream.truncate(content)
    done = run(environment, *ATTACH, "--attach", str(file))
    assert done.returncode == 2, done.stderr
    (last,) = objects(done.stdout)
    assert last["event"] == "run_failed"
    assert said in last["message"]


def test_a_platform_that_takes_no_files_says_so(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("tea")
    done = run(environment, "ask", "--sandbox", "--platform", "tenfive", "hello", "--attach", str(file))
    assert done.returncode == 1
    assert "TenFive documents no way to upload a file" in done.stderr


def test_what_the_platform_fetches_itself_is_named_by_its_address(environment: dict[str, str]) -> None:
    address = "https://example.com/report.pdf"
    there = ["ask", "--sandbox", "--platform", "atthene", "--agent", "echo", "look"]
    done = run(environment, *there, "--attach", address)
    assert done.returncode == 0, done.stderr
    assert address in done.stdout
    refused = run(environment, "ask", "--sandbox", "--agent", ECHO, "look", "--attach", address)
    assert refused.returncode == 2
    assert "from this machine only" in refused.stderr
