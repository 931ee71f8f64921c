"""An agent defined in a file, checked here before it is sent.

Follows the YAML Configuration, Agent Types, Agent Capabilities, Knowledge Base and Variables System pages. What those
pages forbid is an error; what this version merely does not know is a warning, for the platform may know it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from athena_tui.client.atthene.configuration_rules import Finding, check
from athena_tui.client.atthene.variables import variables_schema
from athena_tui.client.errors import InvalidRequest
from athena_tui.client.models import Agent, DefinedAgent, JsonObject
from athena_tui.client.sanitise import clean_text

if TYPE_CHECKING:
    from athena_tui.client.atthene.configuration_file import Document


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a configuration file, for people. `line` counts from 1."""

    path: Path
    message: str
    key: str = ""
    line: int | None = None
    is_error: bool = True

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        message = self.message if self.is_error else f"warning: {self.message}"
        return clean_text(f"{place}: {self.key}: {message}" if self.key else f"{place}: {message}")


class InvalidConfiguration(InvalidRequest):
    """An agent's configuration file is wrong. `problems` says where."""

    default_code = "invalid_configuration"
    default_remedy = "Correct the file, then send again."

    def __init__(self, problems: Iterable[Problem], *, status: int | None = None) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)), status=status)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that passed; `warnings` is what is odd about it."""

    path: Path
    document: Document
    value: JsonObject
    warnings: tuple[Problem, ...] = ()

    @property
    def agent(self) -> Agent:
        """The agent it defines. Its id is the configuration's name."""
        name = clean_text(str(self.value.get("name", "")))
        description = clean_text(str(self.value.get("description") or f"Defined in {self.path.name}"))
        return Agent(name, name, description, variables=variables_schema(self.value.get("variables")))

    def problem(self, key: str, message: str, *, is_error: bool = True) -> Problem:
        """Something about one of its keys."""
        return Problem(self.path, message, key, self.document.line(key), is_error)


def load_configuration(path: Path) -> Configuration:
    """Read and check a file. Blocks.

    Raises:
        InvalidConfiguration: It cannot be read, or breaks a rule.
    """
    # The YAML parser is loaded by those who have such a file.
    from athena_tui.client.atthene.configuration_file import UnreadableFile, read_document

    try:
        document = read_document(path)
    except UnreadableFile as error:
        raise InvalidConfiguration([Problem(path, error.message, line=error.line)]) from error
    if not isinstance(document.value, dict):
        raise InvalidConfiguration([Problem(path, "A configuration is a mapping of keys to values.", line=1)])
    configuration = Configuration(path, document, document.value)
    problems = [_problem(configuration, finding) for finding in check(document.value)]
    if any(problem.is_error for problem in problems):
        raise InvalidConfiguration(problems)
    return Configuration(path, document, document.value, tuple(problems))


def defined_agent(path: Path) -> DefinedAgent:
    """The agent in a file; see `registry.defined_agent`."""
    configuration = load_configuration(path)
    return DefinedAgent(configuration.agent, tuple(map(str, configuration.warnings)))


def _problem(configuration: Configuration, finding: Finding) -> Problem:
    return configuration.problem(finding.key, finding.message, is_error=finding.is_error)
