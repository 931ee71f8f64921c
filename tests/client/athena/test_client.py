"""The adapter against scripted bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from athena_tui.client import events, registry
from athena_tui.client.athena.client import AthenaClient
from athena_tui.client.errors import (
    AlreadyAccepted,
    ClientError,
    Conflict,
    InvalidRequest,
    NotAllowed,
    OutOfCredits,
    UnreadableAnswer,
)
from athena_tui.client.events import RunEvent, RunStatus
from athena_tui.client.models import (
    Attachment,
    Credits,
    Decision,
    Page,
    Platform,
    RunRequest,
    ToolAnswer,
    ToolOutcome,
)
from athena_tui.client.protocol import AgentClient, Feature
from tests.client.athena.wiring import COMPLETED, FINAL, REQUEST, RUN, collect, settings_for
from tests.client.raw_server import DROP, RawServer, body_reply, json_reply, sse_reply
from tests.client.raw_server import events as sse
from tests.client.recording import RecordingObserver


async def test_runs_and_follows_the_stream(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(sse_reply(sse({"type": "text", "text": "Hi"}, FINAL)))
    assert await collect(client.run(REQUEST)) == [
        events.TextDelta("Hi"),
        events.RunStarted(RUN, "conversation:c"),
        events.RunFinished(RUN, conversation_id="conversation:c"),
    ]
    sent = raw_server.requests[0]
    assert (sent.method, sent.target) == ("POST", "/agents/agent:0bve/execute/stream")
    assert sent.headers["x-api-key"] == "wak_1"
    assert sent.headers["x-workspace-id"] == "workspace:w"
    assert sent.headers["idempotency-key"] == "key-1"
    assert sent.headers["accept"] == "text/event-stream"
    assert sent.headers["user-agent"].startswith("athena-tui/")
    assert sent.json() == {"message": "hi", "conversation_scope": "conversation:c"}


async def test_what_is_no_id_is_an_error_of_the_response(client: AthenaClient) -> None:
    responses = [
        client.run(RunRequest("..", "hi", "key-1")),
        client.answer_tool("", ToolAnswer("tc", ToolOutcome.SUCCESS, None)),
        client.decide("", Decision(approved=True)),
    ]
    for response in responses:
        with pytest.raises(InvalidRequest, match="is not an id"):
            await collect(response)


async def test_runs_and_waits_for_the_answer(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply(COMPLETED))
    blocking = RunRequest("agent:0bve", "hi", "key-1", stream=False)
    assert await collect(client.run(blocking)) == [events.RunStarted(RUN), events.RunFinished(RUN, text="Hi")]
    assert raw_server.targets == ["POST /agents/agent:0bve/execute"]
    assert raw_server.requests[0].headers["accept"] == "application/json"


async def test_a_broken_stream_is_not_sent_again(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(sse_reply(sse({"type": "start", "execution_id": RUN}), ending="drop"))
    last = (await collect(client.run(REQUEST)))[-1]
    assert isinstance(last, events.RunFailed)
    assert (last.code, last.run_id) == ("stream_interrupted", RUN)
    assert len(raw_server.requests) == 1


async def test_a_lost_answer_may_have_been_accepted(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(DROP, json_reply({"error": {"code": "duplicate", "message": "again"}}, 409))
    with pytest.raises(AlreadyAccepted) as caught:
        await collect(client.run(REQUEST))
    assert "conversation" in (caught.value.remedy or "")
    assert [request.headers["idempotency-key"] for request in raw_server.requests] == ["key-1", "key-1"]


async def test_a_server_error_is_retried_with_a_new_key(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({}, 503), sse_reply(sse(FINAL)))
    assert isinstance((await collect(client.run(REQUEST)))[-1], events.RunFinished)
    keys = [request.headers["idempotency-key"] for request in raw_server.requests]
    assert keys[0] == "key-1"
    assert keys[1] != "key-1"


async def test_refusals_are_raised_before_the_first_event(raw_server: RawServer, client: AthenaClient) -> None:
    error = {"code": "payment_required", "message": "No credits.", "trace_id": "t"}
    raw_server.script(json_reply({"error": error}, 402))
    with pytest.raises(OutOfCredits) as caught:
        await collect(client.run(REQUEST))
    assert (caught.value.message, caught.value.trace_id) == ("No credits.", "t")


async def test_a_web_page_is_no_stream(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(body_reply(b"<html></html>", "text/html"))
    with pytest.raises(UnreadableAnswer):
        await collect(client.run(REQUEST))


async def test_leaving_a_stream_closes_it(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(sse_reply(sse({"type": "start", "execution_id": RUN}), ending="keep"), json_reply(COMPLETED))
    arriving = client.run(REQUEST)
    assert await anext(arriving) == events.RunStarted(RUN, "conversation:c")
    await arriving.aclose()
    await collect(client.run(RunRequest("agent:0bve", "hi", "key-2", stream=False)))


async def test_answers_a_tool_and_follows_the_continuation(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(sse_reply(sse({"type": "text", "text": "Thanks"}, FINAL)))
    answer = ToolAnswer("tc", ToolOutcome.SUCCESS, {"total": 5.5})
    assert await collect(client.answer_tool(RUN, answer)) == [
        events.RunStarted(RUN),
        events.TextDelta("Thanks"),
        events.RunFinished(RUN),
    ]
    sent = raw_server.requests[0]
    assert sent.target == "/executions/execution:xyz/tool-result"
    assert sent.headers["accept"] == "text/event-stream"
    assert sent.json() == {"tool_call_id": "tc", "outcome": "success", "result": {"total": 5.5}}


@pytest.mark.parametrize(
    ("reply", "last"),
    [
        (
            {"data": {"execution_id": RUN, "status": "awaiting_client_tool", "remaining_tool_calls": 1}},
            events.RunSuspended(RUN, RunStatus.AWAITING_CLIENT_TOOL),
        ),
        (COMPLETED, events.RunFinished(RUN, text="Hi")),
    ],
)
async def test_the_answer_to_a_tool_result_may_be_json(
    raw_server: RawServer, client: AthenaClient, reply: Any, last: RunEvent
) -> None:
    raw_server.script(json_reply(reply))
    answer = ToolAnswer("tc", ToolOutcome.ERROR, {"error": "no such file"})
    assert await collect(client.answer_tool(RUN, answer)) == [events.RunStarted(RUN), last]
    assert raw_server.requests[0].json()["outcome"] == "error"


async def test_a_tool_that_was_answered_already(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"error": {"code": "conflict", "message": "already answered"}}, 409))
    with pytest.raises(Conflict) as caught:
        await collect(client.answer_tool(RUN, ToolAnswer("tc", ToolOutcome.SUCCESS, None)))
    assert not isinstance(caught.value, AlreadyAccepted)


@pytest.mark.parametrize(
    ("decision", "body"),
    [
        (Decision(True), {"decision": "approve"}),
        (Decision(False, "not yet"), {"decision": "reject", "comment": "not yet"}),
        (Decision(True, data={"a": 1}), {"decision": "approve", "data": {"a": 1}}),
    ],
)
async def test_decides(raw_server: RawServer, client: AthenaClient, decision: Decision, body: Any) -> None:
    raw_server.script(sse_reply(sse(FINAL)))
    assert await collect(client.decide(RUN, decision)) == [events.RunStarted(RUN), events.RunFinished(RUN)]
    assert raw_server.targets == ["POST /executions/execution:xyz/resume"]
    assert raw_server.requests[0].json() == body


async def test_cancels_archives_and_rates(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": {"status": "cancelled"}}), body_reply(b"", "text/plain", 204), json_reply({}))
    await client.cancel(RUN)
    await client.archive_conversation("conversation:c")
    await client.rate("conversation:c", "message:m", -1)
    assert raw_server.targets == [
        "POST /executions/execution:xyz/cancel",
        "POST /my/conversations/conversation:c/archive",
        "POST /my/conversations/conversation:c/messages/message:m/feedback",
    ]
    assert raw_server.requests[2].json() == {"value": -1}


async def test_lists_conversations_page_by_page(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(
        json_reply({"data": [{"id": "conversation:a"}, {"no": "id"}], "next_cursor": "c1"}),
        json_reply({"data": [], "next_cursor": None}),
    )
    first = await client.conversations()
    assert [item.id for item in first.items] == ["conversation:a"]
    assert first.next_cursor == "c1"
    assert await client.conversations(first.next_cursor, limit=500) == Page(())
    assert raw_server.targets == ["GET /my/conversations?limit=20", "GET /my/conversations?cursor=c1&limit=100"]


@pytest.mark.parametrize(("status", "created"), [(201, True), (200, False)])
async def test_opens_a_conversation(raw_server: RawServer, client: AthenaClient, status: int, *, created: bool) -> None:
    raw_server.script(json_reply({"data": {"id": "conversation:c", "agent_id": "agent:a"}}, status))
    conversation, is_new = await client.open_conversation("agent:a")
    assert (conversation.id, is_new) == ("conversation:c", created)
    assert raw_server.requests[0].json() == {"agent_id": "agent:a"}


async def test_a_fresh_conversation_archives_the_active_one_first(raw_server: RawServer, client: AthenaClient) -> None:
    old, new = ({"data": {"id": f"conversation:{name}", "agent_id": "agent:a"}} for name in ("old", "new"))
    raw_server.script(json_reply(old, 200), json_reply({}, 204), json_reply(new, 201))
    conversation, is_new = await client.open_conversation("agent:a", fresh=True)
    assert (conversation.id, is_new) == ("conversation:new", True)
    assert raw_server.targets == [
        "POST /my/conversations",
        "POST /my/conversations/conversation:old/archive",
        "POST /my/conversations",
    ]


async def test_the_first_conversation_is_fresh_by_itself(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": {"id": "conversation:c", "agent_id": "agent:a"}}, 201))
    assert (await client.open_conversation("agent:a", fresh=True))[1]


async def test_messages_come_oldest_first(raw_server: RawServer, client: AthenaClient) -> None:
    newest_first = [
        {"id": "2", "role": "assistant", "content": "b", "created_at": "2026-05-12T10:31:00Z"},
        {"id": "1", "role": "user", "content": "a", "created_at": "2026-05-12T10:30:00Z"},
    ]
    raw_server.script(json_reply({"data": newest_first, "next_cursor": "older"}))
    page = await client.messages("conversation:c")
    assert [message.text for message in page.items] == ["a", "b"]
    assert page.next_cursor == "older"
    assert raw_server.targets == ["GET /my/conversations/conversation:c/messages?limit=50"]


async def test_messages_without_times_keep_their_order(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": [{"id": "1"}, {"id": "2", "created_at": "2026-05-12T10:30:00Z"}]}))
    assert [message.id for message in (await client.messages("conversation:c")).items] == ["1", "2"]


async def test_reads_the_balance(raw_server: RawServer, client: AthenaClient, observer: RecordingObserver) -> None:
    raw_server.script(json_reply({"data": {"active_credits": 87.4}}))
    assert await client.credits(12.5) == Credits(87.4)
    assert raw_server.targets == ["GET /my/credits?generation_cost=12.5"]
    assert observer.balances == [87.4]


async def test_a_large_cost_is_asked_for_in_full(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": {"active_credits": 1}}))
    await client.credits(12_345_678.0)
    assert raw_server.targets == ["GET /my/credits?generation_cost=12345678"]


@pytest.mark.parametrize("reply", [{"data": {}}, {"data": []}, [], None, "text"])
async def test_answers_that_make_no_sense(raw_server: RawServer, client: AthenaClient, reply: Any) -> None:
    raw_server.script(json_reply(reply), json_reply(reply))
    with pytest.raises(UnreadableAnswer):
        await client.credits()
    with pytest.raises(UnreadableAnswer):
        await client.open_conversation("agent:a")


async def test_lists_agents_where_the_server_can(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"data": [{"id": "agent:a", "name": "A"}], "next_cursor": None}), json_reply({}, 404))
    assert [agent.name for agent in (await client.agents()).items] == ["A"]
    assert await client.agents() == Page(())


async def test_uploads_markdown_as_such(raw_server: RawServer, client: AthenaClient, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("# Notes")
    raw_server.script(json_reply({"data": {"storage_key": "attachments/u/notes.md"}}, 201))
    assert await client.upload(path) == Attachment("notes.md", "text/markdown", "attachments/u/notes.md", 7)
    sent = raw_server.requests[0]
    assert sent.target == "/attachments/upload"
    assert b'name="file"; filename="notes.md"\r\nContent-Type: text/markdown' in sent.body


@pytest.mark.parametrize(("name", "code"), [("tool.exe", "unsupported_media_type"), ("gone.txt", "validation_error")])
async def test_files_it_does_not_send(client: AthenaClient, tmp_path: Path, name: str, code: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        await client.upload(tmp_path / name)
    assert caught.value.code == code
    assert caught.value.remedy


async def test_a_file_that_is_too_large(client: AthenaClient, tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    with pytest.raises(InvalidRequest) as caught:
        await client.upload(path)
    assert caught.value.code == "payload_too_large"


async def test_a_missing_scope_is_not_retried(raw_server: RawServer, client: AthenaClient) -> None:
    raw_server.script(json_reply({"error": {"code": "forbidden", "message": "scope"}}, 403))
    with pytest.raises(NotAllowed):
        await collect(client.run(REQUEST))
    assert len(raw_server.requests) == 1


@pytest.mark.parametrize("identifier", ["", ".."])
async def test_ids_that_are_none(client: AthenaClient, identifier: str) -> None:
    with pytest.raises(ClientError):
        await client.cancel(identifier)


async def test_the_registry_knows_athena() -> None:
    url = registry.default_base_url(Platform.ATHENA)
    assert url == "https://athena-dev-api.leanscale.com"
    client: AgentClient = registry.connect(settings_for(url))
    assert client.platform is Platform.ATHENA
    assert client.capabilities.has(Feature.CLIENT_TOOLS)
    assert client.capabilities.reason(Feature.STREAM_RESUME)
    await client.aclose()


async def test_the_wire_shows_what_was_said(
    raw_server: RawServer, client: AthenaClient, observer: RecordingObserver
) -> None:
    raw_server.script(sse_reply(sse(FINAL)))
    await collect(client.run(REQUEST))
    assert json.dumps(FINAL) in repr(observer.records)
