"""What the terminal itself tells."""

from __future__ import annotations

import contextlib
import os
import pty
import sys
import time
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App

from athena_tui.tui import terminal


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """A pseudo-terminal that standard error goes to: its reader's end and the writer's."""
    reader, writer = pty.openpty()
    tty.setraw(writer)
    os.set_blocking(writer, False)
    with open(writer, "w", closefd=False) as stream:
        monkeypatch.setattr(sys, "__stderr__", stream)
        yield reader, writer
    os.close(writer)
    os.close(reader)


def test_a_terminal_that_does_not_read_is_behind(ends: tuple[int, int]) -> None:
    reader, writer = ends
    app: App[None] = App()
    assert not terminal.is_behind(app)
    deadline = time.monotonic() + 10
    # The system moves what was written on in its own time, so there may be room again after a refusal.
    while not terminal.is_behind(app):
        assert time.monotonic() < deadline
        with contextlib.suppress(BlockingIOError):
            os.write(writer, b"x" * 4096)
    while terminal.is_behind(app):
        assert time.monotonic() < deadline
        os.read(reader, 65536)


def test_what_is_no_terminal_is_never_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app: App[None] = App()
    with (tmp_path / "closed").open("w") as stream:
        monkeypatch.setattr(sys, "__stderr__", stream)
    assert not terminal.is_behind(app)
    monkeypatch.setattr(sys, "__stderr__", None)
    assert not terminal.is_behind(app)


@pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
async def test_an_editor_whose_quotes_do_not_close_is_none(variable: str) -> None:
    with pytest.raises(terminal.NoProgram, match="vi 'oops is no command"):
        await terminal.edit(App[None](), "text", {variable: "vi 'oops"})


async def test_a_pager_whose_quotes_do_not_close_is_none() -> None:
    with pytest.raises(terminal.NoProgram, match="less 'oops is no command"):
        await terminal.page(App[None](), "text", {"PAGER": "less 'oops"}, ".txt")


async def test_an_editor_that_writes_another_encoding_loses_those_letters_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nprintf 'caf\\351 noir' >\"$1\"\n")
    editor.chmod(0o755)
    app: App[None] = App()
    monkeypatch.setattr(app, "suspend", contextlib.nullcontext)
    assert await terminal.edit(app, "text", {"EDITOR": str(editor)}) == "caf\ufffd noir"
