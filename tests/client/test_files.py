"""Which files a platform takes, and how they are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from athena_tui.client.athena.client import FILES as ATHENA
from athena_tui.client.atthene.client import FILES as ATTHENE
from athena_tui.client.errors import InvalidRequest
from athena_tui.client.files import content_type_of, read_file, size_of

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("notes.md", "text/markdown"),
        ("NOTES.MD", "text/markdown"),
        ("table.csv", "text/csv"),
        ("picture.webp", "image/webp"),
        ("paper.pdf", "application/pdf"),
        ("Makefile", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_name(name: str, content_type: str) -> None:
    assert content_type_of(name) == content_type


def test_a_file_of_the_largest_size_is_taken() -> None:
    ATHENA.check("a.txt", "text/plain", 50 * MIB)
    with pytest.raises(InvalidRequest, match="larger than 50 MiB"):
        ATHENA.check("a.txt", "text/plain", 50 * MIB + 1)


def test_other_types_are_refused_with_what_is_taken_instead() -> None:
    with pytest.raises(InvalidRequest, match="application/zip") as refused:
        ATHENA.check("a.zip", "application/zip", 1)
    assert refused.value.remedy is not None
    assert "PDF" in refused.value.remedy
    ATTHENE.check("a.png", "image/png", 500 * MIB)
    with pytest.raises(InvalidRequest) as refused:
        ATTHENE.check("a.pdf", "application/pdf", 1)
    assert refused.value.remedy is not None
    assert "public URL" in refused.value.remedy


def test_only_files_are_read(tmp_path: Path) -> None:
    """Reading a pipe would wait for ever."""
    os.mkfifo(tmp_path / "pipe.txt")
    for name in ("pipe.txt", "missing.txt", "", "nul\0.txt"):
        with pytest.raises(InvalidRequest):
            read_file(tmp_path / name, ATHENA)
    (tmp_path / "there.txt").write_text("tea")
    assert size_of(tmp_path / "there.txt") == 3
    assert read_file(tmp_path / "there.txt", ATHENA) == b"tea"
