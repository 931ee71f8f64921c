"""How the app looks, as far as that is decided before the first frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.config.appearance import Display, read_appearance


@pytest.mark.parametrize("variable", ["SSH_CONNECTION", "SSH_TTY", "TMUX", "STY", "ZELLIJ"])
def test_a_far_terminal_is_sent_only_what_differs(variable: str) -> None:
    far = {variable: "anything"}
    assert Display.AUTO.is_compact(far)
    assert Display.COMPACT.is_compact({})
    assert not Display.AUTO.is_compact({"TERM": "xterm", variable: ""})
    assert not Display.PLAIN.is_compact(far)


def test_the_file_decides_what_the_terminal_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[appearance]\ndisplay = "plain"\n')
    assert read_appearance(path).display is Display.PLAIN
    path.write_text('[appearance]\ndisplay = "small"\n')
    assert read_appearance(path).display is Display.AUTO
