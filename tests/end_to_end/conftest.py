"""What end-to-end tests run in: a home of their own and the installed command."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.terminal import COMMAND


@pytest.fixture
def environment(tmp_path: Path, isolated_home: Path) -> dict[str, str]:
    """The environment of a person who has just installed the command."""
    return {
        "HOME": str(isolated_home),
        "PATH": os.environ["PATH"],
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "ATHENA_TUI_DATA_DIR": str(tmp_path / "data"),
        "ATHENA_TUI_CONFIG": str(tmp_path / "config.toml"),
    }


@pytest.fixture
def sandbox(environment: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A sandbox on its own, as `athena-tui sandbox` starts it; what it said about itself."""
    command = [COMMAND, "sandbox", "--ephemeral", "--quiet", "--exit-with-parent"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()
