"""Tells what was watched here from the history before it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from athena_tui.client.models import Message, Role
from athena_tui.client.sanitise import clean_text


def not_watched(messages: Sequence[Message], runs: Collection[str], asked: Collection[str]) -> list[Message]:
    """A page of history without what was watched; those are the newest messages, and not all name their run.

    Args:
        messages: One page, oldest first.
        runs: The runs that were watched.
        asked: What was sent here.
    """
    begun = len(messages)
    for index in reversed(range(len(messages))):
        message = messages[index]
        by_user = message.role is Role.USER
        if message.run_id not in runs and (message.run_id or (by_user and clean_text(message.text) not in asked)):
            break
        if by_user or message.run_id:
            begun = index
    return [message for message in messages[:begun] if message.run_id not in runs]
