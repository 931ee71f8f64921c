"""The server's check of an agent configuration. Follows the YAML Configuration, Agent Types and Variables pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from athena_tui.sandbox.atthene.failures import FieldError
from athena_tui.sandbox.atthene.variables import type_check

AGENT_TYPES = ("llm_agent", "react_agent", "supervisor")
TOOLS = (
    "tavily_search",
    "tavily_extract",
    "google_search",
    "calculator",
    "randomizer",
    "wikipedia_search",
    "arxiv_search",
    "youtube_search",
    "python_repl",
    "memory",
    "schedule_agent_task",
    "manage_agent_tasks",
)


def validate(config: object) -> list[FieldError]:
    """Everything wrong with a configuration, in the graph form or the older flat form."""
    if not isinstance(config, dict):
        return [FieldError("", "The configuration must be an object.")]
    graph = "agents" in config or "agent_type" not in config
    checks = _graph(config) if graph else _agent(config, "")
    return [*_text(config, "name", ""), *checks, *_variables(config.get("variables"))]


def _graph(config: Mapping[str, object]) -> Iterator[FieldError]:
    yield from _text(config, "description", "")
    if config.get("architecture", "workflow") not in {"workflow", "supervisor"}:
        yield FieldError("architecture", "Must be workflow or supervisor.")
    for key in ("save_messages", "persistent_state"):
        if not isinstance(config.get(key, True), bool):
            yield FieldError(key, "Must be true or false.")
    limit = config.get("recursion_limit", 25)
    if not isinstance(limit, int) or isinstance(limit, bool) or not 5 <= limit <= 50:
        yield FieldError("recursion_limit", "Must be a whole number from 5 to 50.")
    agents = config.get("agents")
    if not isinstance(agents, list) or not agents:
        yield FieldError("agents", "At least one agent is required.")
        return
    names: list[str] = []
    for index, agent in enumerate(agents):
        path = f"agents[{index}]."
        if not isinstance(agent, dict):
            yield FieldError(path[:-1], "Must be an object.")
            continue
        yield from _text(agent, "name", path)
        if agent.get("name") in names:
            yield FieldError(f"{path}name", "Agent names must be unique.")
        names.append(str(agent.get("name")))
        yield from _agent(agent, path)
    if config.get("entry_point") not in names:
        yield FieldError("entry_point", "Must name one of the agents.")
    yield from _edges(config.get("edges", []), {*names, "__start__", "__end__"})


def _agent(agent: Mapping[str, object], path: str) -> Iterator[FieldError]:
    if agent.get("agent_type") not in AGENT_TYPES:
        yield FieldError(f"{path}agent_type", f"Must be one of {', '.join(AGENT_TYPES)}.")
    llm = agent.get("llm_config", {})
    if not isinstance(llm, dict):
        yield FieldError(f"{path}llm_config", "Must be an object.")
    else:
        temperature = llm.get("temperature", 0.5)
        if not isinstance(temperature, int | float) or isinstance(temperature, bool) or not 0 <= temperature <= 1:
            yield FieldError(f"{path}llm_config.temperature", "Must be a number from 0.0 to 1.0.")
    tools = agent.get("tools", [])
    if not isinstance(tools, list):
        yield FieldError(f"{path}tools", "Must be a list.")
        return
    for index, tool in enumerate(tools):
        if isinstance(tool, str) and tool not in TOOLS:
            yield FieldError(f"{path}tools[{index}]", f"Unknown tool {tool!r}.")


def _edges(edges: object, nodes: set[str]) -> Iterator[FieldError]:
    if not isinstance(edges, list):
        yield FieldError("edges", "Must be a list.")
        return
    for index, edge in enumerate(edges):
        if not isinstance(edge, dict):
            yield FieldError(f"edges[{index}]", "Must be an object with from and to.")
            continue
        for end in ("from", "to"):
            if edge.get(end) not in nodes:
                yield FieldError(f"edges[{index}].{end}", "Must name an agent, __start__ or __end__.")


def _variables(variables: object) -> Iterator[FieldError]:
    if variables is None:
        return
    if not isinstance(variables, dict):
        yield FieldError("variables", "Must be an object.")
        return
    for name, spec in variables.items():
        path = f"variables.{name}"
        if not isinstance(spec, dict) or not isinstance(spec.get("type"), str):
            yield FieldError(f"{path}.type", "A type is required.")
            continue
        try:
            type_check(spec["type"])
        except ValueError as error:
            yield FieldError(f"{path}.type", f"{str(error).capitalize()}.")
        if spec.get("required", True) is False and "default" not in spec:
            yield FieldError(f"{path}.default", "A variable that is not required needs a default.")
        if spec.get("mode", "replace") not in {"replace", "concat"}:
            yield FieldError(f"{path}.mode", "Must be replace or concat.")


def _text(value: Mapping[str, object], key: str, path: str) -> Iterator[FieldError]:
    text = value.get(key)
    if not isinstance(text, str) or not text.strip():
        yield FieldError(f"{path}{key}", "Required.")
