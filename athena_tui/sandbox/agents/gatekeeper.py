"""Gatekeeper: drafts something and does nothing with it until a person says yes."""

from __future__ import annotations

import re

from athena_tui.sandbox.agents.steps import (
    Agent,
    NodeEnd,
    NodeStart,
    Reasoning,
    Script,
    ServerTool,
    Text,
    Turn,
    ask_person,
)


def gatekeeper(turn: Turn) -> Script:
    """Draft, ask, then send or put away."""
    recipient, subject = _brief(turn.message)
    yield Reasoning("A mail goes out in somebody's name. Draft it, show it in full, and wait for a yes.")
    yield Text(
        f"Here is a draft.\n\n> **To:** {recipient}\n> **Subject:** {subject[:1].upper()}{subject[1:]}\n>\n"
        f"> Hello,\n>\n> a short note about {subject}. The essentials are done, two smaller points are open, and "
        "nothing is on fire. If you see it differently, tell me before Thursday noon.\n>\n> Warm regards\n\n"
    )
    yield NodeStart("gate_1")
    decision = yield from ask_person(f"Send this mail to {recipient}?")
    yield NodeEnd("gate_1")
    if decision.approved:
        yield NodeStart("send_1")
        yield ServerTool(
            "send_mail", {"to": recipient, "subject": subject}, {"status": "queued", "recipients": 1}, seconds=0.7
        )
        yield NodeEnd("send_1")
        remark = f" I added your remark: *{decision.comment}*" if decision.comment else ""
        yield Text(f"Sent to **{recipient}**.{remark} (In the sandbox, “sent” means that nobody was disturbed.)")
    elif decision.comment:
        yield Text(f"Not sent. I have noted why: *{decision.comment}*. Tell me what to change and I will draft again.")
    else:
        yield Text("Not sent, and no hard feelings. The draft stays here in case you change your mind.")


def _brief(message: str) -> tuple[str, str]:
    recipient = re.search(r"\bto ((?:the |my )?\w+)", message)
    subject = re.search(r"\babout (.+?)[.?!]*$", message.strip(), re.DOTALL)
    return recipient[1] if recipient else "the team", " ".join(subject[1].split())[:80] if subject else "the release"


GATEKEEPER = Agent(
    key="gatekeeper0000000000",
    name="Gatekeeper",
    description="Drafts a mail and asks you before it sends.",
    category="Work",
    credits=1.0,
    script=gatekeeper,
    server_tools=("send_mail",),
)
