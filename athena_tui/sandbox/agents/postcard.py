"""Postcard writer: takes variables instead of a message; its price depends on them."""

from __future__ import annotations

from athena_tui.sandbox.agents.steps import Agent, PriceRule, Script, Text, Turn

_OPENINGS = {
    "friendly": "Dear {who},\n\ngreetings from {place}! The view is good, the bread is better, and I thought of you.",
    "professional": "Dear {who},\n\nI write from {place}, where matters proceed as planned and the coffee is adequate.",
    "poetic": "{who} –\n\nin {place} the evening folds its maps; a gull reads the harbour aloud, and I listen.",
}
_MIDDLE = {
    "short": "More when I am back.",
    "long": (
        "Yesterday we walked along the old wall until the rain found us. A woman with a blue umbrella lent it to us "
        "without a word and was gone before we could ask her name.\n\nI have decided to carry a second umbrella from "
        "now on, for somebody else. More when I am back."
    ),
}
_VARIABLES = {
    "type": "object",
    "properties": {
        "recipient": {"type": "string", "title": "Recipient", "description": "Who gets the card", "default": "Ada"},
        "place": {"type": "string", "title": "Place", "description": "Where it comes from", "default": "Lisbon"},
        "tone": {"type": "string", "title": "Tone", "enum": list(_OPENINGS), "default": "friendly"},
        "length": {"type": "string", "title": "Length", "enum": list(_MIDDLE), "default": "short"},
        "signature": {"type": "boolean", "title": "Sign it", "default": True},
    },
    "required": ["recipient"],
}


def postcard(turn: Turn) -> Script:
    """Write the card."""
    given = turn.variables
    opening = _OPENINGS.get(str(given.get("tone")), _OPENINGS["friendly"])
    who, place = str(given.get("recipient") or "Ada"), str(given.get("place") or "Lisbon")
    yield Text(opening.format(who=who, place=place) + "\n\n", rate=70)
    yield Text(_MIDDLE.get(str(given.get("length")), _MIDDLE["short"]) + "\n", rate=70)
    if turn.message:
        yield Text(f"\nP.S. {' '.join(turn.message.split())}\n", rate=70)
    if given.get("signature", True):
        yield Text("\n*Yours, the Postcard writer*\n", rate=70)


POSTCARD_WRITER = Agent(
    key="postcardwriter000000",
    name="Postcard writer",
    description="Writes a postcard from a form; longer and more poetic ones cost more.",
    category="Studio",
    credits=1.0,
    script=postcard,
    requires_user_message=False,
    variables=_VARIABLES,
    price_rules=(
        PriceRule("long card", "length", "long", 2.0),
        PriceRule("poetic licence", "tone", "poetic", 0.5),
    ),
)
