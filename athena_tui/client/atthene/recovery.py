"""Finds an answer in the history, after the connection broke or a gateway gave up while the agent was at work."""

from __future__ import annotations

from athena_tui.client.atthene.content import read_content
from athena_tui.client.atthene.reply import role_of
from athena_tui.client.atthene.wire import WireExecution, WireHistory
from athena_tui.client.errors import ClientError, ConnectionFailed, ServerTrouble
from athena_tui.client.models import JsonValue, Role

_GATEWAY_STATUSES = frozenset({502, 503, 504})


def may_have_run(error: ClientError) -> bool:
    """Whether the agent may have answered although we heard nothing."""
    if isinstance(error, ServerTrouble):
        return error.status in _GATEWAY_STATUSES
    return isinstance(error, ConnectionFailed)


def find_answer(history: WireHistory, sent: JsonValue) -> WireExecution | None:
    """What the agent said after the last message of the user, if that is the one we sent."""
    text, _ = read_content(sent)
    for index in reversed(range(len(history.messages))):
        message = history.messages[index]
        if role_of(message) is Role.USER:
            answers = history.messages[index + 1 :]
            ours = read_content(message.content)[0] == text
            return WireExecution(messages=answers) if ours and answers else None
    return None
