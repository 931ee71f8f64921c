"""Things to try."""

from __future__ import annotations

import pytest

from athena_tui.client.models import Agent
from athena_tui.sandbox.agents.catalogue import AGENTS
from athena_tui.tui.suggestions import invitations


@pytest.mark.parametrize("name", [agent.name for agent in AGENTS if agent.api_enabled])
def test_every_agent_of_the_sandbox_has_something_of_its_own(name: str) -> None:
    assert len({each.value for each in invitations(Agent("agent:1", name))}) == 3


def test_a_stranger_is_only_asked_what_its_description_quotes() -> None:
    assert invitations(Agent("agent:1", "Anybody", "Does everything.")) == ()
    quoted = invitations(Agent("agent:1", "Counter", "Streams “500 tokens at 100/s” and more."))
    assert [each.value for each in quoted] == ["500 tokens at 100/s"]
