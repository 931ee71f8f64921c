"""Which agent somebody means, who may know only its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from athena_tui.client.errors import InvalidRequest
from athena_tui.client.models import Agent
from athena_tui.client.sanitise import clean_text

AN_ID: Final = re.compile(r"\w+:\w+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""What is an agent's id and no name, so that nobody needs to be asked."""


class WhichAgent(InvalidRequest):
    """No agent, or more than one, has the name that was given."""

    default_code = "which_agent"


def agent_named(wanted: str, agents: Sequence[Agent]) -> str:
    """The id of an agent: given as such, or by a name that no other agent has; case does not matter in a name.

    What has the form of an id stays as it is, and so does anything where no agents are listed at all.

    Raises:
        WhichAgent: Several agents have the name, or none does; the remedy names candidates.
    """
    if any(agent.id == wanted for agent in agents):
        return wanted
    name = wanted.strip().casefold()
    found = [agent for agent in agents if agent.name.casefold() == name]
    if len(found) == 1:
        return found[0].id
    shown = clean_text(wanted)
    if found:
        raise WhichAgent(f"{len(found)} agents are called “{shown}”.", remedy=f"Give the id: {_candidates(found)}.")
    if agents and not AN_ID.fullmatch(name):
        words = name.split()
        alike = [agent for agent in agents if any(word in agent.name.casefold() for word in words)] or list(agents)
        raise WhichAgent(f"No agent is called “{shown}”.", remedy=f"There are {_candidates(alike)}.")
    return wanted


def _candidates(agents: Sequence[Agent], most: int = 8) -> str:
    named = [f"{agent.id} ({agent.name})" if agent.name != agent.id else agent.id for agent in agents[:most]]
    return ", ".join(named) + (" and others" if len(agents) > most else "")
