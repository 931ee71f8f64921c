"""Saying whether an answer was good."""

from __future__ import annotations

from textual.notifications import SeverityLevel

from athena_tui.chat.session import Session
from athena_tui.client.errors import ClientError
from athena_tui.client.protocol import Feature
from athena_tui.tui.transcript.messages import RateWanted


async def rate(session: Session, event: RateWanted) -> tuple[str, SeverityLevel]:
    """Tell the platform; what to tell the person about that, and how seriously."""
    reason = session.client.capabilities.reason(Feature.FEEDBACK)
    message_id, conversation_id = event.turn.message_id, session.conversation_id
    if reason is not None:
        return reason, "warning"
    if message_id is None or conversation_id is None:
        return "The platform has not named this message yet: open the conversation anew to rate it.", "warning"
    try:
        await session.client.rate(conversation_id, message_id, event.value)
    except ClientError as error:
        return f"Not rated: {error.message} {error.remedy or ''}", "error"
    return ("Rated as good." if event.value > 0 else "Rated as bad."), "information"
