"""Calls copied as tests: what is copied runs under pytest as it is."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.tools.registry import load_tools
from athena_tui.tools.runner import ToolRunner
from athena_tui.tui.workbench.as_test import as_test, sources_of

TOOLS = '''\
from athena_tui.tools import tool


@tool
def repeat(words: str, times: int = 2) -> dict:
    """Say it again."""
    return {"words": [words] * times, "odd": "\\x1b[31m \\u202e {brace} 'quote' \\\\ \\"double\\"", "nothing": None}
'''


def copied(folder: Path, arguments: JsonObject) -> str:
    """The test of a call that was really made."""
    tools = load_tools([str(folder / "words.py")]).tools
    done = asyncio.run(ToolRunner(tools).run("repeat", arguments))
    return as_test(tools[0], [str(folder)], arguments, done.outcome, done.result)


def run_pytest(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Run a text under pytest, in an empty project of its own."""
    there = folder / "project"
    there.mkdir()
    (there / "test_copied.py").write_text(text, encoding="utf-8")
    (there / "pytest.ini").write_text("[pytest]\n")
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_copied.py"]
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(command, cwd=there, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one tool file."""
    there = tmp_path / "my tools"
    there.mkdir()
    (there / "words.py").write_text(TOOLS, encoding="utf-8")
    return there


@pytest.mark.parametrize(
    "arguments",
    [{"words": "it's"}, {"words": "a long sentence " * 5, "times": 9}, {"times": "many"}, {}],
    ids=["short", "long", "wrong", "nothing"],
)
def test_a_copied_test_passes(folder: Path, arguments: JsonObject) -> None:
    text = copied(folder, arguments)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 300
    done = run_pytest(folder, text)
    assert done.returncode == 0, done.stdout


def test_a_copied_test_fails_once_the_tool_answers_something_else(folder: Path) -> None:
    text = copied(folder, {"words": "x"})
    (folder / "words.py").write_text(TOOLS.replace("[words]", "[words.upper()]"), encoding="utf-8")
    done = run_pytest(folder, text)
    assert done.returncode == 1
    assert "test_repeat" in done.stdout


def test_a_tool_is_loaded_from_where_it_came_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (tool,) = load_tools(["words.py"]).tools
    path = str(folder / "words.py")
    assert sources_of(tool, ["words.py"]) == [path]
    assert sources_of(tool, ["other.module", "words.py"]) == [path]
    assert sources_of(tool, [str(folder)]) == [str(folder)]
    assert sources_of(tool, ["a.module", "another"]) == ["a.module", "another"]


def test_long_values_are_broken_into_lines(folder: Path) -> None:
    (tool,) = load_tools([str(folder)]).tools
    values: JsonValue = [{"date": "2026-11-12", "amount": 2.4, "category": f"category {n}"} for n in range(9)]
    done = asyncio.run(ToolRunner([tool]).run("repeat", {"words": "x"}))
    text = as_test(tool, [], {"words": "x"}, done.outcome, values)
    assert max(map(len, text.splitlines())) <= 120
    compile(text, "copied", "exec")
