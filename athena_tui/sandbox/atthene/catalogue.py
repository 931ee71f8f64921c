"""The agents of the sandbox's workspace, as configurations a user could have written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from athena_tui.sandbox.json_text import JsonObject


@dataclass(frozen=True, slots=True)
class SavedAgent:
    """An agent saved in Agent Studio. Its key also names the script that plays it."""

    key: str
    config: JsonObject


def _single(key: str, name: str, description: str, prompt: str, **extra: object) -> SavedAgent:
    agent: JsonObject = {
        "name": key,
        "agent_type": "llm_agent",
        "description": description,
        "prompt_config": {"system_prompt": prompt},
        "llm_config": {"model": "gpt-4o", "temperature": 0.4},
        "streaming_config": {"enable_streaming": True, "show_output_to_user": True},
    }
    return SavedAgent(key, _graph(name, description, [agent], **extra))


def _graph(name: str, description: str, agents: list[JsonObject], **extra: object) -> JsonObject:
    names = [agent["name"] for agent in agents]
    path = ["__start__", *names, "__end__"]
    return {
        "name": name,
        "description": description,
        "architecture": "workflow",
        "entry_point": names[0],
        "save_messages": True,
        "persistent_state": True,
        "agents": agents,
        "edges": [{"from": start, "to": end} for start, end in pairwise(path)],
        **extra,
    }


_ONBOARDING_VARIABLES: JsonObject = {
    "user_id": {"type": "str", "description": "Customer number, such as user_12345"},
    "seats": {"type": "int", "description": "Seats to set up"},
    "language": {"type": "str", "description": "Language of the answers", "required": False, "default": "English"},
    "features": {
        "type": "list[str]",
        "description": "Features to switch on",
        "required": False,
        "default": ["search", "reports"],
    },
    "current_query": {
        "type": "str",
        "description": "What this one message is about",
        "require_every_execution": True,
    },
}


def _newsroom() -> SavedAgent:
    agents: list[JsonObject] = [
        {
            "name": name,
            "agent_type": kind,
            "description": description,
            "prompt_config": {"system_prompt": prompt},
            "llm_config": {"model": "claude-sonnet-4", "temperature": 0.3},
            "streaming_config": {"show_output_to_user": True},
            **({"tools": ["wikipedia_search"]} if kind == "react_agent" else {}),
        }
        for name, kind, description, prompt in (
            ("reporter", "react_agent", "Gathers facts", "Collect what is known, with sources."),
            ("writer", "llm_agent", "Writes the draft", "Turn the facts into a short article."),
            ("editor", "llm_agent", "Checks the draft", "Name what is unclear and what is missing."),
        )
    ]
    description = "Three agents in a row: facts, a draft, a review. Answers with three messages."
    return SavedAgent("newsroom", _graph("Newsroom", description, agents))


CATALOGUE: tuple[SavedAgent, ...] = (
    _single(
        "support_concierge",
        "Support Concierge",
        "Helps with accounts, passwords, invoices and refunds, and remembers your name.",
        "You are a helpful customer support agent. Provide accurate and friendly responses.",
    ),
    _single(
        "ledger_analyst",
        "Ledger Analyst",
        "Reads a quarter's ledger: tables, variances, what to look at next.",
        "You are a careful financial analyst. Show numbers in tables.",
    ),
    _single(
        "researcher",
        "Researcher",
        "Writes long reports in Markdown: headings, tables, code, quotes.",
        "You are a thorough researcher. Structure your answer.",
    ),
    _newsroom(),
    _single(
        "onboarding",
        "Onboarding",
        "Takes variables: some stay for the session, one is needed with every message.",
        "Set up {{ variables.seats }} seats for {{ variables.user_id }} in {{ variables.language }}.",
        variables=_ONBOARDING_VARIABLES,
    ),
    _single("slow", "Slow Thinker", "Takes its time: about eight seconds for an answer.", "Think first."),
    _single(
        "failing",
        "Failing",
        "Fails. Say timeout, 500, 429 or policy to choose how.",
        "Fail as asked.",
    ),
    _single("echo", "Echo", "Repeats what it was sent: text, pictures, files, variables.", "Repeat."),
    _single("echo_reference", "Echo (reference shape)", "Echo, in the API reference's answer shape.", "Repeat."),
    _single("echo_guide", "Echo (guide shape)", "Echo, in the connecting guide's answer shape.", "Repeat."),
)
