"""Conversations, their messages, feedback, and the past a newcomer finds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.athena.connection import (
    BRITTLE,
    CONCIERGE,
    ECHO,
    GATEKEEPER,
    LEDGER,
    METRONOME,
    QUERY,
    RESEARCHER,
    Athena,
    data,
    error,
    running,
)


async def pages(athena: Athena, path: str, **query: Any) -> list[list[dict[str, Any]]]:
    """All pages of a list."""
    collected = []
    cursor = None
    while True:
        params = {**query, **({"cursor": cursor} if cursor else {})}
        answer = await athena.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        collected.append(answer.json()["data"])
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return collected


async def test_there_is_one_active_conversation_per_agent(athena: Athena) -> None:
    first = await athena.post("/my/conversations", {"agent_id": ECHO})
    assert first.status_code == 201
    item = data(first)
    assert item["agent_id"] == ECHO
    assert item["status"] == "active"
    assert item["title"] is None
    assert item["message_count"] == 0
    again = await athena.post("/my/conversations", {"agent_id": ECHO.removeprefix("agent:")})
    assert (again.status_code, data(again)["id"]) == (200, item["id"])
    archived = data(await athena.post(f"/my/conversations/{item['id']}/archive"))
    assert archived["status"] == "archived"
    fresh = await athena.post("/my/conversations", {"agent_id": ECHO})
    assert fresh.status_code == 201
    assert data(fresh)["id"] != item["id"]
    assert data(await athena.http.get(f"/my/conversations/{item['id']}"))["status"] == "archived"


async def test_an_unknown_agent_has_no_conversation(athena: Athena) -> None:
    for body in ({"agent_id": "agent:nobody"}, {}, {"agent_id": 3}):
        assert (await athena.post("/my/conversations", body)).status_code == 422


async def test_the_exchange_is_saved_and_the_first_message_names_it(athena: Athena) -> None:
    conversation = await athena.conversation(ECHO)
    message = "Please tell me   everything about the harbour, the gulls and the old wall"
    done = await athena.execute(ECHO, message, conversation_scope=conversation)
    await athena.execute(ECHO, "again", conversation_scope=conversation.removeprefix("conversation:"))
    item = data(await athena.http.get(f"/my/conversations/{conversation}"))
    assert item["title"] == "Please tell me everything about the harbour…"
    assert item["message_count"] == 4
    messages = await athena.messages(conversation)
    assert [(entry["role"], entry["content"]) for entry in messages] == [
        ("user", message),
        ("assistant", message),
        ("user", "again"),
        ("assistant", "again"),
    ]
    assert messages[1]["execution_id"] == done["execution_id"]
    assert all(entry["conversation_id"] == conversation for entry in messages)
    latest = (await athena.http.get("/my/conversations")).json()["data"][0]
    assert latest["id"] == conversation


async def test_history_is_injected(athena: Athena) -> None:
    conversation = await athena.conversation(CONCIERGE)
    first = await athena.execute(CONCIERGE, "who are you?", conversation_scope=conversation)
    second = await athena.execute(CONCIERGE, "why?", conversation_scope=conversation)
    assert "Welcome!" in first["output"]["text"]
    assert "Welcome!" not in second["output"]["text"]
    assert second["output"]["usage"]["input_tokens"] > first["output"]["usage"]["input_tokens"]
    outside = await athena.execute(CONCIERGE, "hello")
    assert "Welcome!" in outside["output"]["text"]


async def test_tool_calls_are_saved_where_they_happened(athena: Athena) -> None:
    conversation = await athena.conversation(LEDGER)
    waiting = await athena.execute(LEDGER, "last 7 days", client_tools=[QUERY], conversation_scope=conversation)
    (call,) = waiting["pending_tool_calls"]
    result = {"transactions": [{"description": "Tea", "amount": 2}]}
    path = f"/executions/{waiting['execution_id']}/tool-result"
    await athena.post(path, {"tool_call_id": call["tool_call_id"], "outcome": "success", "result": result})
    user, asking, tool, answer = await athena.messages(conversation)
    assert (user["role"], asking["role"], tool["role"], answer["role"]) == ("user", "assistant", "tool", "assistant")
    assert asking["tool_calls"] == [call]
    assert tool["tool_call_id"] == call["tool_call_id"]
    assert tool["name"] == "query_transactions"
    assert json.loads(tool["content"]) == result
    assert "**2.00**" in answer["content"]
    assert answer["content"].startswith("You spent"), "nothing is saved twice"


async def test_a_gate_saves_the_draft_once(athena: Athena) -> None:
    conversation = await athena.conversation(GATEKEEPER)
    waiting = await athena.execute(GATEKEEPER, "Draft a mail", conversation_scope=conversation)
    await athena.post(f"/executions/{waiting['execution_id']}/resume", {"decision": "reject"})
    contents = [message["content"] for message in await athena.messages(conversation)]
    assert len(contents) == 3
    assert "Here is a draft" in contents[1]
    assert contents[2].startswith("Not sent")


async def test_failures_leave_a_note_that_is_not_replayed(athena: Athena) -> None:
    conversation = await athena.conversation(BRITTLE)
    await athena.execute(BRITTLE, conversation_scope=conversation)
    messages = await athena.messages(conversation)
    assert messages[-1]["role"] == "system"
    assert "refunded" in messages[-1]["content"]
    await athena.execute(BRITTLE, conversation_scope=conversation)
    row = athena.state.database.one("SELECT turn FROM athena_executions ORDER BY rowid DESC")
    assert row is not None
    assert "system" not in {role for role, _ in json.loads(row["turn"])["history"]}


async def test_feedback(athena: Athena) -> None:
    conversation = await athena.conversation(ECHO)
    await athena.execute(ECHO, conversation_scope=conversation)
    user, assistant = await athena.messages(conversation)
    path = f"/my/conversations/{conversation}/messages"
    assert data(await athena.post(f"{path}/{assistant['id']}/feedback", {"value": -1}))["value"] == -1
    assert (await athena.messages(conversation))[1]["feedback"] == -1
    await athena.post(f"{path}/{assistant['id']}/feedback", {"value": 0})
    assert (await athena.messages(conversation))[1]["feedback"] is None
    assert (await athena.post(f"{path}/{user['id']}/feedback", {"value": 1})).status_code == 404
    for value in (2, "1", None, True):
        assert (await athena.post(f"{path}/{assistant['id']}/feedback", {"value": value})).status_code == 422


async def test_conversations_of_others_are_not_there(athena: Athena) -> None:
    conversation = await athena.conversation(ECHO)
    path = f"/auth/external/{athena.description['workspace_id']}"
    other = data(await athena.post(path, {"provider": "firebase", "token": "sandbox-somebody-else"}))
    headers = {"X-API-Key": other["key"]}
    assert (await athena.http.get(f"/my/conversations/{conversation}", headers=headers)).status_code == 404
    assert (await athena.http.get(f"/my/conversations/{conversation}/messages", headers=headers)).status_code == 404
    assert (await athena.http.post(f"/my/conversations/{conversation}/archive", headers=headers)).status_code == 404
    body = {"message": "hi", "conversation_scope": conversation}
    assert (await athena.http.post(f"/agents/{ECHO}/execute", json=body, headers=headers)).status_code == 404


async def test_a_workspace_key_names_its_user(athena: Athena) -> None:
    conversation = await athena.conversation(ECHO)
    key = {"x_api_key": athena.description["workspace_key"]}
    path = f"/agents/{ECHO}/execute"
    assert (await athena.post(path, {"message": "hi", "conversation_scope": conversation}, **key)).status_code == 422
    named = {"message": "hi", "conversation_scope": conversation, "external_user_id": "sandbox-firebase-token"}
    assert (await athena.post(path, named, **key)).status_code == 200
    assert await athena.active() == 87.3, "the user pays"


@pytest.mark.parametrize("limit", [1, 7, 100])
async def test_messages_page_backwards(athena: Athena, limit: int) -> None:
    listed = (await athena.http.get("/my/conversations")).json()["data"]
    long = next(item for item in listed if item["message_count"] > 100)
    collected = await pages(athena, f"/my/conversations/{long['id']}/messages", limit=limit)
    assert all(len(page) == limit for page in collected[:-1])
    messages = [message for page in collected for message in page]
    assert len({message["id"] for message in messages}) == len(messages) == long["message_count"]
    times = [message["created_at"] for message in messages]
    assert times == sorted(times, reverse=True)


async def test_pages_have_twenty_items_and_at_most_a_hundred(athena: Athena) -> None:
    listed = (await athena.http.get("/my/conversations")).json()["data"]
    long = next(item for item in listed if item["message_count"] > 100)
    path = f"/my/conversations/{long['id']}/messages"
    assert len((await athena.http.get(path)).json()["data"]) == 20
    assert len((await athena.http.get(path, params={"limit": 1000})).json()["data"]) == 100


async def test_conversations_page_in_order(athena: Athena) -> None:
    everything = (await athena.http.get("/my/conversations")).json()
    assert everything["next_cursor"] is None
    collected = await pages(athena, "/my/conversations", limit=2)
    assert [item for page in collected for item in page] == everything["data"]
    active = (await athena.http.get("/my/conversations", params={"status": "active"})).json()["data"]
    assert {item["status"] for item in active} == {"active"}
    mine = (await athena.http.get("/my/conversations", params={"agent_id": RESEARCHER})).json()["data"]
    assert {item["agent_id"] for item in mine} == {RESEARCHER}


@pytest.mark.parametrize("query", [{"cursor": "!!"}, {"cursor": "bm9wZQ=="}, {"limit": "0"}, {"limit": "-1"}])
async def test_bad_pages(athena: Athena, query: dict[str, str]) -> None:
    answer = await athena.http.get("/my/conversations", params=query)
    assert (answer.status_code, error(answer)["code"]) == (400, "bad_request")


async def test_a_newcomer_finds_a_past_and_finds_it_once(tmp_path: Path) -> None:
    async with running(data_directory=tmp_path) as athena:
        first = (await athena.http.get("/my/conversations")).json()["data"]
    async with running(data_directory=tmp_path) as athena:
        second = (await athena.http.get("/my/conversations")).json()["data"]
    assert len(first) >= 5
    assert all(item["title"] and item["message_count"] >= 2 for item in first)
    assert second == first
    assert CONCIERGE not in {item["agent_id"] for item in first if item["status"] == "active"}


async def test_the_past_looks_like_what_a_run_leaves_behind(athena: Athena) -> None:
    mine = (await athena.http.get("/my/conversations", params={"agent_id": RESEARCHER})).json()["data"]
    past = await athena.messages(mine[0]["id"])
    assert [message["role"] for message in past][:4] == ["user", "assistant", "tool", "assistant"]
    calls = [call["tool_call_id"] for message in past for call in message["tool_calls"]]
    assert calls == [message["tool_call_id"] for message in past if message["role"] == "tool"]


async def test_a_past_of_any_length_can_be_asked_for() -> None:
    async with running(messages=251) as athena:
        mine = (await athena.http.get("/my/conversations", params={"agent_id": METRONOME})).json()["data"]
        assert [(item["message_count"], item["status"]) for item in mine] == [(251, "active")]
        read = await pages(athena, f"/my/conversations/{mine[0]['id']}/messages", limit=100)
    messages = [message for page in read for message in page][::-1]
    assert [message["role"] for message in messages] == ["user", "assistant"] * 125 + ["user"]
    numbers = [int(message["content"].removeprefix("## ").partition(".")[0]) for message in messages]
    assert numbers == [number // 2 + 1 for number in range(251)]
