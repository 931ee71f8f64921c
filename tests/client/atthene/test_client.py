from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.atthene.configuration import InvalidConfiguration
from athena_tui.client.errors import (
    ClientError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    NotSignedIn,
    ServerTrouble,
    UnreadableAnswer,
    Unsupported,
)
from athena_tui.client.events import Notice, RunFailed, RunFinished, RunStarted, TextDelta
from athena_tui.client.models import Attachment, Decision, Message, Role, RunRequest, ToolAnswer, ToolOutcome
from athena_tui.client.observer import WireRequest
from athena_tui.client.protocol import AgentClient, Feature
from tests.client.atthene.conftest import EXECUTE, KEY, MakeClient, collect, follow_up, request
from tests.client.atthene.test_configuration import GOOD
from tests.client.atthene.test_reply import TUTORIAL
from tests.client.raw_server import RawServer, Reply, body_reply, head, json_reply
from tests.client.recording import RecordingObserver

OPENED = {"success": True, "session_id": "session_abc123", "config_hash": "object:f1:u:anon"}
PNG = b"\x89PNG\r\n\x1a\n"


def test_it_is_an_agent_client(client: AttheneClient) -> None:
    as_protocol: AgentClient = client
    assert as_protocol.platform == "atthene"


async def test_a_first_message_opens_a_session(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply(OPENED), json_reply(TUTORIAL))
    events = await collect(client, request())
    assert events[0] == RunStarted("key-1", "session_abc123")
    assert events[1] == TextDelta("Hello! I'd be happy to help.")
    assert isinstance(events[-1], RunFinished)
    assert raw_server.targets == ["GET /api/v1/sessions/from-agent/?agent_key=support_agent", EXECUTE]
    assert raw_server.requests[1].json() == {"content": "Hello", "correlation_id": "key-1"}
    assert {sent.headers["x-api-key"] for sent in raw_server.requests} == {KEY}


async def test_the_session_is_used_again_and_variables_are_inputs(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply(TUTORIAL))
    await collect(client, follow_up(variables={"user_id": "u1"}))
    assert raw_server.targets == [EXECUTE]
    assert raw_server.requests[0].json()["inputs"] == {"user_id": "u1"}


async def test_pictures_and_files_are_blocks(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply(TUTORIAL))
    attachments = (
        Attachment("a.png", "image/png", "https://example.com/a.png"),
        Attachment("b.png", "image/png", "data:image/png;base64,AAAA"),
        Attachment("c.pdf", "application/pdf", "https://example.com/c.pdf"),
    )
    await collect(client, follow_up("Look", attachments=attachments))
    assert raw_server.requests[0].json()["content"] == [
        {"type": "text", "text": "Look"},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
        {"type": "file", "file_url": "https://example.com/c.pdf"},
    ]


async def test_a_local_file_that_is_no_picture_is_refused_before_anything_is_sent(client: AttheneClient) -> None:
    attachment = Attachment("c.pdf", "application/pdf", "data:application/pdf;base64,AAAA")
    with pytest.raises(InvalidRequest, match=r"c\.pdf"):
        await collect(client, request(attachments=(attachment,)))


