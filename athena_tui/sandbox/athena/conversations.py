"""Conversations and their messages. Follows the Execute page's Conversations section."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from sqlite3 import Row

from athena_tui.sandbox.athena.errors import ApiError
from athena_tui.sandbox.json_text import JsonObject, encode
from athena_tui.sandbox.state import SandboxState

DEFAULT_PAGE = 20
MAXIMUM_PAGE = 100
_TITLE_LENGTH = 48


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Where a page starts and how long it is."""

    limit: int = DEFAULT_PAGE
    after: tuple[str, ...] = ()


def page_request(cursor: str | None, limit: str | None) -> PageRequest:
    """The page a query asks for; a limit above the maximum is clamped.

    Raises:
        ApiError: 400 for a cursor that is not ours or a limit that is no positive number.
    """
    if limit is not None and (not limit.isdecimal() or int(limit) < 1):
        raise ApiError(400, f"limit is a number from 1 to {MAXIMUM_PAGE}.")
    size = min(int(limit), MAXIMUM_PAGE) if limit else DEFAULT_PAGE
    if not cursor:
        return PageRequest(size)
    try:
        after = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError) as error:
        raise ApiError(400, "The cursor is not one of ours.") from error
    if not isinstance(after, list) or not all(isinstance(part, str) for part in after):
        raise ApiError(400, "The cursor is not one of ours.")
    return PageRequest(size, tuple(after))


def page(
    rows: Sequence[Row | Mapping[str, int]], request: PageRequest, keys: Sequence[str], items: Sequence[JsonObject]
) -> JsonObject:
    """The envelope of a page. `rows` may hold one more than asked for: that tells whether there is another page."""
    more = len(rows) > request.limit
    cursor = None
    if more:
        last = rows[request.limit - 1]
        cursor = base64.urlsafe_b64encode(encode([str(last[key]) for key in keys]).encode()).decode()
    return {"data": list(items[: request.limit]), "next_cursor": cursor}


def title_of(message: str) -> str:
    """A title made from a conversation's first message."""
    line = " ".join(message.split())
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


