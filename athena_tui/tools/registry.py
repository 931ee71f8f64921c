"""Finds client tools: in a file, in a folder or in an importable module. A broken source is reported, never fatal."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Never

from athena_tui.client.sanitise import clean_text
from athena_tui.tools.output import captured_output
from athena_tui.tools.tool import AnyTool, ClientTool

MAX_TOOLS = 32
"""How many client tools a request may carry; follows the Execute page."""

EXAMPLES = "athena_tui.tools.examples"
"""The source of the tools that come with the app."""

_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class ToolProblem:
    """Why a source, or one tool of it, is not there; as text, clean and one line. `line` counts from 1."""

    source: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return clean_text(f"{place}: {self.message}")


@dataclass(frozen=True, slots=True)
class LoadedTools:
    """What was found, in the order of the sources, and what went wrong."""

    tools: tuple[AnyTool, ...] = ()
    problems: tuple[ToolProblem, ...] = ()


def load_tools(sources: Sequence[str]) -> LoadedTools:
    """Import every source and collect its tools. Runs the user's code: not for the event loop.

    Args:
        sources: `.py` files, folders (their `*.py` but not `_*`) or dotted modules.
    """
    problems: list[ToolProblem] = []
    found: dict[str, tuple[AnyTool, str]] = {}
    for source in sources:
        for place, module in _modules(source, problems):
            for tool in _tools_of(module, place, problems):
                first, first_place = found.setdefault(tool.name, (tool, place))
                if first is not tool:
                    taken = f"the name {tool.name!r} is taken by {first_place}; this one is left out"
                    problems.append(ToolProblem(place, taken, _line(tool)))
    tools = [tool for tool, _ in found.values()]
    if len(tools) > MAX_TOOLS:
        names = ", ".join(tool.name for tool in tools[MAX_TOOLS:])
        message = f"an agent can be given at most {MAX_TOOLS} tools; left out: {names}"
        problems.append(ToolProblem(f"{len(tools)} tools", message))
    return LoadedTools(tuple(tools[:MAX_TOOLS]), tuple(problems))


def _modules(source: str, problems: list[ToolProblem]) -> Iterator[tuple[str, ModuleType]]:
    path = Path(os.path.expanduser(source))  # noqa: PTH111  # unlike pathlib's, it never raises
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
        files = sorted(file for file in path.glob("*.py") if not file.name.startswith("_")) if is_folder else []
    except OSError as error:  # a name that is too long, a folder that is closed to us
        problems.append(ToolProblem(source, f"it cannot be read: {error.strerror}"))
        return
    if source and is_folder:
        if not files:
            problems.append(ToolProblem(source, "the folder holds no tool file (*.py, not beginning with _)"))
        for file in files:
            yield from _imported(str(file), problems)
    elif is_file and path.suffix == ".py":
        yield from _imported(str(path), problems)
    elif source and path.exists():
        problems.append(ToolProblem(source, "a tool file's name must end in .py"))
    elif _MODULE.fullmatch(source) and not source.endswith(".py"):
        yield from _imported(source, problems)
    else:
        problems.append(ToolProblem(source, "there is no such file, folder or module"))


def _imported(place: str, problems: list[ToolProblem]) -> Iterator[tuple[str, ModuleType]]:
    is_file = place.endswith(".py")
    with captured_output():
        try:
            module = _import_file(Path(place)) if is_file else _import_module(place)
        except (Exception, SystemExit) as error:  # noqa: BLE001  # the user's code may raise anything while imported
            problems.append(ToolProblem(place, _describe(error), _line_in(error, place) if is_file else None))
            return
    yield place, module


def _import_file(path: Path) -> ModuleType:
    path = path.resolve()
    _make_importable(path.parent)
    # The path is part of the name, so that files of the same name in two folders do not replace each other.
    name = f"athena_tui_tools_{path.stem}_{sha256(os.fsencode(path)).hexdigest()[:8]}"
    loader = _SourceLoader(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


class _SourceLoader(SourceFileLoader):
    """Compiles what the file says now: Python's cache misses an edit of the same second that keeps the size."""

    def path_stats(self, path: str) -> Never:
        """Without these there is no cache."""
        raise OSError(f"{path} is not to be cached")


def _import_module(name: str) -> ModuleType:
    _make_importable(Path.cwd())
    return importlib.import_module(name)


def _make_importable(folder: Path) -> None:
    """Let tools import their neighbours, now and while they run; last, so that nothing installed is shadowed."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _tools_of(module: ModuleType, place: str, problems: list[ToolProblem]) -> Iterator[AnyTool]:
    tools = [value for value in vars(module).values() if isinstance(value, ClientTool)]
    if not tools:
        message = "no tool in it; decorate a function with @tool from athena_tui.tools"
        problems.append(ToolProblem(place, message))
    yield from dict.fromkeys(tools)


def _line(tool: AnyTool) -> int:
    return int(tool.location.rpartition(":")[2])


def _describe(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__}: {error.msg}"
    lines = "".join(traceback.format_exception_only(error)).split("\n")
    return " ".join(line.strip() for line in lines if line.strip())


def _line_in(error: BaseException, place: str) -> int | None:
    """Where in the file itself it happened, not in what the file called."""
    path = str(Path(place).resolve())
    if isinstance(error, SyntaxError) and error.filename == path:
        return error.lineno or None
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return lines[-1] if lines else None
