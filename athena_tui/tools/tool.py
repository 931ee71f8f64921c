"""What a client tool is, and the decorator that makes one of a function.

Follows the Client tools page: the name's pattern, and `parameters` as a JSON Schema of type object.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

from athena_tui.client.models import JsonObject, JsonValue, ToolDefinition
from athena_tui.tools.errors import ToolDefinitionError

if TYPE_CHECKING:
    from athena_tui.tools.arguments import Arguments

P = ParamSpec("P")
R = TypeVar("R")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class ToolPolicy(StrEnum):
    """What happens when the agent calls a tool."""

    AUTO = "auto"
    """The handler runs at once."""
    ASK = "ask"
    """The handler runs after a person agreed."""
    MANUAL = "manual"
    """A person answers instead of the handler."""
    STUB = "stub"
    """A canned answer is given instead of the handler's."""
    OFF = "off"
    """The agent is not told about the tool."""


@dataclass(frozen=True, slots=True, eq=False)
class ClientTool(Generic[P, R]):
    """A function an agent may call. Calling the tool itself calls the function, unvalidated.

    `timeout` is in seconds, `None` for the runner's own; `policy` is what the tool's author thinks right.
    """

    name: str
    description: str
    function: Callable[P, R]
    arguments: Arguments = field(repr=False)
    timeout: float | None = None
    policy: ToolPolicy = ToolPolicy.AUTO

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        return self.function(*args, **kwargs)

    @property
    def parameters(self) -> JsonObject:
        """The JSON Schema of the arguments, self-contained and of type object."""
        return self.arguments.schema

    @property
    def definition(self) -> ToolDefinition:
        """The tool as the agent sees it."""
        return ToolDefinition(name=self.name, description=self.description, parameters=self.parameters)

    @property
    def location(self) -> str:
        """Where the function is written, as `file:line`."""
        code = inspect.unwrap(self.function).__code__
        return f"{code.co_filename}:{code.co_firstlineno}"

    def bind(self, arguments: JsonValue) -> dict[str, Any]:
        """Validate what the agent sent and turn it into what the function takes.

        Raises:
            InvalidArguments: Something is missing, unexpected or of the wrong kind.
        """
        return self.arguments.bind(arguments)


AnyTool: TypeAlias = ClientTool[..., Any]


@overload
def tool(function: Callable[P, R], /) -> ClientTool[P, R]: ...


@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = None,
    policy: ToolPolicy = ToolPolicy.AUTO,
) -> Callable[[Callable[P, R]], ClientTool[P, R]]: ...


def tool(
    function: Callable[P, R] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = None,
    policy: ToolPolicy = ToolPolicy.AUTO,
) -> ClientTool[P, R] | Callable[[Callable[P, R]], ClientTool[P, R]]:
    """Make a client tool of a plain or async function with type hints; with or without arguments of its own.

    Args:
        function: The handler.
        name: What the agent calls it; the function's name by default.
        description: What the agent reads about it; the docstring by default.
        timeout: Seconds the handler may take; the runner's limit by default.
        policy: What happens when the agent calls it, until the user says otherwise.

    Raises:
        ToolDefinitionError: The function cannot be offered to an agent as it is written.
    """

    def make(function: Callable[P, R]) -> ClientTool[P, R]:
        return _make(function, name, description, timeout, policy)

    return make if function is None else make(function)


def _make(
    function: Callable[P, R], name: str | None, description: str | None, timeout: float | None, policy: ToolPolicy
) -> ClientTool[P, R]:
    # pydantic takes longer to import than everything else here together.
    from athena_tui.tools.arguments import Arguments
    from athena_tui.tools.docstring import parse_docstring

    if not inspect.isfunction(function):
        raise ToolDefinitionError(f"@tool needs a function, not {function!r}")
    name = function.__name__ if name is None else name
    if not _NAME.fullmatch(name):
        raise ToolDefinitionError(
            f"{name!r} cannot be a tool's name: it must begin with a small letter and continue with at most 63 small "
            'letters, digits or underscores; choose another with @tool(name="…")'
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ToolDefinitionError(f"{name}: a tool returns its result once; it cannot be a generator")
    if timeout is not None and not timeout > 0:
        raise ToolDefinitionError(f"{name}: the timeout must be more than 0 seconds, not {timeout!r}")
    documented = parse_docstring(inspect.getdoc(function) or "")
    return ClientTool(
        name=name,
        description=documented.summary if description is None else description,
        function=function,
        arguments=Arguments(name, function, documented.arguments),
        timeout=timeout,
        policy=ToolPolicy(policy),
    )
