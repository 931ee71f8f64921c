"""The documented rules of an agent configuration, as a pure function of its value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from athena_tui.client.atthene.variables import type_schema
from athena_tui.client.models import JsonObject, JsonValue

_ROOT_KEYS = (
    *("name", "description", "architecture", "entry_point", "save_messages", "persistent_state"),
    *("recursion_limit", "agents", "edges", "tools", "variables"),
)
_AGENT_KEYS = (
    *("name", "agent_type", "description", "prompt_config", "system_prompt", "llm_config", "tools", "tool_calling"),
    *("knowledge_bases", "streaming_config", "variable_assignments"),
)
_VARIABLE_KEYS = ("type", "default", "description", "required", "require_every_execution", "mode", "separator")
_AGENT_TYPES = ("llm_agent", "react_agent", "supervisor")
_TOOLS = (
    *("tavily_search", "tavily_extract", "google_search", "calculator", "randomizer", "wikipedia_search"),
    *("arxiv_search", "youtube_search", "python_repl", "memory", "schedule_agent_task", "manage_agent_tasks"),
)
_START, _END = "__start__", "__end__"
_USED_VARIABLE = re.compile(r"\{\{\s*variables\.(\w+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, or something this version does not know."""

    key: str
    message: str
    is_error: bool = True


def check(value: JsonObject) -> list[Finding]:
    """Everything there is to say about a configuration, in the graph form or the older flat form."""
    is_graph = "agents" in value or "agent_type" not in value
    findings = [*_required_text(value, "name", "")]
    if is_graph:
        findings += _root(value)
        findings += _misspelt(value, _ROOT_KEYS, "")
    else:
        findings += _agent(value, "")
    return [*findings, *_variables(value.get("variables")), *_used_variables(value)]


def _root(value: JsonObject) -> Iterator[Finding]:
    yield from _required_text(value, "description", "")
    yield from _one_of(value, "architecture", ("workflow", "supervisor"), "")
    yield from _flag(value, "save_messages", "")
    yield from _flag(value, "persistent_state", "")
    limit = value.get("recursion_limit")
    if limit is not None and not _is_whole(limit, 1):
        yield Finding("recursion_limit", "must be a whole number.")
    elif isinstance(limit, int) and not 5 <= limit <= 50:
        yield Finding("recursion_limit", "is usually limited to 5 to 50.", is_error=False)
    agents = value.get("agents")
    if not isinstance(agents, list) or not agents:
        yield Finding("agents", "is required: a list of at least one agent.")
        return
    names = [agent.get("name") for agent in agents if isinstance(agent, dict)]
    for index, agent in enumerate(agents):
        key = f"agents[{index}]"
        if not isinstance(agent, dict):
            yield Finding(key, "must be a mapping.")
            continue
        yield from _required_text(agent, "name", f"{key}.")
        if isinstance(agent.get("name"), str) and agent.get("name") in names[:index]:
            yield Finding(f"{key}.name", f"{agent['name']} is the name of another agent, too.")
        yield from _agent(agent, f"{key}.")
    known = [name for name in names if isinstance(name, str)]
    if value.get("entry_point") not in known:
        yield Finding("entry_point", f"is required and must name an agent: {', '.join(known) or 'none has a name'}.")
    yield from _edges(value.get("edges"), known)


def _edges(edges: JsonValue, agents: Sequence[str]) -> Iterator[Finding]:
    if edges is None:
        return
    if not isinstance(edges, list):
        yield Finding("edges", "must be a list of from and to.")
        return
    for index, edge in enumerate(edges):
        for end, outside in (("from", _START), ("to", _END)):
            place = edge.get(end) if isinstance(edge, dict) else None
            if place != outside and place not in agents:
                yield Finding(f"edges[{index}].{end}", f"must be {outside} or name an agent, not {place!r}.")


def _agent(agent: JsonObject, prefix: str) -> Iterator[Finding]:
    if agent.get("agent_type") is None:
        yield Finding(f"{prefix}agent_type", f"is required: {', '.join(_AGENT_TYPES)}.")
    yield from _one_of(agent, "agent_type", _AGENT_TYPES, prefix)
    prompts = agent.get("prompt_config")
    if prompts is not None and not isinstance(prompts, dict):
        yield Finding(f"{prefix}prompt_config", "must be a mapping with system_prompt.")
    llm = agent.get("llm_config")
    if isinstance(llm, dict):
        yield from _between(llm, "temperature", 0.0, 1.0, f"{prefix}llm_config.")
        if llm.get("max_tokens") is not None and not _is_whole(llm["max_tokens"], 1):
            yield Finding(f"{prefix}llm_config.max_tokens", "must be a whole number above 0.")
    elif llm is not None:
        yield Finding(f"{prefix}llm_config", "must be a mapping.")
    yield from _tools(agent, prefix)
    yield from _knowledge_bases(agent.get("knowledge_bases"), f"{prefix}knowledge_bases")
    streaming = agent.get("streaming_config")
    if isinstance(streaming, dict):
        yield from _flag(streaming, "enable_streaming", f"{prefix}streaming_config.")
        yield from _flag(streaming, "show_output_to_user", f"{prefix}streaming_config.")
    elif streaming is not None:
        yield Finding(f"{prefix}streaming_config", "must be a mapping.")
    if prefix:
        yield from _misspelt(agent, _AGENT_KEYS, prefix)


