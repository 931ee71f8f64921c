"""Runs everything that has to pass: `python -m tests`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent

_WORKERS = (os.cpu_count() or 1) + 1
"""One more than there are processors: tests of the command wait for other processes."""

_STEPS = {
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "types": ["mypy"],
    "tests": ["pytest", "-n", str(_WORKERS), "--dist", "worksteal"],
}


def main() -> int:
    """Run every step in an isolated home, the later ones also when an earlier one failed."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="athena-tui-home-") as home:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATHENA_TUI_", "XDG_"))}
        environment = {**kept, "HOME": home, "NO_COLOR": "", "COLORTERM": "truecolor", "TERM": "xterm-256color"}
        for name, command in _STEPS.items():
            sys.stdout.write(f"== {name}: {' '.join(command)}\n")
            sys.stdout.flush()
            done = subprocess.run([sys.executable, "-m", *command], cwd=_ROOT, env=environment, check=False)
            if done.returncode != 0:
                failed.append(name)
    sys.stdout.write(f"== failed: {', '.join(failed)}\n" if failed else "== everything passed\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
