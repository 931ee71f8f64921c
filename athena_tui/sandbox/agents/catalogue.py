"""Every agent of the sandbox, in the order of the storefront."""

from __future__ import annotations

from collections.abc import Mapping

from athena_tui.sandbox.agents.brittle import BRITTLE
from athena_tui.sandbox.agents.concierge import CONCIERGE
from athena_tui.sandbox.agents.echo import ECHO
from athena_tui.sandbox.agents.gatekeeper import GATEKEEPER
from athena_tui.sandbox.agents.illustrator import ILLUSTRATOR
from athena_tui.sandbox.agents.ledger import LEDGER_ANALYST
from athena_tui.sandbox.agents.metronome import METRONOME
from athena_tui.sandbox.agents.postcard import POSTCARD_WRITER
from athena_tui.sandbox.agents.researcher import RESEARCHER
from athena_tui.sandbox.agents.sorter import SORTER
from athena_tui.sandbox.agents.steps import Agent, Script, Text, Turn


def _locked(_turn: Turn) -> Script:
    yield Text("Nobody should be here.")


_ATTIC = Agent(
    key="attic000000000000000",
    name="Attic",
    description="An agent that is not open to the API.",
    category="Workshop",
    credits=1.0,
    script=_locked,
    api_enabled=False,
)

AGENTS: tuple[Agent, ...] = (
    CONCIERGE,
    LEDGER_ANALYST,
    RESEARCHER,
    GATEKEEPER,
    ILLUSTRATOR,
    POSTCARD_WRITER,
    SORTER,
    METRONOME,
    ECHO,
    BRITTLE,
    _ATTIC,
)
_BY_KEY: Mapping[str, Agent] = {agent.key: agent for agent in AGENTS}


def agent_by_id(agent_id: str) -> Agent | None:
    """The agent with this record id, with or without its `agent:` prefix."""
    return _BY_KEY.get(agent_id.removeprefix("agent:"))
