"""Whom somebody means who gives an id, or a name."""

from __future__ import annotations

import pytest

from athena_tui.client.models import Agent
from athena_tui.client.naming import WhichAgent, agent_named

AGENTS = (
    Agent("customer_support_agent", "Customer Support"),
    Agent("820d6859", "Ledger"),
    Agent("c8dad229", "ledger"),
    Agent("Ledger Two", "Other"),
)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("customer_support_agent", "customer_support_agent"),
        ("customer support", "customer_support_agent"),
        (" CUSTOMER SUPPORT ", "customer_support_agent"),
        ("c8dad229", "c8dad229"),
        ("Ledger Two", "Ledger Two"),
        ("agent:nobody", "agent:nobody"),
        ("8B5E0F3C-2f6e-4c66-9d1a-0f0d8c3a1b2c", "8B5E0F3C-2f6e-4c66-9d1a-0f0d8c3a1b2c"),
    ],
)
def test_an_id_or_a_name_that_is_the_only_one(wanted: str, expected: str) -> None:
    assert agent_named(wanted, AGENTS) == expected


def test_a_name_that_several_have_names_them() -> None:
    with pytest.raises(WhichAgent, match="2 agents are called “LEDGER”") as caught:
        agent_named("LEDGER", AGENTS)
    assert caught.value.remedy == "Give the id: 820d6859 (Ledger), c8dad229 (ledger)."


@pytest.mark.parametrize("wanted", ["support agent", "support", "nope"])
def test_what_is_no_id_and_nobodys_name_names_those_there_are(wanted: str) -> None:
    with pytest.raises(WhichAgent) as caught:
        agent_named(wanted, AGENTS)
    assert "customer_support_agent (Customer Support)" in str(caught.value.remedy)
    assert agent_named(wanted, ()) == wanted
