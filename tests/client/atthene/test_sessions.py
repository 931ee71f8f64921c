"""One run at a time in each session, and runs whose end we did not hear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.errors import RateLimited
from athena_tui.client.events import RunFailed, RunFinished, RunStarted
from tests.client.atthene.conftest import EXECUTE, collect, follow_up, request
from tests.client.atthene.test_reply import TUTORIAL
from tests.client.raw_server import DROP, RawServer, Reply, json_reply
from tests.client.recording import FakeTime

LOST = [DROP, json_reply({"error": {"type": "server_error", "message": "Gateway timeout"}}, 504)]


@pytest.mark.parametrize("lost", LOST, ids=["dropped", "504"])
async def test_an_answer_we_did_not_hear_is_found_in_the_history(
    client: AttheneClient, raw_server: RawServer, fake_time: FakeTime, lost: Reply
) -> None:
    messages = [
        {"role": "user", "content": "Before"},
        {"role": "assistant", "content": "Old"},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "New"},
    ]
    raw_server.script(
        lost,
        json_reply({"status": "processing"}),
        json_reply({"status": "active"}),
        json_reply({"messages": messages, "total": 4}),
    )
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFinished)
    assert end.text == "New"
    assert fake_time.slept == [0.5]
    assert raw_server.targets.count(EXECUTE) == 1


@pytest.mark.parametrize("lost", LOST, ids=["dropped", "504"])
@pytest.mark.parametrize(
    "messages",
    [
        [],
        [{"role": "user", "content": "Hello"}],
        [{"role": "user", "content": "Another"}, {"role": "assistant", "content": "Old"}],
    ],
    ids=["nothing", "no answer", "another question"],
)
async def test_another_answer_is_not_taken_for_ours(
    client: AttheneClient, raw_server: RawServer, lost: Reply, messages: list[Any]
) -> None:
    raw_server.script(lost, json_reply({"status": "active"}), json_reply({"messages": messages}))
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFailed)
    assert end.code in {"connection_failed", "server_error"}
    assert raw_server.targets.count(EXECUTE) == 1


async def test_the_first_trouble_is_the_one_reported(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(LOST[1], json_reply({"detail": "Not found."}, 404))
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFailed)
    assert end.message == "Gateway timeout"


async def test_429_without_a_time_backs_off_longer_and_longer(
    client: AttheneClient, raw_server: RawServer, fake_time: FakeTime
) -> None:
    refusal = json_reply({"error": {"type": "rate_limit_error", "message": "Rate limit exceeded"}}, 429)
    raw_server.script(refusal, refusal, json_reply(TUTORIAL))
    events = await collect(client, follow_up())
    assert isinstance(events[-1], RunFinished)
    assert len(fake_time.slept) == 2
    assert fake_time.slept[1] > fake_time.slept[0]


async def test_429_for_good(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(*[json_reply({"detail": "Request was throttled."}, 429)] * 4)
    end = (await collect(client, follow_up()))[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.status, end.retryable) == (RateLimited.default_code, 429, True)


async def test_runs_of_one_session_wait_for_each_other(client: AttheneClient, raw_server: RawServer) -> None:
    gates = [asyncio.Event() for _ in range(3)]
    whole = json_reply(TUTORIAL)
    raw_server.script(*(Reply((gate, *whole.pieces)) for gate in gates))
    runs = [asyncio.create_task(collect(client, follow_up(text))) for text in ("one", "two", "three")]
    for count, gate in enumerate(gates, 1):
        await until(_arrived(raw_server, count))
        gate.set()
    await asyncio.gather(*runs)
    assert [sent.json()["content"] for sent in raw_server.requests] == ["one", "two", "three"]


async def test_runs_of_two_sessions_do_not_wait(client: AttheneClient, raw_server: RawServer) -> None:
    gate = asyncio.Event()
    whole = json_reply(TUTORIAL)
    raw_server.script(Reply((gate, *whole.pieces)), Reply((gate, *whole.pieces)))
    runs = [asyncio.create_task(collect(client, request(conversation_id=name))) for name in ("a", "b")]
    await until(_arrived(raw_server, 2))
    gate.set()
    await asyncio.gather(*runs)


async def test_after_a_run_we_left_the_next_waits_until_the_session_is_free(
    client: AttheneClient, raw_server: RawServer, fake_time: FakeTime
) -> None:
    raw_server.script(Reply((asyncio.Event(),), ending="keep"))
    left = asyncio.create_task(collect(client, follow_up("one")))
    await until(_arrived(raw_server, 1))
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    raw_server.script(json_reply({"status": "processing"}), json_reply({"status": "active"}), json_reply(TUTORIAL))
    assert isinstance((await collect(client, follow_up("two")))[-1], RunFinished)
    status = "GET /api/v1/runtime/session_abc123/status/"
    assert raw_server.targets == [EXECUTE, status, status, EXECUTE]
    assert fake_time.slept == [0.5]


async def test_a_status_that_cannot_be_had_stops_nobody(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(Reply((asyncio.Event(),), ending="keep"))
    left = asyncio.create_task(collect(client, follow_up("one")))
    await until(_arrived(raw_server, 1))
    left.cancel()
    await asyncio.wait({left})
    raw_server.script(json_reply({"detail": "Not found."}, 404), json_reply(TUTORIAL))
    assert isinstance((await collect(client, follow_up("two")))[-1], RunFinished)


def _arrived(server: RawServer, count: int) -> Callable[[], bool]:
    return lambda: len(server.requests) == count


async def until(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what is waited for happens in a server without an event
            await asyncio.sleep(0.001)


async def test_an_answer_that_an_earlier_life_of_the_app_waited_for_is_read_from_the_history(
    client: AttheneClient, raw_server: RawServer
) -> None:
    messages = [
        {"id": "msg_001", "role": "user", "content": "Hello", "timestamp": "2025-01-15T10:30:00Z"},
        {"id": "msg_002", "role": "assistant", "content": "Hi!", "timestamp": "2025-01-15T10:30:05Z"},
    ]
    raw_server.script(
        json_reply({"session_id": "session_abc123", "status": "processing", "health": "healthy"}),
        json_reply({"session_id": "session_abc123", "status": "active", "health": "healthy"}),
        json_reply({"messages": messages, "total": 2, "has_more": False}),
    )
    events = [event async for event in client.resume_run("key-1", follow_up())]
    assert events[0] == RunStarted("key-1", "session_abc123", replayed=True)
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert end.text == "Hi!"
    assert EXECUTE not in raw_server.targets


async def test_one_that_is_not_there_is_told(client: AttheneClient, raw_server: RawServer) -> None:
    raw_server.script(json_reply({"status": "active"}), json_reply({"messages": [], "total": 0, "has_more": False}))
    *_, end = [event async for event in client.resume_run("key-1", follow_up())]
    assert isinstance(end, RunFailed)
    assert (end.code, end.run_id, end.retryable) == ("answer_lost", "key-1", False)
