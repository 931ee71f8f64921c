"""What the agents say. Each script is a pure function of a turn, so the same question has the same answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from athena_tui.sandbox.atthene.content import Content
from athena_tui.sandbox.atthene.failures import ApiFailure, invalid_request
from athena_tui.sandbox.atthene.prose import ledger, report
from athena_tui.sandbox.atthene.variables import render
from athena_tui.sandbox.json_text import JsonObject, encode


@dataclass(frozen=True, slots=True)
class Turn:
    """What a script sees. `earlier` is what the user said before, oldest first; `attempt` counts from 1."""

    config: JsonObject
    content: Content
    variables: Mapping[str, object]
    earlier: tuple[str, ...] = ()
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Said:
    """One message of an agent."""

    text: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """How a script answers. `seconds` is how long it thinks."""

    messages: tuple[Said, ...] = ()
    seconds: float = 0.6
    status: Literal["completed", "error", "timeout"] = "completed"
    error: str | None = None
    tool_calls: tuple[JsonObject, ...] = field(default=())


Script = Callable[[Turn], Reply]


def answer(script: str, turn: Turn) -> Reply:
    """What the script with this name says; a configuration nobody scripted is played by its own agents."""
    return _SCRIPTS.get(script, _play_configuration)(turn)


def _echo(turn: Turn) -> Reply:
    lines = [turn.content.text]
    lines += [f"- picture: `{picture.url}`" for picture in turn.content.pictures]
    lines += [f"- file: `{url}`" for url in turn.content.files]
    if turn.variables:
        lines.append(f"\n```json\n{encode(turn.variables)}\n```")
    return Reply((Said("\n".join(lines)),), seconds=0.1)


def _support_concierge(turn: Turn) -> Reply:
    text = turn.content.text.lower()
    if turn.content.pictures:
        return _one(
            "Thank you for the picture. I can see the screen you mean: **which of its fields shows the error?**"
        )
    topics = {
        ("password", "sign in", "login"): (
            "To reset your password:\n\n1. Open **Settings → Security**.\n2. Choose *Reset password*.\n"
            "3. Follow the link we send you; it works for 30 minutes."
        ),
        ("refund", "money back"): "Refunds are possible for **30 days**. Tell me the order number and I start one.",
        ("invoice", "bill"): "Your invoices are under **Settings → Billing**. The newest one is of 1 November 2026.",
        ("human", "person"): "I have asked a colleague to take over. They usually write within ten minutes.",
    }
    for words, reply in topics.items():
        if any(word in text for word in words):
            return _one(reply)
    name = _name((*turn.earlier, turn.content.text))
    hello = f"Hello {name}!" if name else "Hello!"
    return _one(f"{hello} I'd be happy to help you with your account. What specific issue are you experiencing?")


def _name(said: tuple[str, ...]) -> str | None:
    for text in reversed(said):
        match = re.search(r"\b(?:my name is|i am|i'm)\s+([A-Z]\w+)", text, re.IGNORECASE)
        if match:
            return match[1].capitalize()
    return None


def _onboarding(turn: Turn) -> Reply:
    values = turn.variables
    features = values.get("features")
    listed = ", ".join(map(str, features)) if isinstance(features, list) else "none"
    return _one(
        f"Setting up **{values.get('seats')} seats** for `{values.get('user_id')}` in {values.get('language')}.\n\n"
        f"- Features: {listed}\n- This message is about: {values.get('current_query')}\n"
        f"- Messages so far: {len(turn.earlier) + 1}"
    )


def _newsroom(turn: Turn) -> Reply:
    topic = turn.content.text.strip().splitlines()[0][:80] if turn.content.text.strip() else "the attached files"
    facts = (
        f"## Facts on “{topic}”\n\n- Two independent sources agree on the dates.\n- One number is still unconfirmed."
    )
    draft = f"## Draft\n\nIt began quietly. By the end of the week, *{topic}* was on every desk."
    review = (
        "## Review\n\n| passage | note |\n| --- | --- |\n"
        "| first sentence | say who and when |\n| the number | confirm or cut |"
    )
    said = (Said(facts, "reporter"), Said(draft, "writer"), Said(review, "editor"))
    call: JsonObject = {"id": "call_wikipedia_1", "name": "wikipedia_search", "args": {"query": topic}}
    return Reply(said, seconds=2.0, tool_calls=(call,))


def _slow(turn: Turn) -> Reply:
    return Reply((Said(f"I thought about it for eight seconds. “{turn.content.text}” deserves nothing less."),), 8.0)


def _failing(turn: Turn) -> Reply:
    text = turn.content.text.lower()
    if "timeout" in text:
        return Reply(seconds=1.0, status="timeout", error="The agent did not finish in time.")
    if "policy" in text:
        raise invalid_request("The message was refused by the content policy.")
    if "500" in text:
        raise ApiFailure(500, "server_error", "Internal server error")
    if "429" in text and turn.attempt % 3:
        raise ApiFailure(429, "rate_limit_error", "Rate limit exceeded")
    if "429" in text:
        return _one("The third attempt was let through.")
    return Reply(seconds=0.4, status="error", error="Tool tavily_search failed: upstream returned 503.")


def _play_configuration(turn: Turn) -> Reply:
    """Every agent along the edges speaks once, unless its output is hidden from the user."""
    said = []
    for agent in _in_order(turn.config):
        streaming = agent.get("streaming_config")
        if isinstance(streaming, dict) and streaming.get("show_output_to_user") is False:
            continue
        name = str(agent.get("name", "agent"))
        prompts = agent.get("prompt_config")
        prompt = prompts.get("system_prompt") if isinstance(prompts, dict) else agent.get("system_prompt")
        told = render(prompt or "nothing in particular", turn.variables)
        said.append(Said(f"**{name}** here, told “{told}”. You wrote: {turn.content.text}", name))
    return Reply(tuple(said), seconds=0.3 * len(said))


def _in_order(config: JsonObject) -> list[JsonObject]:
    agents = config.get("agents")
    if not isinstance(agents, list):
        return [config]
    by_name = {agent["name"]: agent for agent in agents}
    following = {edge["from"]: edge["to"] for edge in config.get("edges", [])}
    order: list[JsonObject] = []
    name = config.get("entry_point")
    while name in by_name and by_name[name] not in order:
        order.append(by_name[name])
        name = following.get(name)
    return order


def _one(text: str) -> Reply:
    return Reply((Said(text),))


_SCRIPTS: dict[str, Script] = {
    "support_concierge": _support_concierge,
    "ledger_analyst": lambda turn: Reply((Said(ledger(turn.content.text)),), seconds=1.2),
    "researcher": lambda turn: Reply((Said(report(turn.content.text)),), seconds=2.5),
    "newsroom": _newsroom,
    "onboarding": _onboarding,
    "slow": _slow,
    "failing": _failing,
    "echo": _echo,
    "echo_reference": _echo,
    "echo_guide": _echo,
}
