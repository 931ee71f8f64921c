from __future__ import annotations

import asyncio
import contextvars
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, field_validator

from athena_tui.client.models import ToolOutcome
from athena_tui.tools import AnyTool, tool
from athena_tui.tools.runner import ToolError, ToolRunner, ToolRunResult, error_result, failure
from tests.tools.calling import PATIENCE, call, code_of


class Point(BaseModel):
    x: int


@dataclass
class Line:
    start: Point
    drawn: date


class Touchy(BaseModel):
    value: int

    @field_validator("value")
    @classmethod
    def _explode(cls, value: int) -> int:
        raise RuntimeError(f"validator exploded on {value}")


class Unprintable(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text for you")


def _returning(value: object) -> AnyTool:
    @tool(name="handler")
    def handler() -> object:
        return value

    return handler


def _raising(error: BaseException) -> AnyTool:
    @tool(name="handler")
    def handler() -> None:
        raise error

    return handler


async def test_a_plain_function_runs_beside_the_event_loop() -> None:
    @tool
    def where(day: date) -> dict[str, Any]:
        return {"thread": threading.current_thread().name, "day": day}

    result = await call(where, {"day": "2026-05-01"})
    assert result.outcome is ToolOutcome.SUCCESS
    assert result.result == {"thread": "tool-where", "day": "2026-05-01"}
    assert result.problem is None
    assert result.duration_ms > 0


async def test_an_async_function_has_a_loop_of_its_own() -> None:
    ours = asyncio.get_running_loop()

    @tool
    async def where() -> bool:
        await asyncio.sleep(0)
        return asyncio.get_running_loop() is ours

    assert (await call(where)).result is False


async def test_an_async_handler_that_blocks_does_not_block_us() -> None:
    release = threading.Event()

    @tool
    async def block() -> str:
        return "released" if release.wait(PATIENCE) else "nobody came"

    task = asyncio.create_task(call(block))
    await asyncio.sleep(0)  # our loop goes on, or nobody sets the event
    release.set()
    assert (await task).result == "released"


async def test_several_calls_run_side_by_side() -> None:
    barrier = threading.Barrier(3, timeout=PATIENCE)

    @tool
    def meet() -> int:
        return barrier.wait()

    runner = ToolRunner([meet])
    results = await asyncio.gather(*(runner.run("meet", {}) for _ in range(3)))
    assert sorted(str(result.result) for result in results) == ["0", "1", "2"]


async def test_handlers_see_the_callers_context() -> None:
    variable = contextvars.ContextVar("variable", default="unset")

    @tool
    def look() -> str:
        return variable.get()

    variable.set("set")
    assert (await call(look)).result == "set"


async def test_results_become_plain_json() -> None:
    value = {
        "line": Line(Point(x=1), date(2026, 5, 1)),
        "at": datetime(2026, 5, 1, 10, tzinfo=UTC),
        "price": Decimal("4.20"),
        "path": Path("a/b"),
        "seen": {1},
        "pair": (1, None),
        3: b"bytes",
    }
    assert (await call(_returning(value))).result == {
        "line": {"start": {"x": 1}, "drawn": "2026-05-01"},
        "at": "2026-05-01T10:00:00Z",
        "price": "4.20",
        "path": "a/b",
        "seen": [1],
        "pair": [1, None],
        "3": "bytes",
    }


def _cycle() -> list[Any]:
    cycle: list[Any] = []
    cycle.append(cycle)
    return cycle


def _deep() -> list[Any]:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    "make",
    [
        lambda: float("nan"),
        lambda: {"x": [float("inf")]},
        _cycle,
        object,
        lambda: {"lock": threading.Lock()},
        lambda: b"\xff",
        lambda: "\ud800",
        lambda: iter([1]),
        lambda: (number for number in [1]),
        lambda: len,
    ],
)
async def test_what_cannot_be_json_is_an_error(make: Callable[[], object]) -> None:
    assert code_of(await call(_returning(make()))) == ToolError.UNUSABLE_RESULT


async def test_a_result_nested_beyond_reason_is_an_error() -> None:
    assert code_of(await call(_returning(_deep()))) == ToolError.UNUSABLE_RESULT


async def test_the_size_of_a_result_is_bounded() -> None:
    assert (await call(_returning("x" * 98), max_result_bytes=100)).outcome is ToolOutcome.SUCCESS
    result = await call(_returning("x" * 99), max_result_bytes=100)
    assert code_of(result) == ToolError.RESULT_TOO_LARGE
    assert "101 bytes" in str(result.problem)


