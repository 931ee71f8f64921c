"""Every name under which Athena may send a field of its lists, balances and keys, one row each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from athena_tui.client.athena.resources import (
    AgentItem,
    Balance,
    ConversationItem,
    IssuedKey,
    MessageItem,
    StoredAttachment,
)
from athena_tui.client.models import Attachment, Credits, Role, TopUpPack

NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "message:m", "content": "hi", "created_at": "2026-05-12T12:00:00Z", "feedback": 1},
        {"message_id": "message:m", "text": "hi", "timestamp": "2026-05-12T12:00:00Z", "value": 1},
        {"id": "message:m", "content": {"text": "hi"}, "created_at": NOON.timestamp(), "feedback": {"value": 1}},
        {
            "id": "message:m",
            "content": [{"type": "text", "text": "h"}, {"type": "image"}, {"type": "text", "text": "i"}],
            "created_at": "2026-05-12T12:00:00",
            "feedback_value": 1,
        },
    ],
)
def test_messages(fields: dict[str, Any]) -> None:
    message = MessageItem.model_validate({"role": "assistant", **fields}).plain()
    assert (message.id, message.role, message.text) == ("message:m", Role.ASSISTANT, "hi")
    assert (message.created_at, message.feedback) == (NOON, 1)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("user", Role.USER),
        ("human", Role.USER),
        ("ai", Role.ASSISTANT),
        ("tool", Role.TOOL),
        ("new", Role.SYSTEM),
        (None, Role.SYSTEM),
    ],
)
def test_roles(role: str | None, expected: Role) -> None:
    assert MessageItem.model_validate({"id": "m", "role": role}).plain().role is expected


def test_the_extras_of_a_message() -> None:
    message = MessageItem.model_validate(
        {
            "id": "m",
            "role": "tool",
            "name": "read_file",
            "tool_call_id": "tc",
            "execution_id": "execution:x",
            "tool_calls": [{"id": "tc"}, "odd"],
            "attachments": [{"storage_key": "k", "filename": "a.png", "content_type": "image/png", "size": 3}, {}],
        }
    ).plain()
    assert (message.tool_name, message.tool_call_id, message.run_id) == ("read_file", "tc", "execution:x")
    assert message.tool_calls == ({"id": "tc"},)
    assert message.attachments == (Attachment("a.png", "image/png", "k", 3),)


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "c", "title": "T", "status": "archived", "updated_at": "2026-05-12T12:00:00Z"},
        {
            "conversation_id": "c",
            "preview": "T",
            "archived_at": "2026-05-13T12:00:00Z",
            "created_at": "2026-05-12T12:00:00Z",
        },
        {"id": "c", "last_message": {"content": "T"}, "is_archived": True, "last_message_at": "2026-05-12T12:00:00Z"},
        {"data": {"id": "c", "title": "T", "status": "Archived", "updated_at": NOON.timestamp() * 1000}},
    ],
)
def test_conversations(fields: dict[str, Any]) -> None:
    conversation = ConversationItem.model_validate(fields).plain()
    assert conversation is not None
    assert (conversation.id, conversation.title, conversation.archived) == ("c", "T", True)
    assert conversation.updated_at == NOON


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-01-01", "9999-12-31T23:59:59.999Z", -62135596800])
def test_a_time_that_stands_for_never_is_none(moment: str | int) -> None:
    conversation = ConversationItem.model_validate({"id": "c", "updated_at": moment}).plain()
    assert conversation is not None
    assert conversation.updated_at is None


def test_credits() -> None:
    documented = {
        "active_credits": 87.4,
        "frozen_credits": 25.0,
        "inactive_credits": 0.0,
        "next_refresh_at": "2026-05-12T12:00:00Z",
        "recommended_topup_pack_id": "pack_1",
        "recommended_topup_pack_credits": 100,
        "recommended_topup_pack_currency": "EUR",
        "frozen_card_dismissed_at": None,
    }
    expected = Credits(87.4, 25.0, 0.0, NOON, TopUpPack("pack_1", 100.0, "EUR"))
    assert Balance.model_validate({"data": documented}).plain() == expected
    assert Balance.model_validate({"data": {"active_credits": "none"}}).plain() is None


def test_an_issued_key() -> None:
    customer = {"id": "external_customer:abc", "active_credits": 100.0, "frozen_credits": 0.0, "inactive_credits": 0.0}
    value = {"data": {"key": "eak_1", "expires_at": "2026-05-12T12:00:00Z", "customer": customer}}
    key = IssuedKey.model_validate(value).plain()
    assert key is not None
    assert (key.key, key.expires_at, key.customer_id, key.credits) == (
        "eak_1",
        NOON,
        "external_customer:abc",
        Credits(100.0),
    )
    assert "eak_1" not in repr(key)
    assert IssuedKey.model_validate({"data": {}}).plain() is None


@pytest.mark.parametrize("value", [{"data": {"storage_key": "k"}}, {"storage_key": "k"}])
def test_an_uploaded_file(value: Any) -> None:
    assert StoredAttachment.model_validate(value).plain("a.md", "text/markdown", 3) == Attachment(
        "a.md", "text/markdown", "k", 3
    )


def test_agents() -> None:
    value = {"agent_id": "agent:a", "title": "A", "variables": {"type": "object"}, "category": {"name": "c"}}
    agent = AgentItem.model_validate(value).plain()
    assert agent is not None
    assert (agent.id, agent.name, agent.category, agent.variables) == ("agent:a", "A", "c", {"type": "object"})
    assert AgentItem.model_validate({"name": "no id"}).plain() is None


@pytest.mark.parametrize(
    ("fields", "needs"),
    [({"requires_user_message": False}, False), ({"requires_user_message": True}, True), ({}, True)],
)
def test_some_agents_need_no_message(fields: dict[str, Any], needs: bool) -> None:
    agent = AgentItem.model_validate({"id": "agent:1", **fields}).plain()
    assert agent is not None
    assert agent.needs_message is needs


def test_variables_of_an_agent_go_with_every_message() -> None:
    form = {"type": "object", "properties": {"tone": {"type": "string"}, "odd": True}, "required": ["tone"]}
    agent = AgentItem.model_validate({"id": "agent:1", "variables": form}).plain()
    assert agent is not None
    assert agent.variables == {
        "type": "object",
        "properties": {"tone": {"type": "string", "x-every-execution": True}, "odd": True},
        "required": ["tone"],
    }
