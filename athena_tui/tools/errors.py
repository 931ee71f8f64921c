"""What can be wrong with a tool, its arguments or its result."""

from __future__ import annotations

from collections.abc import Sequence


class ToolDefinitionError(TypeError):
    """A function cannot be offered to an agent as it is written."""


class InvalidArguments(ValueError):
    """The agent's arguments do not fit the tool; each of `problems` names a field and says why."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class UnusableResult(ValueError):
    """What a handler returned cannot be sent as JSON."""


class ResultTooLarge(UnusableResult):
    """What a handler returned is larger than we are willing to send."""