async def test_an_unknown_tool_names_the_nearest() -> None:
    result = await _call_named("handle")
    assert code_of(result) == ToolError.UNKNOWN_TOOL
    assert "did you mean 'handler'?" in str(result.problem)
    assert "there are handler" in str((await _call_named("quite_else")).problem)
    assert code_of(await ToolRunner().run("x", {})) == ToolError.UNKNOWN_TOOL


async def _call_named(name: str) -> ToolRunResult:
    return await ToolRunner([_returning(1)]).run(name, {})


async def test_bad_arguments_are_explained() -> None:
    @tool
    def order(count: int) -> None: ...

    result = await call(order, {"count": "many"})
    assert code_of(result) == ToolError.INVALID_ARGUMENTS
    assert "count: Input should be a valid integer" in str(result.problem)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ValueError("no such day"), "ValueError: no such day"),
        (SystemExit(3), "SystemExit: 3"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (StopIteration(), "StopIteration"),
        (TimeoutError("theirs"), "TimeoutError: theirs"),
        (asyncio.CancelledError(), "CancelledError"),
        (ExceptionGroup("both", [ValueError("a")]), "ExceptionGroup: both (1 sub-exception)"),
        (Unprintable(), "Unprintable: <exception str() failed>"),
    ],
)
async def test_an_exception_is_an_answer(error: BaseException, says: str) -> None:
    result = await call(_raising(error))
    assert code_of(result) == ToolError.HANDLER_FAILED
    assert str(result.problem).endswith(says)
    assert "Traceback" not in str(result.problem)


async def test_an_exception_of_an_async_handler_is_an_answer() -> None:
    @tool
    async def fail() -> None:
        raise LookupError("not here")

    assert (await call(fail)).problem == "LookupError: not here"


async def test_an_exception_of_a_validator_is_an_answer() -> None:
    @tool
    def take(touchy: Touchy) -> None: ...

    result = await call(take, {"touchy": {"value": 1}})
    assert result.problem == "RuntimeError: validator exploded on 1"


async def test_an_endless_message_is_cut() -> None:
    assert len(str((await call(_raising(ValueError("x" * 100_000)))).problem)) < 3_000


async def test_what_a_handler_prints_stays_off_the_screen(capsys: pytest.CaptureFixture[str]) -> None:
    release, began = threading.Event(), threading.Event()

    @tool
    async def chatty() -> str:
        print("to stdout")  # noqa: T201  # what handlers do
        print("to stderr", file=sys.stderr)  # noqa: T201
        began.set()
        await asyncio.to_thread(print, "from a thread")
        release.wait(PATIENCE)
        return "quiet"

    task = asyncio.create_task(call(chatty))
    assert await asyncio.to_thread(began.wait, PATIENCE)
    sys.stdout.write("ours\n")
    release.set()
    result = await task
    assert result.result == "quiet"
    assert result.output == "to stdout\nto stderr\nfrom a thread\n"
    assert capsys.readouterr() == ("ours\n", "")


async def test_endless_printing_is_cut() -> None:
    @tool
    def chatty() -> None:
        for _ in range(100):
            sys.stdout.write("x" * 1_000)

    assert len((await call(chatty)).output) == 20_000


async def test_printing_without_a_standard_output_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)

    @tool
    def chatty() -> None:
        print("text")  # noqa: T201  # what handlers do

    assert (await call(chatty)).output == "text\n"
    print("into the void")  # noqa: T201  # nothing is there to write to


def test_of_two_tools_with_one_name_the_first_counts() -> None:
    first, second = _returning(1), _returning(2)
    runner = ToolRunner([first, second])
    assert runner.tools == {"handler": first}
    assert [definition.name for definition in runner.definitions] == ["handler"]


def test_a_call_that_never_ran_has_the_same_shape() -> None:
    result = failure(ToolError.REJECTED, "the user said no")
    assert result.result == {"error": {"code": "rejected", "message": "the user said no"}}
    assert result.result == error_result(ToolError.REJECTED, "the user said no")
    assert result.outcome is ToolOutcome.ERROR


async def test_what_people_see_is_clean_and_what_the_agent_gets_is_whole() -> None:
    @tool
    def paint(fail: bool) -> str:
        print("\x1b[31mred")  # noqa: T201  # what handlers do
        if fail:
            raise ValueError("\x1b]0;title\x07oops")
        return "\x1b[31mred"

    good, bad = await call(paint, {"fail": False}), await call(paint, {"fail": True})
    assert (good.result, good.output) == ("\x1b[31mred", "red\n")
    assert (bad.problem, bad.output) == ("ValueError: oops", "red\n")