async def test_an_agent_defined_in_a_file(make_client: MakeClient, raw_server: RawServer, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(GOOD)
    client = make_client(agent_config=path)
    raw_server.script(json_reply({"valid": True}), json_reply(OPENED, 201), json_reply(TUTORIAL), json_reply([]))
    await collect(client, RunRequest("", "Hello", "key-1"))
    assert raw_server.targets[1] == "POST /api/v1/sessions/"
    assert raw_server.requests[1].json()["agents"][0]["name"] == "helper"
    [agent] = (await client.agents()).items
    assert (agent.id, agent.variables is not None) == ("Support", True)


async def test_a_refused_file_names_its_lines(make_client: MakeClient, raw_server: RawServer, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text(GOOD)
    errors = [{"field": "agents[0].llm_config.temperature", "message": "Not for this model."}]
    refusal = json_reply({"success": False, "error": "Invalid configuration", "errors": errors}, 400)
    raw_server.script(json_reply({"valid": True}), refusal)
    with pytest.raises(InvalidConfiguration) as caught:
        await collect(make_client(agent_config=path), RunRequest("Support", "Hello", "key-1"))
    assert str(caught.value) == f"{path}:12: agents[0].llm_config.temperature: Not for this model."


async def test_a_wrong_file_is_not_sent(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "agent.yaml"
    path.write_text("name: a\nagents: []\n")
    with pytest.raises(InvalidConfiguration, match=r"agent\.yaml:2: agents: is required"):
        await collect(make_client(agent_config=path), RunRequest("", "Hello", "key-1"))


async def test_an_agent_named_by_its_id_is_opened_as_the_older_page_has_it(
    client: AttheneClient, raw_server: RawServer
) -> None:
    agent_id = "820d6859-60d0-48f2-a4fc-c8dad229d311"
    opened = {"success": True, "session_id": "session_abc123", "agent_id": agent_id, "config_hash": "f1"}
    raw_server.script(json_reply(opened), json_reply(TUTORIAL))
    await collect(client, RunRequest(agent_id, "Hello", "key-1"))
    assert raw_server.targets == [f"POST /api/v1/sessions/from-agent/{agent_id}/", EXECUTE]


async def test_a_server_that_knows_the_older_form_only(client: AttheneClient, raw_server: RawServer) -> None:
    agents = [{"id": "820d", "agent_key": "other"}, {"id": "c8da", "agent_key": "support_agent"}]
    raw_server.script(
        json_reply({"detail": 'Method "GET" not allowed.'}, 405),
        json_reply(agents),
        json_reply({"success": True, "session_id": "session_abc123", "agent_id": "c8da", "config_hash": "f1"}, 201),
        json_reply(TUTORIAL),
    )
    assert isinstance((await collect(client, request()))[-1], RunFinished)
    assert raw_server.targets[2] == "POST /api/v1/sessions/from-agent/c8da/"


async def test_a_new_session_for_an_old_conversation_is_told(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply(OPENED), json_reply(TUTORIAL), json_reply(TUTORIAL))
    said = (Message("1", Role.USER, "My name is Ada."),)
    events = await collect(client, request(history=said))
    assert [type(event) for event in events[:2]] == [RunStarted, Notice]
    assert raw_server.requests[1].json()["content"] == "Hello"
    assert not any(isinstance(event, Notice) for event in await collect(client, follow_up(history=said)))


async def test_no_agent_at_all(client: AttheneClient) -> None:
    with pytest.raises(InvalidRequest, match="No agent is chosen"):
        await collect(client, RunRequest("", "Hello", "key-1"))


async def test_no_key_at_all(make_client: MakeClient) -> None:
    with pytest.raises(NotSignedIn, match="no API key"):
        await collect(make_client(api_key=None), request())


@pytest.mark.parametrize(
    ("reply", "kind", "message"),
    [
        (
            json_reply({"error": {"type": "authentication_error", "message": "API key has expired"}}, 401),
            NotSignedIn,
            "API key has expired",
        ),
        (json_reply({"error": {"type": "permission_error", "message": "No."}}, 403), NotAllowed, "No."),
        (json_reply({"detail": "Authentication credentials were not provided."}, 401), NotSignedIn, "credentials"),
        (json_reply({"detail": "You do not have permission."}, 403), NotAllowed, "permission"),
        (json_reply({"error": {"type": "not_found_error", "message": "Agent not found"}}, 404), NotFound, "Agent"),
        (json_reply({"success": False, "error": "Invalid configuration"}, 400), InvalidRequest, "Invalid conf"),
        (json_reply({"agent_key": ["This field is required."]}, 400), InvalidRequest, "agent_key: This field"),
        (json_reply({"success": False, "error": "Not today"}), InvalidRequest, "Not today"),
        (json_reply({"success": True}), UnreadableAnswer, "session_id"),
        (body_reply(b"<html><title>Login</title></html>", "text/html"), UnreadableAnswer, "not JSON"),
    ],
    ids=range(10),
)
async def test_refusals_while_opening(
    client: AttheneClient, raw_server: RawServer, reply: Reply, kind: type[ClientError], message: str
) -> None:
    raw_server.script(reply)
    with pytest.raises(kind, match=message) as caught:
        await collect(client, request())
    assert "api_enabled" not in (caught.value.remedy or "")


@pytest.mark.parametrize(
    ("reply", "code", "remedy"),
    [
        (
            json_reply({"error": {"type": "not_found_error", "message": "Session not found"}}, 404),
            "not_found_error",
            "new",
        ),
        (json_reply({"error": {"type": "server_error", "message": "x"}}, 500), "server_error", "retry"),
        (json_reply({"error": {"type": "validation_error", "message": "x"}}, 400), "validation_error", "send again"),
    ],
    ids=["404", "500", "400"],
)
async def test_refusals_of_a_message_end_the_run_and_are_not_repeated(
    client: AttheneClient, raw_server: RawServer, reply: Reply, code: str, remedy: str
) -> None:
    raw_server.script(reply)
    started, end = await collect(client, follow_up())
    assert isinstance(started, RunStarted)
    assert isinstance(end, RunFailed)
    assert (end.code, end.run_id) == (code, "key-1")
    assert remedy in (end.remedy or "")
    assert raw_server.targets == [EXECUTE]


async def test_agents(client: AttheneClient, raw_server: RawServer) -> None:
    config = {"description": "Helps.", "variables": {"user_id": {"type": "str"}}}
    agent = {"id": "uuid", "agent_key": "customer_support_agent", "name": "Support", "system_config": config}
    raw_server.script(json_reply([agent, {"agent_key": "bare"}, {"name": "no key"}, "rubbish"]))
    page = await client.agents()
    assert [(item.id, item.name, item.description) for item in page.items] == [
        ("customer_support_agent", "Support", "Helps."),
        ("bare", "bare", ""),
    ]
    assert page.items[0].variables == {
        "type": "object",
        "properties": {"user_id": {"type": "string"}},
        "required": ["user_id"],
    }
    assert raw_server.targets == ["GET /api/v1/agent/"]


def history(first: int, count: int, total: int | None) -> Reply:
    messages = [{"id": f"m{n}", "role": "user", "content": str(n)} for n in range(first, first + count)]
    return json_reply({"messages": messages, "total": total, "has_more": True})


async def test_history_begins_at_its_end(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(history(0, 4, 10), history(6, 4, 10), history(2, 4, 10), history(0, 2, 10))
    seen = []
    cursor: str | None = None
    while True:
        page = await client.messages("s", cursor, limit=4)
        seen.append([message.text for message in page.items])
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [["6", "7", "8", "9"], ["2", "3", "4", "5"], ["0", "1"]]
    path = "GET /api/v1/runtime/s/messages/"
    assert raw_server.targets == [
        f"{path}?limit=4&offset=0",
        f"{path}?limit=4&offset=6",
        f"{path}?limit=4&offset=2",
        f"{path}?limit=2&offset=0",
    ]


@pytest.mark.parametrize("total", [3, None])
async def test_a_short_history_takes_one_request(
    client: AttheneClient, raw_server: RawServer, total: int | None
) -> None:
    raw_server.script(history(0, 3, total))
    page = await client.messages("s")
    assert (len(page.items), page.next_cursor) == (3, None)


async def test_a_cursor_that_is_none(client: AttheneClient) -> None:
    with pytest.raises(InvalidRequest):
        await client.messages("s", "nowhere")


async def test_an_agents_session_stays_until_it_is_archived(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(*(json_reply({"session_id": name}) for name in "abc"))
    first, created = await client.open_conversation("support_agent")
    assert (first.id, created) == ("a", True)
    assert await client.open_conversation("support_agent") == (first, False)
    await client.archive_conversation("a")
    second, created = await client.open_conversation("support_agent")
    assert (second.id, created) == ("b", True)
    third, created = await client.open_conversation("support_agent", fresh=True)
    assert (third.id, created) == ("c", True)
    assert await client.open_conversation("support_agent") == (third, False)


async def test_uploads_a_picture(client: AttheneClient, raw_server: RawServer, tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(PNG)
    url = "https://api-be.atthene.com/media/uploaded_images/temp_xyz.jpg"
    raw_server.script(json_reply({"url": url, "media_type": "image/jpeg", "size": 102400}))
    assert await client.upload(path) == Attachment("a.png", "image/jpeg", url, 102400)
    sent = raw_server.requests[0]
    assert (sent.method, sent.target) == ("POST", "/api/v1/images/upload/")
    assert b'name="image"; filename="a.png"' in sent.body
    assert PNG in sent.body


@pytest.mark.parametrize("name", ["a.pdf", "nothing", "missing.png"])
async def test_refuses_to_upload_anything_else(client: AttheneClient, tmp_path: Path, name: str) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(InvalidRequest, match=name):
        await client.upload(tmp_path / name)


async def test_what_is_missing_says_why(client: AttheneClient) -> None:
    for feature, call in {
        Feature.CANCEL: client.cancel("run"),
        Feature.CONVERSATIONS: client.conversations(),
        Feature.CREDITS: client.credits(),
        Feature.FEEDBACK: client.rate("s", "m", 1),
    }.items():
        with pytest.raises(Unsupported) as caught:
            await call
        assert str(caught.value) == client.capabilities.reason(feature)
    with pytest.raises(Unsupported):
        client.answer_tool("run", ToolAnswer("c", ToolOutcome.SUCCESS, None))
    with pytest.raises(Unsupported):
        client.decide("run", Decision(approved=True))


async def test_the_answer_is_cleaned_and_the_key_is_not_recorded(
    client: AttheneClient, raw_server: RawServer, observer: RecordingObserver
) -> None:
    answer = {"messages": [{"role": "assistant", "content": f"\x1b]0;evil\x07red\x1b[31m {KEY}"}]}
    raw_server.script(json_reply(answer))
    events = await collect(client, follow_up())
    assert events[1] == TextDelta(f"red {KEY}")
    assert [record.url for record in observer.records if isinstance(record, WireRequest)]
    assert KEY not in repr(observer.records)


async def test_an_answer_that_is_nothing_we_know_fails_the_run(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply(["what?"]))
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFailed)
    assert end.code == UnreadableAnswer.default_code


async def test_a_redirect_of_a_message_is_an_error_not_a_get(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(Reply((head(301, {"Location": "/elsewhere/", "Content-Length": "0", "Connection": "close"}),)))
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFailed)
    assert "/elsewhere/" in end.message


async def test_a_server_error_while_listing_agents_is_tried_again(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply({}, 503), json_reply([]))
    assert (await client.agents()).items == ()
    raw_server.script(*[json_reply({}, 503)] * 4)
    with pytest.raises(ServerTrouble):
        await client.agents()
