"""Illustrator: has a picture painted, which takes a while."""

from __future__ import annotations

from athena_tui.sandbox.agents.steps import Agent, NodeEnd, NodeStart, Picture, Reasoning, Script, Text, Turn

PICTURE_CREDITS = 5.0


def illustrator(turn: Turn) -> Script:
    """Plan, paint, comment. A sketch is quick; a painting takes long enough for heartbeats."""
    sketch = "sketch" in turn.message.lower()
    yield Reasoning("Composition first: one light, three planes, nothing in the exact middle. Then let it dry.")
    yield Text("A quick sketch, then.\n\n" if sketch else "Mixing colours. This takes about twenty seconds.\n\n")
    yield NodeStart("media_1")
    yield Picture(turn.message, seconds=3.0 if sketch else 20.0, credits=PICTURE_CREDITS)
    yield NodeEnd("media_1")
    yield Text(
        f"There it is: **{' '.join(turn.message.split())[:80]}** – or at least the hills behind it. I only ever "
        "paint hills. The same words always give the same picture; change one, and the weather changes too."
    )


ILLUSTRATOR = Agent(
    key="illustrator000000000",
    name="Illustrator",
    description="Paints a small landscape for your words. Say “sketch” if you are in a hurry.",
    category="Studio",
    credits=1.0,
    script=illustrator,
)