class Conversations:
    """The conversations of all customers."""

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._database = state.database

    def open(self, customer_id: str, agent_id: str) -> tuple[JsonObject, bool]:
        """The active conversation with an agent, and whether it was made just now."""
        row = self._database.one(
            "SELECT id FROM athena_conversations WHERE customer_id = ? AND agent_id = ? AND status = 'active'",
            (customer_id, agent_id),
        )
        if row is not None:
            return self.item(customer_id, row["id"]), False
        conversation_id = self.create(customer_id, agent_id, self._state.timestamp())
        return self.item(customer_id, conversation_id), True

    def create(self, customer_id: str, agent_id: str, moment: str, *, status: str = "active") -> str:
        """A new conversation's id."""
        conversation_id = f"conversation:{self._state.ids.key()}"
        self._database.execute(
            "INSERT INTO athena_conversations VALUES (?, ?, ?, NULL, ?, ?, ?)",
            (conversation_id, customer_id, agent_id, status, moment, moment),
        )
        return conversation_id

    def item(self, customer_id: str, conversation_id: str) -> JsonObject:
        """One conversation.

        Raises:
            ApiError: 404 when the customer has no such conversation.
        """
        row = self._database.one(
            "SELECT * FROM athena_conversations WHERE id = ? AND customer_id = ?", (conversation_id, customer_id)
        )
        if row is None:
            raise ApiError(404, "There is no such conversation.")
        return self._item(row)

    def archive(self, customer_id: str, conversation_id: str) -> JsonObject:
        """Close a conversation, so that the next one can be opened."""
        self.item(customer_id, conversation_id)
        self._database.execute("UPDATE athena_conversations SET status = 'archived' WHERE id = ?", (conversation_id,))
        return self.item(customer_id, conversation_id)

    def recent(self, customer_id: str, request: PageRequest, *, status: str | None, agent_id: str | None) -> JsonObject:
        """A page of conversations, the latest first."""
        after = request.after if len(request.after) == 2 else ("~", "")
        rows = self._database.all(
            "SELECT * FROM athena_conversations WHERE customer_id = ? AND (updated_at, id) < (?, ?)"
            " AND (?4 IS NULL OR status = ?4) AND (?5 IS NULL OR agent_id = ?5)"
            " ORDER BY updated_at DESC, id DESC LIMIT ?6",
            (customer_id, *after, status, agent_id, request.limit + 1),
        )
        return page(rows, request, ("updated_at", "id"), [self._item(row) for row in rows])

    def messages(self, customer_id: str, conversation_id: str, request: PageRequest) -> JsonObject:
        """A page of messages, the latest first."""
        self.item(customer_id, conversation_id)
        after = int(request.after[0]) if request.after and request.after[0].isdecimal() else 1 << 62
        rows = self._database.all(
            "SELECT * FROM athena_messages WHERE conversation_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
            (conversation_id, after, request.limit + 1),
        )
        return page(rows, request, ("seq",), [_message(row) for row in rows])

    def history(self, conversation_id: str) -> list[tuple[str, str]]:
        """What the model is told of the past: everything but the platform's own notes."""
        rows = self._database.all(
            "SELECT role, content FROM athena_messages WHERE conversation_id = ? AND role != 'system'"
            " ORDER BY seq DESC LIMIT 40",
            (conversation_id,),
        )
        return [(row["role"], row["content"]) for row in reversed(rows)]

    def add(
        self,
        conversation_id: str,
        role: str,
        content: str,
        *,
        execution_id: str | None = None,
        attachments: object = (),
        tool_calls: object = (),
        tool_call_id: str | None = None,
        name: str | None = None,
        moment: str | None = None,
    ) -> str:
        """Save a message; the first one of the user names the conversation. The message's id."""
        message_id = f"message:{self._state.ids.key()}"
        moment = moment or self._state.timestamp()
        with self._database.transaction():
            self._database.execute(
                "INSERT INTO athena_messages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    message_id,
                    conversation_id,
                    role,
                    content,
                    moment,
                    execution_id,
                    encode(attachments),
                    encode(tool_calls),
                    tool_call_id,
                    name,
                ),
            )
            self._database.execute(
                "UPDATE athena_conversations SET updated_at = ?, title = coalesce(title, ?) WHERE id = ?",
                (moment, title_of(content) if role == "user" else None, conversation_id),
            )
        return message_id

    def add_tool_result(
        self, conversation_id: str, execution_id: str, tool_call_id: str, name: str, result: object
    ) -> None:
        """Save what a tool returned."""
        self.add(
            conversation_id, "tool", encode(result), execution_id=execution_id, tool_call_id=tool_call_id, name=name
        )

    def rate(self, customer_id: str, conversation_id: str, message_id: str, value: int) -> JsonObject:
        """Keep a thumb for an assistant's message; 0 takes it back."""
        self.item(customer_id, conversation_id)
        changed = self._database.execute(
            "UPDATE athena_messages SET feedback = nullif(?, 0)"
            " WHERE id = ? AND conversation_id = ? AND role = 'assistant'",
            (value, message_id, conversation_id),
        )
        if not changed:
            raise ApiError(404, "The conversation has no such answer.")
        return {"message_id": message_id, "value": value or None}

    def _item(self, row: Row) -> JsonObject:
        last = self._database.one(
            "SELECT max(created_at) AS last, count(*) AS count FROM athena_messages WHERE conversation_id = ?",
            (row["id"],),
        )
        return {
            "id": row["id"],
            "agent_id": row["agent_id"],
            "title": row["title"],
            "status": row["status"],
            "created_at": row["created_at"],
            "updated_at": row["updated_at"],
            "last_message_at": last["last"] if last else None,
            "message_count": last["count"] if last else 0,
        }


def _message(row: Row) -> JsonObject:
    message = {
        "id": row["id"],
        "conversation_id": row["conversation_id"],
        "role": row["role"],
        "content": row["content"],
        "created_at": row["created_at"],
        "execution_id": row["execution_id"],
        "attachments": json.loads(row["attachments"]),
        "tool_calls": json.loads(row["tool_calls"]),
        "tool_call_id": row["tool_call_id"],
        "feedback": row["feedback"],
    }
    if row["name"] is not None:
        message["name"] = row["name"]
    return message
