from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from athena_tui.sandbox.options import SandboxOptions
from athena_tui.sandbox.server import RunningSandbox
from tests.sandbox.atthene.conftest import Api, MakeApi

PNG = b"\x89PNG\r\n\x1a\n" + b"\r\n--not a boundary\r\n" + bytes(range(256))


async def test_the_tutorials_answer(api: Api) -> None:
    session_id = await api.session("echo")
    answer = await api.ask(session_id, "hello", correlation_id="c1")
    assert answer.keys() == {
        *("id", "object", "status", "created_at", "completed_at", "config", "messages", "execution_time", "metadata")
    }
    assert (answer["id"], answer["object"], answer["status"]) == (session_id, "agent.session", "completed")
    assert isinstance(answer["created_at"], int)
    assert answer["messages"][0].keys() == {"id", "role", "content", "created_at"}
    assert answer["metadata"]["correlation_id"] == "c1"
    assert answer["metadata"]["usage"].keys() == {"input_tokens", "output_tokens"}


async def test_pictures_and_files_get_the_shorter_answer(api: Api) -> None:
    session_id = await api.session("echo")
    content = [{"type": "text", "text": "look"}, {"type": "file", "file_url": "https://example.com/document.pdf"}]
    answer = await api.ask(session_id, content)
    assert answer.keys() == {"id", "object", "status", "messages", "metadata"}
    assert "https://example.com/document.pdf" in answer["messages"][0]["content"]


async def test_the_older_answers(api: Api) -> None:
    answer = await api.ask(await api.session("echo_reference"), "hello", correlation_id="c1")
    assert answer["response"] == {"content": "hello", "tool_calls": []}
    assert (answer["success"], answer["correlation_id"]) == (True, "c1")
    answer = await api.ask(await api.session("echo_guide"), "hello")
    assert (answer["type"], answer["client_type"]) == ("execution_result", "backend")
    assert answer["messages"][0]["content"] == "hello"


async def test_several_agents_answer_with_several_messages(api: Api) -> None:
    answer = await api.ask(await api.session("newsroom"), "tides")
    assert [message["agent_name"] for message in answer["messages"]] == ["reporter", "writer", "editor"]
    assert answer["messages"][0]["tool_calls"][0]["name"] == "wikipedia_search"


async def test_a_session_remembers(api: Api) -> None:
    session_id = await api.session("support_concierge")
    await api.text(session_id, "My name is Ada")
    assert "Hello Ada!" in await api.text(session_id, "hello again")
    assert "Ada" not in await api.text(await api.session("support_concierge"), "hello again")


async def test_the_researcher_writes_at_length(api: Api) -> None:
    text = await api.text(await api.session("researcher"), "How do tides work?")
    assert text.startswith("# How do tides work\n")
    assert len(text) > 8000
    for mark in ("```python", "| Source |", "\n> ", "- [x]"):
        assert mark in text


async def test_history_in_pages_oldest_first(api: Api) -> None:
    session_id = await api.session("echo")
    for text in ("one", "two", "three"):
        await api.ask(session_id, text)
    page = (await api.http.get(f"/runtime/{session_id}/messages/", params={"limit": 2, "offset": 2})).json()
    assert [(message["role"], message["content"]) for message in page["messages"]] == [
        ("user", "two"),
        ("assistant", "two"),
    ]
    assert (page["total"], page["has_more"]) == (6, True)
    assert page["messages"][0].keys() == {"id", "role", "content", "timestamp"}
    whole = (await api.http.get(f"/runtime/{session_id}/messages/")).json()
    assert len(whole["messages"]) == 6
    assert (await api.http.get(f"/runtime/{session_id}/messages/?limit=0")).status_code == 400


async def test_a_configuration_may_keep_no_messages(api: Api) -> None:
    config = {"name": "Forgetful", "agent_type": "llm_agent", "system_prompt": "x", "save_messages": False}
    session_id = (await api.http.post("/sessions/", json=config)).json()["session_id"]
    assert "hello" in await api.text(session_id, "hello")
    assert (await api.http.get(f"/runtime/{session_id}/messages/")).json()["total"] == 0


async def test_one_run_at_a_time_in_a_session(make_api: MakeApi) -> None:
    api = make_api(SandboxOptions(pace=1000))
    session_id, other = await api.session("slow"), await api.session("slow")
    first = asyncio.create_task(api.execute(session_id, "think"))
    await api.processing(session_id)
    refused = await api.execute(session_id, "think again")
    assert (refused.status_code, refused.json()["error"]["type"]) == (429, "rate_limit_error")
    assert "retry-after" not in refused.headers
    second = asyncio.create_task(api.execute(other, "another session"))
    await api.processing(other)
    api.state.end_streams()
    assert [(await run).json()["status"] for run in (first, second)] == ["timeout", "timeout"]
    assert (await api.http.get(f"/runtime/{session_id}/status/")).json()["status"] == "error"


@pytest.mark.parametrize(
    ("text", "status", "kind"), [("500 please", 500, "server_error"), ("policy", 400, "validation_error")]
)
async def test_failures_with_a_status(api: Api, text: str, status: int, kind: str) -> None:
    answer = await api.execute(await api.session("failing"), text)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)


async def test_failures_inside_an_answer(api: Api) -> None:
    session_id = await api.session("failing")
    answer = await api.ask(session_id, "go")
    assert (answer["status"], answer["messages"]) == ("error", [])
    assert "tavily_search" in answer["error"]
    assert (await api.http.get(f"/runtime/{session_id}/status/")).json()["health"] == "degraded"
    assert (await api.ask(session_id, "timeout"))["status"] == "timeout"