def _tools(agent: JsonObject, prefix: str) -> Iterator[Finding]:
    tools = agent.get("tools")
    if tools is None:
        return
    if not isinstance(tools, list):
        yield Finding(f"{prefix}tools", "must be a list.")
        return
    for index, tool in enumerate(tools):
        if not isinstance(tool, str | dict):
            yield Finding(f"{prefix}tools[{index}]", "must be a tool's name or a mapping.")
        elif isinstance(tool, str) and tool not in _TOOLS:
            yield Finding(
                f"{prefix}tools[{index}]", f"{tool} is not a documented tool.{_hint(tool, _TOOLS)}", is_error=False
            )
    if tools and agent.get("agent_type") == "llm_agent":
        yield Finding(f"{prefix}tools", "an llm_agent uses no tools; a react_agent does.", is_error=False)


def _knowledge_bases(bases: JsonValue, key: str) -> Iterator[Finding]:
    if bases is None:
        return
    if not isinstance(bases, list):
        yield Finding(key, "must be a list.")
        return
    for index, base in enumerate(bases):
        if not isinstance(base, dict):
            yield Finding(f"{key}[{index}]", "must be a mapping.")
            continue
        yield from _one_of(base, "knowledge_base_type", ("milvus", "uknow"), f"{key}[{index}].")
        config = base.get("config")
        if isinstance(config, dict):
            yield from _between(config, "top_k", 1, 1000, f"{key}[{index}].config.")
            strategies = ("dense", "hybrid", "bm25", "hybrid_rrf")
            yield from _one_of(config, "strategy", strategies, f"{key}[{index}].config.")


def _variables(variables: JsonValue) -> Iterator[Finding]:
    if variables is None:
        return
    if not isinstance(variables, dict):
        yield Finding("variables", "must be a mapping of names to declarations.")
        return
    for name, spec in variables.items():
        key = f"variables.{name}"
        if not isinstance(spec, dict):
            yield Finding(key, "must be a mapping with at least a type.")
            continue
        notation = spec.get("type")
        if not isinstance(notation, str) or not notation.strip():
            yield Finding(f"{key}.type", "is required: str, int, float, bool, list[str], dict[str, int] and the like.")
        elif type_schema(notation) is None:
            yield Finding(f"{key}.type", f"{notation} is not a documented type.", is_error=False)
        if spec.get("required") is False and "default" not in spec:
            yield Finding(f"{key}.default", "is needed, because the variable is not required.")
        yield from _flag(spec, "required", f"{key}.")
        yield from _flag(spec, "require_every_execution", f"{key}.")
        yield from _one_of(spec, "mode", ("replace", "concat"), f"{key}.")
        yield from _misspelt(spec, _VARIABLE_KEYS, f"{key}.")


def _used_variables(value: JsonObject) -> Iterator[Finding]:
    """Prompts that mention a variable which is not declared."""
    variables = value.get("variables")
    declared = list(variables) if isinstance(variables, dict) else []
    agents = value.get("agents")
    places = [("", value)]
    if isinstance(agents, list):
        places += [(f"agents[{index}].", agent) for index, agent in enumerate(agents) if isinstance(agent, dict)]
    for prefix, place in places:
        prompts = place.get("prompt_config")
        nested = prompts.get("system_prompt") if isinstance(prompts, dict) else None
        for key, prompt in (("prompt_config.system_prompt", nested), ("system_prompt", place.get("system_prompt"))):
            for name in _USED_VARIABLE.findall(prompt) if isinstance(prompt, str) else ():
                if name not in declared:
                    message = f"uses the variable {name}, which is not declared.{_hint(name, declared)}"
                    yield Finding(f"{prefix}{key}", message, is_error=False)


def _required_text(value: JsonObject, name: str, prefix: str) -> Iterator[Finding]:
    text = value.get(name)
    if not isinstance(text, str) or not text.strip():
        yield Finding(f"{prefix}{name}", "is required: a text.")


def _one_of(value: JsonObject, name: str, choices: Sequence[str], prefix: str) -> Iterator[Finding]:
    given = value.get(name)
    if given is not None and given not in choices:
        yield Finding(f"{prefix}{name}", f"must be one of {', '.join(choices)}, not {given!r}.")


def _flag(value: JsonObject, name: str, prefix: str) -> Iterator[Finding]:
    if not isinstance(value.get(name), bool | None):
        yield Finding(f"{prefix}{name}", "must be true or false.")


def _between(value: JsonObject, name: str, least: float, most: float, prefix: str) -> Iterator[Finding]:
    given = value.get(name)
    if given is None:
        return
    if not isinstance(given, int | float) or isinstance(given, bool) or not least <= given <= most:
        yield Finding(f"{prefix}{name}", f"must be a number from {least} to {most}, not {given!r}.")


def _is_whole(value: JsonValue, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _misspelt(value: JsonObject, known: Sequence[str], prefix: str) -> Iterator[Finding]:
    """Keys that look like a documented one. The pages we know show not every key, so others are left alone."""
    for name in value:
        hint = "" if name in known else _hint(name, known)
        if hint:
            yield Finding(f"{prefix}{name}", f"is not a documented key.{hint}", is_error=False)


def _hint(name: str, known: Sequence[str]) -> str:
    match = get_close_matches(name, known, 1, 0.8)
    return f" Did you mean {match[0]}?" if match else ""
