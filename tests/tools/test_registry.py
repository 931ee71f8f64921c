from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from athena_tui.tools.registry import EXAMPLES, MAX_TOOLS, load_tools

GOOD = """
from __future__ import annotations
from athena_tui.tools import tool

@tool
def {name}(a: int = 1) -> int:
    return a
"""


@pytest.fixture(autouse=True)
def _clean_imports(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test imports does not outlive it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def _names(*sources: str) -> list[str]:
    loaded = load_tools(sources)
    assert loaded.problems == ()
    return [tool.name for tool in loaded.tools]


def test_a_file_a_folder_and_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _file(tmp_path, "one.py", GOOD.format(name="one"))
    _file(tmp_path / "more", "b.py", GOOD.format(name="bee"))
    _file(tmp_path / "more", "a.py", GOOD.format(name="ay"))
    _file(tmp_path / "more", "_private.py", "raise RuntimeError")
    _file(tmp_path / "more", "notes.txt", "no Python")
    _file(tmp_path / "package_of_tools", "__init__.py", "")
    _file(tmp_path / "package_of_tools", "inner.py", GOOD.format(name="inner"))
    monkeypatch.chdir(tmp_path)
    assert _names(file, "more", "package_of_tools.inner") == ["one", "ay", "bee", "inner"]


def test_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    _file(tmp_path, "one.py", GOOD.format(name="one"))
    assert _names("~/one.py") == ["one"]


def test_files_with_the_same_name_do_not_replace_each_other(tmp_path: Path) -> None:
    first = _file(tmp_path / "a", "tools.py", GOOD.format(name="first"))
    second = _file(tmp_path / "b", "tools.py", GOOD.format(name="second"))
    assert _names(first, second) == ["first", "second"]


def test_a_tool_file_may_import_its_neighbours(tmp_path: Path) -> None:
    _file(tmp_path, "_neighbour_of_mine.py", "ANSWER = 42")
    file = _file(tmp_path, "one.py", "from _neighbour_of_mine import ANSWER\n" + GOOD.format(name="one").lstrip())
    # A __future__ import must come first, so this file is broken; the neighbour is not the reason.
    (problem,) = load_tools([file]).problems
    assert "from __future__" in problem.message
    file = _file(tmp_path, "two.py", GOOD.format(name="two") + "\nfrom _neighbour_of_mine import ANSWER\n")
    assert _names(file) == ["two"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("import sys\n\nraise ValueError('no\\nluck')\n", 3, "ValueError: no luck"),
        ("import sys\nsys.exit(3)\n", 2, "SystemExit: 3"),
        ("def broken(:\n    pass\n", 1, "SyntaxError: invalid syntax"),
        ("import no_such_module_anywhere\n", 1, "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
        ("\nimport json\njson.loads('{')\n", 3, "json.decoder.JSONDecodeError: "),
        (
            "from athena_tui.tools import tool\n\n@tool\ndef Bad() -> None: ...\n",
            3,
            "athena_tui.tools.errors.ToolDefinitionError: 'Bad' cannot be a tool's name",
        ),
        ("x = 1\n", None, "no tool in it"),
    ],
)
def test_a_broken_file_is_reported_in_one_line_and_the_others_load(
    tmp_path: Path, text: str, line: int | None, message: str
) -> None:
    good = _file(tmp_path, "good.py", GOOD.format(name="good"))
    bad = _file(tmp_path, "bad.py", text)
    loaded = load_tools([bad, good])
    (problem,) = loaded.problems
    assert (problem.source, problem.line) == (bad, line)
    assert problem.message.startswith(message)
    assert "\n" not in str(problem)
    assert str(problem).startswith(f"{bad}:{line}: " if line else f"{bad}: ")
    assert [tool.name for tool in loaded.tools] == ["good"]


def test_an_interrupt_while_loading_is_the_users(tmp_path: Path) -> None:
    file = _file(tmp_path, "slow.py", "raise KeyboardInterrupt\n")
    with pytest.raises(KeyboardInterrupt):
        load_tools([file])


def test_a_broken_module_is_not_left_behind(tmp_path: Path) -> None:
    file = _file(tmp_path, "bad.py", "raise ValueError\n")
    before = set(sys.modules)
    load_tools([file])
    assert {name for name in set(sys.modules) - before if name.startswith("athena_tui_tools_")} == set()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("missing.py", "there is no such file"),
        ("./missing", "there is no such file"),
        ("", "there is no such file"),
        ("x" * 5000, "File name too long"),
        ("no_such_module.anywhere", "ModuleNotFoundError"),
        ("empty", "holds no tool file"),
        ("notes.txt", "must end in .py"),
    ],
)
def test_a_source_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, message: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    _file(tmp_path, "notes.txt", "")
    loaded = load_tools([source])
    assert loaded.tools == ()
    assert message in loaded.problems[0].message


def test_a_name_taken_twice_is_reported(tmp_path: Path) -> None:
    first = _file(tmp_path, "a.py", GOOD.format(name="same"))
    second = _file(tmp_path, "b.py", GOOD.format(name="same"))
    loaded = load_tools([first, second])
    assert len(loaded.tools) == 1
    (problem,) = loaded.problems
    assert (problem.source, problem.line) == (second, 5)
    assert first in problem.message


def test_the_same_tool_found_twice_is_no_problem(tmp_path: Path) -> None:
    again = _file(tmp_path, "again.py", "from athena_tui.tools.examples.clock import get_current_time\n")
    names = _names(EXAMPLES, again, again, "athena_tui.tools.examples.clock")
    assert names.count("get_current_time") == 1


def test_more_tools_than_a_request_carries_are_reported(tmp_path: Path) -> None:
    text = "\n".join(GOOD.replace("from __future__ import annotations", "").format(name=f"t{n}") for n in range(34))
    loaded = load_tools([_file(tmp_path, "many.py", text)])
    assert len(loaded.tools) == MAX_TOOLS
    (problem,) = loaded.problems
    assert problem.message.endswith("t32, t33")


def test_what_is_printed_while_loading_stays_off_the_screen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _names(
        _file(
            tmp_path,
            "one.py",
            "print('hello')\n" + GOOD.format(name="one").replace("from __future__ import annotations\n", ""),
        )
    ) == ["one"]
    assert capsys.readouterr().out == ""


def test_the_examples_are_complete() -> None:
    loaded = load_tools([EXAMPLES])
    assert loaded.problems == ()
    for tool in loaded.tools:
        assert tool.description
        properties = tool.parameters["properties"]
        assert isinstance(properties, dict)
        assert all(isinstance(each, dict) and each["description"] for each in properties.values())


def test_an_edit_within_the_same_second_that_keeps_the_size_is_seen(tmp_path: Path) -> None:
    file = _file(tmp_path, "one.py", GOOD.format(name="one"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert _names(file) == ["one"]
    _file(tmp_path, "one.py", GOOD.format(name="two"))
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert _names(file) == ["two"]
    assert not (tmp_path / "__pycache__").exists()
