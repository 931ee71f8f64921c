"""Brittle: fails half-way, always."""

from __future__ import annotations

from athena_tui.sandbox.agents.steps import Agent, Fail, Reasoning, Script, ServerTool, Text, Turn, Wait


def brittle(turn: Turn) -> Script:
    """Begin with confidence."""
    yield Reasoning("This time it will work. I have a good feeling about this one.")
    yield Text("Certainly! I have done this many times, and there is really nothing that could")
    yield ServerTool("check_floorboards", {"weight_kg": 80 + len(turn.message) % 20}, {"creaking": True}, 0.5, ok=False)
    yield Text(" go wr")
    yield Wait(0.8)
    yield Fail("provider_error", "The model provider closed the connection in the middle of the answer.")


BRITTLE = Agent(
    key="brittle0000000000000",
    name="Brittle",
    description="Fails half-way, so that you can see what a failure looks like. The credits come back.",
    category="Workshop",
    credits=2.0,
    script=brittle,
    server_tools=("check_floorboards",),
)
