from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from athena_tui.client.events import RunFailed, RunFinished, RunStarted, RunStatus, RunSuspended, TextDelta
from athena_tui.client.observer import Reconnecting
from tests.client.raw_server import DROP, RawServer, body_reply, json_reply, sse_reply
from tests.client.tenfive.wiring import (
    CREATED,
    collect,
    connected,
    delta,
    done,
    gate,
    moved,
    page,
    record,
    request,
    sse,
    succeeded,
    text_of,
)

STREAM = "GET /v1/runs/run_1/events/stream"
EVENTS = "GET /v1/runs/run_1/events"
RECORD = "GET /v1/runs/run_1"

WORDS = [f"w{number} " for number in range(1, 21)]
SCRIPT = [*(delta(seq, word) for seq, word in enumerate(WORDS, 1)), done(21), succeeded(22)]


async def test_run_is_created_streamed_and_confirmed(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(delta(1, "Hel"), delta(2, "lo")), sse(done(3), succeeded(4))), record())
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[0] == RunStarted("run_1")
    assert text_of(events) == "Hello"
    assert events[-1] == RunFinished("run_1", text="Hello")
    assert raw_server.targets == ["POST /v1/runs", STREAM, RECORD]
    assert raw_server.requests[0].headers["idempotency-key"] == "intent-1"
    assert raw_server.requests[0].headers["authorization"] == "Bearer key_1:very-secret"


@given(
    st.lists(st.integers(1, 21), min_size=10, max_size=10, unique=True).map(sorted), st.randoms(use_true_random=False)
)
@settings(max_examples=40, deadline=None)
async def test_ten_broken_streams_lose_and_repeat_nothing(cuts: list[int], random: Any) -> None:
    async with RawServer().serving() as server:
        server.script(CREATED)
        shown = 0
        for cut in [*cuts, len(SCRIPT)]:
            # Some servers send again what they sent before.
            again = random.randint(0, shown)
            broken = cut != len(SCRIPT)
            server.script(sse_reply(sse(*SCRIPT[again:cut]), ending="drop" if broken else "close"))
            shown = cut
        server.script(record())
        async with connected(server) as testing:
            events = await collect(testing.client.run(request()))
        assert [event.text for event in events if isinstance(event, TextDelta)] == WORDS
        assert events[-1] == RunFinished("run_1", text="".join(WORDS))
        reconnects = [state for state in testing.observer.states if isinstance(state, Reconnecting)]
        assert [(state.after_event, state.attempt) for state in reconnects] == [(cut, 1) for cut in cuts]
        resumed = [asked for asked in server.requests if "last-event-id" in asked.headers]
        assert [asked.headers["last-event-id"] for asked in resumed] == [str(cut) for cut in cuts]
        assert [asked.target.partition("after_seq=")[2] for asked in resumed] == [str(cut) for cut in cuts]
        server.check()


@given(st.lists(st.integers(0, 500), min_size=10, max_size=10))
@settings(max_examples=40, deadline=None)
async def test_stream_cut_inside_an_event_is_picked_up_before_it(cuts: list[int]) -> None:
    async with RawServer().serving() as server:
        server.script(CREATED)
        for seen, cut in enumerate(cuts):
            whole, partial = sse(SCRIPT[seen]).encode(), sse(SCRIPT[seen + 1]).encode()
            server.script(sse_reply(whole + partial[: cut % len(partial)], ending="drop"))
        server.script(sse_reply(sse(*SCRIPT[len(cuts) :])), record())
        async with connected(server) as testing:
            events = await collect(testing.client.run(request()))
        assert [event.text for event in events if isinstance(event, TextDelta)] == WORDS
        server.check()


async def test_clean_end_of_a_stream_is_no_end_of_the_run(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(delta(1, "a"))), sse_reply(sse(delta(2, "b"), succeeded(3))), record())
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"


