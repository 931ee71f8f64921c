"""Echo: says what it was told."""

from __future__ import annotations

from athena_tui.sandbox.agents.steps import Agent, Script, Text, Turn


def echo(turn: Turn) -> Script:
    """The message, then the names of what came with it."""
    yield Text(turn.message)
    if turn.attachments:
        names = ", ".join(f"`{item.get('filename') or item['storage_key']}`" for item in turn.attachments)
        yield Text(f"\n\nWith it came {names}.")


ECHO = Agent(
    key="echo0000000000000000",
    name="Echo",
    description="Repeats what you say, in the quickstart's own words on the wire.",
    category="Workshop",
    credits=0.1,
    script=echo,
    quickstart_order=True,
)
