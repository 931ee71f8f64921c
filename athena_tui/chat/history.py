"""A conversation's stored messages as turns and parts, the way they looked while they were streamed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from itertools import count

from athena_tui.chat.parts import (
    GrowingText,
    NoticePart,
    Part,
    ReasoningPart,
    TextPart,
    ToolPart,
    ToolState,
    Turn,
    UsagePart,
    UserPart,
)
from athena_tui.client.json_text import read_json
from athena_tui.client.models import JsonObject, JsonValue, Message, Role, RunRequest, ToolOutcome
from athena_tui.store.ended_runs import EndedRun, Thought

_turn_roles = {Role.USER: Role.USER, Role.SYSTEM: Role.SYSTEM}


def turns_of(
    messages: Sequence[Message], first_id: int = -1, told: Mapping[str, EndedRun] | None = None
) -> tuple[list[Turn], list[Part]]:
    """Build turns from messages, oldest first; what an agent and its tools said in a row is one turn.

    Args:
        messages: One page of history, oldest first.
        first_id: The turns are numbered downwards from here, so that they never meet the numbers of live turns.
        told: What is remembered of runs, by their ids.
    """
    told = told or {}
    turns: list[Turn] = []
    parts: list[Part] = []
    open_calls: dict[str, ToolPart] = {}
    numbers = count(first_id, -1)
    for message in messages:
        role = _turn_roles.get(message.role, Role.ASSISTANT)
        if not turns or role is not Role.ASSISTANT or turns[-1].role is not Role.ASSISTANT:
            if turns:
                parts += _footer(turns[-1], told)
            turns.append(Turn(next(numbers), role, message_id=message.id, run_id=message.run_id))
            parts += _thoughts(turns[-1], told)
        turn = turns[-1]
        match message.role:
            case Role.USER:
                parts.append(UserPart(turn, message.text, message.attachments))
            case Role.SYSTEM:
                parts.append(NoticePart(turn, message.text))
            case Role.TOOL:
                _add_result(turn, message, open_calls, parts)
            case Role.ASSISTANT:
                turn.message_id = message.id
                if message.text:
                    parts.append(TextPart(turn, GrowingText(message.text), settled=True))
                for call in message.tool_calls:
                    part = _tool_part(turn, call)
                    open_calls[part.call_id] = part
                    parts.append(part)
    if turns:
        parts += _footer(turns[-1], told)
    return turns, parts


def told_by(parts: Sequence[Part]) -> EndedRun | None:
    """What a run told beside its answer, from the parts of its turn; `None` where that was nothing."""
    thoughts = tuple(
        Thought(str(part.text), part.duration) for part in parts if isinstance(part, ReasoningPart) and part.settled
    )
    footer = next((part for part in reversed(parts) if isinstance(part, UsagePart)), None)
    if footer is None:
        return EndedRun(thoughts) if thoughts else None
    return EndedRun(thoughts, footer.usage, footer.cost_microdollars, footer.latency_ms)


def _thoughts(turn: Turn, told: Mapping[str, EndedRun]) -> list[Part]:
    """Where in the turn each was thought is not known: they come first."""
    run = told.get(turn.run_id or "") if turn.role is Role.ASSISTANT else None
    return [
        ReasoningPart(turn, GrowingText(thought.text), settled=True, duration=thought.duration)
        for thought in (run.thoughts if run else ())
    ]


def _footer(turn: Turn, told: Mapping[str, EndedRun]) -> list[Part]:
    run = told.get(turn.run_id or "") if turn.role is Role.ASSISTANT else None
    return [UsagePart(turn, run.usage, run.cost_microdollars, run.latency_ms)] if run else []


def _tool_part(turn: Turn, call: JsonObject) -> ToolPart:
    """A stored call; platforms name its fields as they name them on the wire."""
    function = call.get("function")
    inner = function if isinstance(function, dict) else call
    arguments: JsonValue = inner.get("arguments", inner.get("args"))
    if isinstance(arguments, str):
        with contextlib.suppress(ValueError):  # then it is text, and shown as such
            arguments = read_json(arguments)
    call_id = str(call.get("tool_call_id") or call.get("id") or "")
    return ToolPart(turn, call_id, str(inner.get("name") or "tool"), arguments, "server", ToolState.UNTOLD)


def _add_result(turn: Turn, message: Message, open_calls: dict[str, ToolPart], parts: list[Part]) -> None:
    part = open_calls.pop(message.tool_call_id or "", None)
    if part is None:
        name = message.tool_name or "tool"
        part = ToolPart(turn, message.tool_call_id or "", name, None, "server", ToolState.SUCCEEDED)
        parts.append(part)
    try:
        part.result = read_json(message.text)
    except ValueError:
        part.result = message.text
    part.state, part.outcome = ToolState.SUCCEEDED, ToolOutcome.SUCCESS


def answer_to(request: RunRequest, run_id: str | None, messages: Sequence[Message]) -> tuple[Message, ...]:
    """What the agent and its tools said in a run, found among the newest messages; nothing where it has no answer.

    Args:
        request: What was sent.
        run_id: The run, where the platform had named it.
        messages: The newest page of history, oldest first.
    """
    said = [index for index, message in enumerate(messages) if message.role is Role.USER]
    if run_id is not None:
        found = [message for message in messages if message.run_id == run_id and message.role is not Role.USER]
    elif said and messages[said[-1]].text == request.message:
        found = list(messages[said[-1] + 1 :])
    else:
        found = []
    return tuple(found) if any(message.role is Role.ASSISTANT and message.text for message in found) else ()
