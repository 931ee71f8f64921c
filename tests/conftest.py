"""Every test lives in a home of its own and knows nothing of the caller's settings."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def isolated_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point HOME and everything that could leak in at an empty folder."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith(("ATHENA_TUI_", "XDG_")) or name in {
            "TMUX",
            "SSH_TTY",
            "SSH_CONNECTION",
            "EDITOR",
            "VISUAL",
        }:
            monkeypatch.delenv(name)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("HOME", str(home))
    return home
