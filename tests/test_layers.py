"""Imports go downwards only, and nothing slow is loaded before it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import athena_tui

_PACKAGE = Path(athena_tui.__file__).parent

_OWN = {
    "client": set(),
    "tools": {"client"},
    "store": {"client"},
    "config": {"client"},
    "chat": {"client", "tools", "store"},
    "tui": {"client", "tools", "store", "config", "chat", "sandbox.process"},
    "sandbox": set(),
}
"""Which of our packages each package may import, beside itself."""

_FOREIGN = {
    "client": {"textual", "rich", "starlette", "uvicorn", "sqlite3"},
    "tools": {"textual", "rich", "httpx", "httpx_sse", "starlette", "uvicorn"},
    "store": {"textual", "rich", "httpx", "httpx_sse", "starlette", "uvicorn", "pydantic"},
    "config": {"textual", "rich", "httpx", "httpx_sse", "starlette", "uvicorn"},
    "chat": {"textual", "rich", "httpx", "httpx_sse", "starlette", "uvicorn", "pydantic", "sqlite3"},
    "tui": {"httpx", "httpx_sse", "starlette", "uvicorn", "sqlite3"},
    "sandbox": {"textual", "rich", "httpx", "httpx_sse"},
}
"""Which foreign packages each package must not import, not even late."""


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("package", sorted(_OWN))
def test_imports_go_downwards(package: str) -> None:
    broken: list[str] = []
    for path in sorted((_PACKAGE / package).rglob("*.py")):
        for name in sorted(_imports(path)):
            own = name.removeprefix("athena_tui.") if name.startswith("athena_tui.") else None
            allowed = {package, "__version__", *_OWN[package]}
            if own is not None and not any(own == each or own.startswith(f"{each}.") for each in allowed):
                if any(f"{own}." in f"{each}." or each.startswith(f"{own}.") for each in allowed):
                    continue
                broken.append(f"{path.relative_to(_PACKAGE)} imports {name}")
            if name.split(".")[0] in _FOREIGN[package]:
                broken.append(f"{path.relative_to(_PACKAGE)} imports {name}")
    assert not broken


def test_no_module_is_longer_than_400_lines() -> None:
    files = [*_PACKAGE.rglob("*.py"), *Path(__file__).parent.rglob("*.py")]
    long = {str(path): count for path in files if (count := len(path.read_text(encoding="utf-8").splitlines())) > 400}
    assert not long


@pytest.mark.parametrize(
    ("code", "never"),
    [
        ("import athena_tui.chat.transcript, athena_tui.client.protocol", "textual httpx httpx_sse pydantic"),
        ("import athena_tui.client.registry, athena_tui.client.errors", "textual httpx httpx_sse pydantic"),
        ("import athena_tui.cli.ask_command", "textual rich starlette uvicorn"),
        ("import athena_tui.store.store", "textual httpx pydantic"),
    ],
)
def test_what_is_light_stays_light(code: str, never: str) -> None:
    check = f"{code}; import sys; print([name for name in {never.split()!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_version_and_help_load_nothing_heavy(flag: str) -> None:
    check = (
        "import sys\nfrom athena_tui.cli.main import main\n"
        f"try:\n    main([{flag!r}])\nexcept SystemExit:\n    pass\n"
        "heavy = {'textual', 'httpx', 'pydantic', 'starlette', 'uvicorn', 'asyncio'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
