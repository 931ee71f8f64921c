"""What goes over Athena's wire beside runs: keys, conversations, messages, credits, attachments, agents.

Follows the quickstart and the Execute page; the documentation names several of these without showing their fields, so
the models accept the usual names. All such aliases are declared here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from athena_tui.client.athena.fields import (
    Flag,
    Identifier,
    Moment,
    Named,
    Number,
    Text,
    Whole,
    WireModel,
    Word,
    either,
)
from athena_tui.client.models import (
    EVERY_EXECUTION,
    Agent,
    Attachment,
    Conversation,
    Credits,
    EphemeralKey,
    JsonObject,
    Message,
    Role,
    TopUpPack,
)

_ROLES: Mapping[str, Role] = {
    "user": Role.USER,
    "human": Role.USER,
    "assistant": Role.ASSISTANT,
    "ai": Role.ASSISTANT,
    "agent": Role.ASSISTANT,
    "tool": Role.TOOL,
}


class Balance(WireModel):
    """Credits, as `/my/credits` and the exchange of a token show them."""

    wrappers = ("data",)

    active: Number = either("active_credits", "active")
    frozen: Number = either("frozen_credits", "frozen")
    inactive: Number = either("inactive_credits", "inactive")
    next_refresh_at: Moment = None
    pack_id: Identifier = either("recommended_topup_pack_id")
    pack_credits: Number = either("recommended_topup_pack_credits")
    pack_currency: Text = either("recommended_topup_pack_currency")

    def plain(self) -> Credits | None:
        """As plain data; `None` where there is no balance in it."""
        if self.active is None:
            return None
        pack = TopUpPack(self.pack_id, self.pack_credits, self.pack_currency) if self.pack_id else None
        return Credits(self.active, self.frozen or 0.0, self.inactive or 0.0, self.next_refresh_at, pack)


class Customer(Balance):
    """Who a key belongs to."""

    id: Identifier = None


class IssuedKey(WireModel):
    """The answer to the exchange of a provider's token."""

    wrappers = ("data",)

    key: Text = None
    expires_at: Moment = None
    customer: Customer = Customer()

    def plain(self) -> EphemeralKey | None:
        """As plain data; `None` where there is no key in it."""
        if not self.key:
            return None
        return EphemeralKey(self.key, self.expires_at, self.customer.id, self.customer.plain())


class ConversationItem(WireModel):
    """A conversation."""

    wrappers = ("data",)

    id: Identifier = either("id", "conversation_id")
    agent_id: Identifier = either("agent_id", "agent")
    title: Text = either("title", "name")
    preview: Text = either("preview", "last_message")
    status: Word = None
    is_archived: Flag = False
    archived_at: Moment = None
    updated_at: Moment = either("last_message_at", "updated_at", "created_at")
    message_count: Whole = either("message_count", "messages_count")

    def plain(self) -> Conversation | None:
        """As plain data; `None` where it has no id."""
        if self.id is None:
            return None
        archived = self.is_archived or self.archived_at is not None or self.status == "archived"
        return Conversation(
            self.id, self.agent_id, self.title or self.preview, archived, self.updated_at, self.message_count
        )


class StoredAttachment(WireModel):
    """A file the platform holds."""

    wrappers = ("data", "attachment")

    storage_key: Text = None
    filename: Text = either("filename", "name")
    content_type: Text = None
    size: Whole = either("size", "size_bytes")

    def plain(
        self, filename: str = "file", content_type: str = "application/octet-stream", size: int | None = None
    ) -> Attachment | None:
        """As plain data, with what we know where the platform does not say; `None` where it has no storage key."""
        if not self.storage_key:
            return None
        return Attachment(
            self.filename or filename, self.content_type or content_type, self.storage_key, self.size or size
        )


class MessageItem(WireModel):
    """One message of a conversation."""

    id: Identifier = either("id", "message_id")
    role: Word = None
    content: Text = either("content", "text")
    created_at: Moment = either("created_at", "timestamp")
    execution_id: Identifier = either("execution_id", "executionId")
    tool_name: Named = either("tool_name", "name")
    tool_call_id: Identifier = either("tool_call_id", "toolCallId")
    tool_calls: tuple[dict[str, Any], ...] = ()
    attachments: tuple[StoredAttachment, ...] = ()
    feedback: Whole = either("feedback", "feedback_value", "value")

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Lists that are none are empty; feedback may be an object around its value."""
        calls, attachments, feedback = fields.get("tool_calls"), fields.get("attachments"), fields.get("feedback")
        return fields | {
            "tool_calls": [call for call in calls if isinstance(call, dict)] if isinstance(calls, list) else (),
            "attachments": attachments if isinstance(attachments, list) else (),
            "feedback": feedback.get("value") if isinstance(feedback, Mapping) else feedback,
        }

    def plain(self) -> Message:
        """As plain data."""
        tool_calls: tuple[JsonObject, ...] = self.tool_calls
        return Message(
            id=self.id or "",
            role=_ROLES.get(self.role or "", Role.SYSTEM),
            text=self.content or "",
            created_at=self.created_at,
            run_id=self.execution_id,
            tool_name=self.tool_name if self.role == "tool" else None,
            tool_call_id=self.tool_call_id,
            tool_calls=tool_calls,
            attachments=tuple(file for item in self.attachments if (file := item.plain()) is not None),
            feedback=self.feedback,
        )


class AgentItem(WireModel):
    """An agent of a catalogue."""

    id: Identifier = either("id", "agent_id")
    name: Text = either("name", "title")
    description: Text = None
    category: Named = None
    price: Text = None
    variables: Any = either("variables", "variables_schema", "input_schema")
    requires_user_message: Any = None

    def plain(self) -> Agent | None:
        """As plain data; `None` where it has no id."""
        if self.id is None:
            return None
        variables = _every_time(self.variables) if isinstance(self.variables, dict) else None
        return Agent(
            self.id,
            self.name or self.id,
            self.description or "",
            self.category,
            self.price,
            variables,
            needs_message=self.requires_user_message is not False,
        )


def _every_time(schema: JsonObject) -> JsonObject:
    """The schema of a wizard's form; Athena keeps no variables between runs, so all of them go with every message."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return schema
    marked = {
        name: {**each, EVERY_EXECUTION: True} if isinstance(each, dict) else each for name, each in properties.items()
    }
    return {**schema, "properties": marked}