async def test_the_third_attempt_is_let_through(api: Api) -> None:
    session_id = await api.session("failing")
    assert [(await api.execute(session_id, "429")).status_code for _ in range(3)] == [429, 429, 200]


async def test_session_and_request_variables(api: Api) -> None:
    session_id = await api.session("onboarding")
    missing = await api.execute(session_id, "hi")
    assert missing.json()["error"]["details"] == {"missing": ["user_id", "seats", "current_query"]}
    mistyped = await api.execute(session_id, "hi", inputs={"user_id": "u1", "seats": "many", "current_query": "q"})
    assert mistyped.json()["error"]["details"] == {"mistyped": ["seats"]}
    first = await api.text(session_id, "hi", inputs={"user_id": "u1", "seats": 3, "current_query": "refunds"})
    assert "3 seats" in first
    assert "English" in first
    assert "refunds" in first
    # The session's variables stay, the request's do not.
    again = await api.execute(session_id, "hi", inputs={})
    assert again.json()["error"]["details"] == {"missing": ["current_query"]}
    second = await api.text(session_id, "hi", inputs={"current_query": "dates", "seats": 4, "language": "German"})
    assert "4 seats" in second
    assert "`u1`" in second
    assert "German" in second


async def test_a_configuration_without_declared_variables_takes_any(api: Api) -> None:
    session_id = await api.session("echo")
    assert '"user_email":"john@example.com"' in await api.text(
        session_id, "hi", inputs={"user_email": "john@example.com"}
    )
    assert "john@example.com" in await api.text(session_id, "hi", inputs={})


async def test_unknown_variables_are_ignored_with_a_warning(api: Api) -> None:
    inputs = {"user_id": "u", "seats": 1, "current_query": "q", "colour": "red"}
    answer = await api.ask(await api.session("onboarding"), "hi", inputs=inputs)
    assert answer["metadata"]["warnings"] == ["Unknown variable ignored: colour"]


async def test_uploaded_pictures(api: Api) -> None:
    answer = await api.http.post("/images/upload/", files={"image": ("a b.png", PNG, "image/png")})
    uploaded = answer.json()
    assert (uploaded["media_type"], uploaded["size"]) == ("image/png", len(PNG))
    fetched = await api.http.get(uploaded["url"], headers={"x-api-key": ""})
    assert (fetched.content, fetched.headers["content-type"]) == (PNG, "image/png")
    session_id = await api.session("echo")
    content = [{"type": "image_url", "image_url": {"url": uploaded["url"]}}]
    assert uploaded["url"] in await api.text(session_id, content)
    api.state.clock.advance(3601)
    assert (await api.http.get(uploaded["url"])).status_code == 404
    assert (await api.execute(session_id, content)).status_code == 400


async def test_pictures_by_url_cost_less_than_inline_ones(api: Api) -> None:
    session_id = await api.session("echo")
    data = base64.b64encode(PNG * 100).decode()
    inline = [{"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}]
    public = [{"type": "image_url", "image_url": {"url": "https://example.com/public-image.jpg"}}]
    costs = [(await api.ask(session_id, content))["metadata"]["usage"]["input_tokens"] for content in (inline, public)]
    assert costs[0] > 10 * costs[1]


@pytest.mark.parametrize(
    "content",
    [
        None,
        "",
        [],
        [{"type": "text"}],
        [{"type": "audio", "url": "https://example.com"}],
        [{"type": "image_url", "image_url": "https://example.com/a.png"}],
        [{"type": "image_url", "image_url": {"url": "data:image/png;base64,???"}}],
        [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}],
        [{"type": "file", "file_url": "/etc/passwd"}],
    ],
)
async def test_refuses_content_that_is_none(api: Api, content: object) -> None:
    answer = await api.execute(await api.session("echo"), content)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "validation_error")


@pytest.mark.parametrize("field", [{"inputs": []}, {"correlation_id": 3}])
async def test_refuses_fields_of_the_wrong_type(api: Api, field: dict[str, object]) -> None:
    assert (await api.execute(await api.session("echo"), "hi", **field)).status_code == 400


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"image": ("a.png", b"no picture", "image/png")}, 400),
        ({"picture": ("a.png", PNG, "image/png")}, 400),
        ({"image": ("a.png", PNG + bytes(10 * 1024 * 1024), "image/png")}, 413),
    ],
    ids=["not a picture", "another field", "too large"],
)
async def test_refuses_uploads(api: Api, files: dict[str, tuple[str, bytes, str]], status: int) -> None:
    assert (await api.http.post("/images/upload/", files=files)).status_code == status


async def test_unknown_sessions(api: Api) -> None:
    for path in ("messages", "status"):
        assert (await api.http.get(f"/runtime/nope/{path}/")).status_code == 404
    assert (await api.execute("nope", "hi")).json()["error"]["type"] == "not_found_error"


async def test_sessions_outlive_the_server(tmp_path: Path) -> None:
    options = SandboxOptions(data_directory=tmp_path, pace=0)
    async with RunningSandbox(options) as sandbox:
        key = sandbox.description["atthene"]["api_key"]
        first = Api(sandbox.state)
        session_id = await first.session("onboarding")
        await first.ask(session_id, "hi", inputs={"user_id": "u1", "seats": 3, "current_query": "q"})
        await first.http.aclose()
    async with RunningSandbox(options) as sandbox:
        assert sandbox.description["atthene"]["api_key"] == key
        second = Api(sandbox.state)
        assert "3 seats" in await second.text(session_id, "hi", inputs={"current_query": "q"})
        await second.http.aclose()
