"""Runs client tools. Whatever goes wrong becomes an answer that tells the agent what happened, never an exception."""

from __future__ import annotations

import asyncio
import difflib
import traceback
from collections.abc import Callable, Iterable
from enum import StrEnum
from time import perf_counter

from athena_tui.client.models import JsonObject, JsonValue, ToolDefinition, ToolOutcome
from athena_tui.client.record import record
from athena_tui.client.sanitise import clean_text
from athena_tui.tools.errors import InvalidArguments, ResultTooLarge, UnusableResult
from athena_tui.tools.output import captured_output
from athena_tui.tools.result import as_json
from athena_tui.tools.tool import AnyTool
from athena_tui.tools.worker import Worker

DEFAULT_TIMEOUT = 30.0
MAX_RESULT_BYTES = 256 * 1024
_MAX_MESSAGE = 2_000


class ToolError(StrEnum):
    """Why a tool call failed, as the agent reads it in `error.code`."""

    UNKNOWN_TOOL = "unknown_tool"
    INVALID_ARGUMENTS = "invalid_arguments"
    HANDLER_FAILED = "handler_failed"
    TIMEOUT = "timeout"
    UNUSABLE_RESULT = "unusable_result"
    RESULT_TOO_LARGE = "result_too_large"
    REJECTED = "rejected"


@record(frozen=True, slots=True)
class ToolRunResult:
    """How a call ended. `result` is what the agent gets; `problem` is `None` or what went wrong, for people.

    `duration_ms` is in milliseconds; `output` is what the handler printed, which the agent does not get. `problem` and
    `output` are clean; a successful `result` is as the handler gave it, for the agent is to have it unchanged.
    """

    outcome: ToolOutcome
    result: JsonValue
    duration_ms: float = 0.0
    problem: str | None = None
    output: str = ""


def error_result(code: ToolError, message: str) -> JsonObject:
    """The result of a failed call, as the agent gets it."""
    return {"error": {"code": code.value, "message": message}}


def failure(code: ToolError, message: str, duration_ms: float = 0.0, output: str = "") -> ToolRunResult:
    """A call that failed; also for calls that never reached a handler, such as a rejected one."""
    message = clean_text(message)
    if len(message) > _MAX_MESSAGE:
        message = f"{message[:_MAX_MESSAGE]}…"
    return ToolRunResult(ToolOutcome.ERROR, error_result(code, message), duration_ms, message, output)


class ToolRunner:
    """Validates arguments and runs handlers in threads of their own, with a time limit.

    Args:
        tools: What may be called. Of two with the same name the first counts.
        timeout: Seconds a handler may take unless its tool says otherwise.
        max_result_bytes: How large the JSON of a result may be.
    """

    def __init__(
        self,
        tools: Iterable[AnyTool] = (),
        timeout: float = DEFAULT_TIMEOUT,
        max_result_bytes: int = MAX_RESULT_BYTES,
    ) -> None:
        self.tools: dict[str, AnyTool] = {}
        self.replace(tools)
        self.timeout = timeout
        self._max_result_bytes = max_result_bytes

    def replace(self, tools: Iterable[AnyTool]) -> None:
        """Have other tools from now on; calls that run go on."""
        self.tools.clear()
        for tool in tools:
            self.tools.setdefault(tool.name, tool)

    @property
    def definitions(self) -> tuple[ToolDefinition, ...]:
        """The tools as the agent sees them."""
        return tuple(tool.definition for tool in self.tools.values())

    async def run(self, name: str, arguments: JsonValue) -> ToolRunResult:
        """Run one call to its end; cancelling this stops an async handler and lets go of any other."""
        tool = self.tools.get(name)
        if tool is None:
            return failure(ToolError.UNKNOWN_TOOL, self._unknown(name))
        started = perf_counter()
        limit = self.timeout if tool.timeout is None else tool.timeout
        worker = Worker(lambda finish: self._call(tool, arguments, finish, started), name=f"tool-{name}")
        try:
            worker.start()
        except RuntimeError as error:
            return failure(ToolError.HANDLER_FAILED, f"{name} could not be started: {error}")
        try:
            async with asyncio.timeout(limit):
                return await worker.finished
        except TimeoutError:
            stopped = worker.stop()
            return failure(ToolError.TIMEOUT, _timeout_message(name, limit, stopped=stopped), _since(started))
        except asyncio.CancelledError:
            worker.stop()
            raise

    def _call(
        self, tool: AnyTool, arguments: JsonValue, finish: Callable[[object], object], started: float
    ) -> ToolRunResult:
        """What happens in the handler's thread: validators and serialisers may be the user's code too."""
        with captured_output() as printed:
            try:
                result = as_json(finish(tool.function(**tool.bind(arguments))), self._max_result_bytes)
            except InvalidArguments as error:
                code, message = ToolError.INVALID_ARGUMENTS, f"{tool.name}: {error}"
            except ResultTooLarge as error:
                code, message = ToolError.RESULT_TOO_LARGE, f"{tool.name}: {error}"
            except UnusableResult as error:
                code, message = ToolError.UNUSABLE_RESULT, f"{tool.name}: {error}"
            except BaseException as error:  # noqa: BLE001  # a handler may raise anything, `SystemExit` included
                code, message = ToolError.HANDLER_FAILED, _describe(error)
            else:
                return ToolRunResult(ToolOutcome.SUCCESS, result, _since(started), output=clean_text(printed.text))
        return failure(code, message, _since(started), clean_text(printed.text))

    def _unknown(self, name: str) -> str:
        if not self.tools:
            return f"there is no tool {name!r}, nor any other, on this machine"
        near = difflib.get_close_matches(name, self.tools, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(self.tools))}"
        return f"there is no tool {name!r} on this machine; {hint}"


def _describe(error: BaseException) -> str:
    """Type and message, without the traceback; copes with exceptions that cannot be turned into text."""
    return "".join(traceback.format_exception_only(error)).strip()


def _timeout_message(name: str, limit: float, *, stopped: bool) -> str:
    if stopped:
        return f"{name} did not finish within {limit:g} s and was told to stop; part of its work may be done"
    return f"{name} did not finish within {limit:g} s; it cannot be stopped, so its effects may still come to pass"


def _since(started: float) -> float:
    return (perf_counter() - started) * 1000