async def test_duplicates_are_dropped(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED, sse_reply(sse(delta(1, "a"), delta(1, "a"), delta(2, "b"), delta(1, "a"), succeeded(3))), record()
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"


async def test_events_out_of_order_are_put_in_order_from_the_list(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a"), delta(3, "c"), delta(2, "b"), delta(4, "d"), succeeded(5))),
        page(delta(3, "c"), delta(2, "b")),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "abcd"
    assert raw_server.targets[2].startswith(f"{EVENTS}?after_seq=1")


async def test_stream_that_does_not_replay_the_past_is_completed_from_the_list(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED, sse_reply(sse(delta(3, "c"), succeeded(4))), page(delta(1, "a"), delta(2, "b")), record()
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "abc"


async def test_numbers_that_are_skipped_for_good_do_not_hold_anything_up(raw_server: RawServer) -> None:
    sparse = [delta(seq, f"{seq} ") for seq in range(10, 100, 10)]
    raw_server.script(CREATED, sse_reply(sse(*sparse, succeeded(100))), page(), page(), page(), record())
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "10 20 30 40 50 60 70 80 90 "


async def test_missing_list_of_events_does_not_hold_the_stream_up(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED, sse_reply(sse(delta(2, "a"), delta(4, "b"), succeeded(6))), json_reply({"error": "?"}, 404), record()
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"


@pytest.mark.parametrize(
    "refusal",
    [
        json_reply({"error": "no stream", "reason_code": "X", "request_id": "r"}, 404),
        json_reply({"error": "no stream", "reason_code": "X", "request_id": "r"}, 406),
        body_reply(b"{}", "application/json"),
    ],
)
async def test_list_is_polled_where_there_is_no_stream(raw_server: RawServer, refusal: Any) -> None:
    raw_server.script(
        CREATED,
        refusal,
        record("running"),
        page(delta(1, "a"), has_more=None),
        page(),
        page(),
        record("running"),
        page(delta(2, "b"), has_more=True),
        page(succeeded(3)),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"
    assert testing.time.slept == [1.0, 1.0, 1.0]
    assert not any(isinstance(state, Reconnecting) for state in testing.observer.states)


async def test_polling_follows_the_cursor_and_knows_other_shapes(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        json_reply({"data": [delta(1, "a")], "nextCursor": "opaque"}),
        json_reply([delta(1, "a"), delta(2, "b")]),
        json_reply({"items": [delta(2, "b"), succeeded(3)], "cursor": 3}),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request(stream=False)))) == "ab"
    assert "cursor=opaque" in raw_server.targets[2]
    assert "after_seq=1" in raw_server.targets[2]
    assert raw_server.requests[0].json()["streaming"] is False


async def test_polling_takes_over_after_fruitless_streams(raw_server: RawServer) -> None:
    fruitless = [reply for _ in range(3) for reply in (sse_reply(": hi\n\n"), record("running"))]
    raw_server.script(CREATED, *fruitless, page(delta(1, "a"), succeeded(2)), record())
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "a"
    reconnects = [state for state in testing.observer.states if isinstance(state, Reconnecting)]
    assert [state.attempt for state in reconnects] == [2, 3, 4]
    assert [state.delay for state in reconnects] == [1.0, 2.0, 4.0]


async def test_connection_that_stays_away_fails_the_run_with_a_remedy(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(delta(1, "a")), ending="drop"), *[DROP] * 24)
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    end = events[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.retryable, end.run_id) == ("answer_lost", False, "run_1")
    assert end.remedy


async def test_key_that_is_revoked_on_the_way_ends_the_run(raw_server: RawServer) -> None:
    refusal = json_reply({"error": "revoked", "reason_code": "AUTH_KEY_INVALID", "request_id": "r"}, 401)
    raw_server.script(CREATED, sse_reply(sse(delta(1, "a")), ending="drop"), refusal)
    async with connected(raw_server) as testing:
        end = (await collect(testing.client.run(request())))[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.status, end.trace_id) == ("AUTH_KEY_INVALID", 401, "r")


async def test_stalled_run_is_resumed(raw_server: RawServer) -> None:
    stalled = moved(2, "run.worker.stalled", "stalled")
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a"), stalled), sse(delta(3, "b"), succeeded(4))),
        record("running"),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"
    assert raw_server.targets[2] == "POST /v1/runs/run_1/resume"


async def test_run_that_stalls_without_a_word_is_found_by_its_record(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a")), ending="drop"),
        sse_reply(": nothing\n\n"),
        record("stalled"),
        record("running"),
        sse_reply(sse(delta(2, "b"), succeeded(3))),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "ab"
    assert raw_server.targets[4] == "POST /v1/runs/run_1/resume"


async def test_run_that_somebody_else_resumed_goes_on(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(moved(1, "run.worker.stalled", "stalled")), sse(succeeded(2))),
        json_reply({"error": "running", "reason_code": "RUN_NOT_STALLED", "request_id": "r"}, 409),
        record(),
    )
    async with connected(raw_server) as testing:
        assert isinstance((await collect(testing.client.run(request())))[-1], RunFinished)


async def test_run_that_stalls_without_end_is_given_up(raw_server: RawServer) -> None:
    stalls = [moved(seq, "run.worker.stalled", "stalled") for seq in range(1, 7)]
    raw_server.script(CREATED, sse_reply(sse(*stalls)), *[record("running")] * 5)
    async with connected(raw_server) as testing:
        end = (await collect(testing.client.run(request())))[-1]
    assert isinstance(end, RunFailed)
    assert end.code == "run_stalled"


async def test_run_that_ended_without_an_event_is_found_by_its_record(raw_server: RawServer) -> None:
    raw_server.script(
        CREATED,
        sse_reply(sse(delta(1, "a"))),
        sse_reply(": nothing\n\n"),
        record("succeeded"),
        page(delta(2, "b")),
        record("succeeded", output="ab"),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert text_of(events) == "ab"
    assert events[-1] == RunFinished("run_1", text="ab")


async def test_replayed_run_skips_the_gates_that_were_answered(raw_server: RawServer) -> None:
    raw_server.script(
        record("running", 200, replayed=True),
        page(delta(1, "a"), gate(2), delta(3, "b")),
        sse_reply(sse(delta(4, "c"), succeeded(5))),
        record(),
    )
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[0] == RunStarted("run_1", replayed=True)
    assert text_of(events) == "abc"
    assert isinstance(events[-1], RunFinished)


async def test_replayed_run_waits_at_a_gate_that_is_open(raw_server: RawServer) -> None:
    raw_server.script(record("awaiting_input", 200, replayed=True), page(gate(1), gate(2)))
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    assert events[-1] == RunSuspended("run_1", RunStatus.AWAITING_APPROVAL)


async def test_replayed_run_that_is_over_is_read_from_the_list(raw_server: RawServer) -> None:
    raw_server.script(record("succeeded", 200, replayed=True), page(delta(1, "a"), succeeded(2)), record())
    async with connected(raw_server) as testing:
        assert (await collect(testing.client.run(request())))[-1] == RunFinished("run_1", text="a")


async def test_stream_that_only_stays_alive_is_picked_up_again(
    raw_server: RawServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("athena_tui.client.tenfive.following.LONGEST_SILENCE", 0.05)
    never = asyncio.Event()
    raw_server.script(
        CREATED,
        sse_reply(": alive\n\n", never),
        record("stalled"),
        record("running"),
        sse_reply(sse(delta(1, "a"), succeeded(2))),
        record(),
    )
    async with connected(raw_server) as testing:
        assert text_of(await collect(testing.client.run(request()))) == "a"


async def test_a_run_of_an_earlier_life_is_followed_from_its_first_event(raw_server: RawServer) -> None:
    raw_server.script(page(delta(1, "Hel"), gate(2), moved(3, "run.resumed", "running"), delta(4, "lo")))
    raw_server.script(sse_reply(sse(done(5), succeeded(6))), record())
    async with connected(raw_server) as testing:
        events = await collect(testing.client.resume_run("run_1", request()))
    assert events[0] == RunStarted("run_1", replayed=True)
    assert text_of(events) == "Hello"
    assert events[-1] == RunFinished("run_1", text="Hello")
    assert raw_server.targets == [f"{EVENTS}?after_seq=0&limit=100", f"{STREAM}?after_seq=4", RECORD]


async def test_a_run_that_is_gone_says_so(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"error": "Not found", "reason_code": "RUN_NOT_FOUND", "request_id": "req-9"}, 404))
    async with connected(raw_server) as testing:
        end = (await collect(testing.client.resume_run("run_1", request())))[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.status, end.run_id) == ("RUN_NOT_FOUND", 404, "run_1")


async def test_a_status_nobody_knows_is_not_waited_for_without_end(raw_server: RawServer) -> None:
    raw_server.script(CREATED, sse_reply(sse(delta(1, "Half"))))
    for _ in range(3):
        raw_server.script(sse_reply(""), record("timed_out"))
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request()))
    end = events[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.run_id, "“timed_out”" in end.message) == ("timed_out", "run_1", True)
    assert text_of(events) == "Half"


async def test_an_escape_sequence_cut_between_polled_deltas_is_removed_whole(raw_server: RawServer) -> None:
    raw_server.script(CREATED, page(delta(1, "a\x1b"), delta(2, "[31mb"), done(3), succeeded(4)), record())
    async with connected(raw_server) as testing:
        events = await collect(testing.client.run(request(stream=False)))
    assert text_of(events) == "ab"
