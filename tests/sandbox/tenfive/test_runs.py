from __future__ import annotations

import httpx
import pytest
from starlette.applications import Starlette

from athena_tui.sandbox import tenfive
from athena_tui.sandbox.options import SandboxOptions
from athena_tui.sandbox.state import SandboxState
from tests.sandbox.tenfive.connection import connected, texts, types


async def test_run_is_queued_then_streams_then_keeps_its_answer() -> None:
    async with connected() as api:
        run = await api.create("Good morning", routing_hint="echo")
        assert run["status"] == "queued"
        assert not run["replayed"]
        events = await api.stream(run["id"])
        assert types(events) == ["run.created", "run.worker.started", "step.done", "run.worker.succeeded"]
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        assert texts(events) == "Good morning"
        finished = await api.get(run["id"])
        assert finished["status"] == "succeeded"
        assert finished["output"] == "Good morning"
        assert finished["completed_at"] > finished["created_at"]


async def test_what_the_caller_sent_is_redacted_from_the_public_event() -> None:
    async with connected() as api:
        run = await api.create("secret plan", metadata={"who": "me"}, sensitivity_tags=["pii"], attachment_refs=["a"])
        created = (await api.stream(run["id"]))[0]["payload"]
        assert created["redacted"] is True
        assert set(created["value"]) == {"request_id", "routing"}


async def test_payload_without_secrets_is_not_marked_as_redacted() -> None:
    async with connected() as api:
        run = await api.create("@echo hi")
        assert [event["payload"]["redacted"] for event in await api.stream(run["id"])][1:] == [False] * 4


async def test_run_proceeds_though_nobody_listens_and_is_polled_page_by_page() -> None:
    async with connected() as api:
        run = await api.create("@echo one two three")
        events: list[str] = []
        cursor = "0"
        while "run.worker.succeeded" not in events:
            response = await api.http.get(f"/v1/runs/{run['id']}/events", params={"cursor": cursor, "limit": 2})
            page = response.json()
            assert len(page["events"]) <= 2
            assert [event["seq"] for event in page["events"]] == list(
                range(int(cursor) + 1, int(cursor) + 1 + len(page["events"]))
            )
            events += [event["type"] for event in page["events"]]
            cursor = page["next_cursor"]
        assert events.count("step.progress") == 3


async def test_stream_goes_on_after_the_last_event_id_and_after_seq() -> None:
    async with connected() as api:
        run = await api.create("@echo one two three")
        everything = await api.stream(run["id"])
        assert await api.stream(run["id"], **{"Last-Event-ID": "3"}) == everything[3:]
        after = await api.http.get(f"/v1/runs/{run['id']}/events", params={"after_seq": 3})
        assert after.json()["events"] == everything[3:]
        assert await api.stream(run["id"], **{"Last-Event-ID": str(len(everything))}) == []


async def test_dropped_streams_lose_nothing() -> None:
    async with connected(faults="drop@3") as api:
        run = await api.create("@echo a b c d e f g h i")
        seen: list[int] = []
        drops = 0
        while True:
            headers = {"Last-Event-ID": str(seen[-1])} if seen else {}
            path = f"/v1/runs/{run['id']}/events/stream"
            try:
                async with api.http.stream("GET", path, headers=headers) as response:
                    async for line in response.aiter_lines():
                        name, _, value = line.partition(": ")
                        seen += [int(value)] if name == "id" else []
                break
            except httpx.RemoteProtocolError:
                drops += 1
        assert seen == list(range(1, 14))
        assert drops == 4


async def test_same_key_and_body_gives_the_same_run() -> None:
    async with connected() as api:
        first = await api.create("@echo hi", key="once")
        again = await api.create("@echo hi", key="once")
        assert again["id"] == first["id"]
        assert again["replayed"] is True
        other = await api.create("@echo hi", key="twice")
        assert other["id"] != first["id"]


async def test_same_key_with_another_body_conflicts() -> None:
    async with connected() as api:
        await api.create("@echo hi", key="once")
        response = await api.http.post(
            "/v1/runs", json={"input": {"prompt": "other"}}, headers={"idempotency-key": "once"}
        )
        assert response.status_code == 409
        assert response.json()["reason_code"] == "IDEMPOTENCY_KEY_CONFLICT"
        assert "run" not in response.json()


async def test_repeated_key_can_be_answered_with_409_and_the_run() -> None:
    state = SandboxState.open(SandboxOptions(seed=1, pace=0.0))
    app = Starlette(routes=tenfive.routes(state, duplicate_conflicts=True))
    key = tenfive.describe(state, "")["api_key"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox") as http:
        headers = {"Authorization": f"Bearer {key}", "idempotency-key": "once"}
        first = await http.post("/v1/runs", json={"input": {"prompt": "hi"}}, headers=headers)
        again = await http.post("/v1/runs", json={"input": {"prompt": "hi"}}, headers=headers)
        assert first.status_code == 202
        assert again.status_code == 409
        assert again.json()["run"]["id"] == first.json()["id"]
        assert again.json()["replayed"] is True
        await http.post(f"/v1/runs/{first.json()['id']}/cancel", headers=headers)
    state.close()


async def test_gate_waits_for_approval_and_then_for_input() -> None:
    async with connected() as api:
        run = await api.create("@gatekeeper the newsletter")
        asked = (await api.stream(run["id"], until="run.awaiting_input"))[-1]
        assert asked["payload"]["value"]["input_kind"] == "approval"
        assert (await api.get(run["id"]))["status"] == "awaiting_input"
        assert (await api.signal(run["id"], "approve")).json()["status"] == "running"
        later = await api.stream(run["id"], until="run.awaiting_input", **{"Last-Event-ID": str(asked["seq"])})
        assert later[0]["type"] == "run.signal.received"
        assert later[-1]["payload"]["value"]["input_kind"] == "input"
        await api.signal(run["id"], "submit_input", payload={"input": "the whole team"})
        end = await api.stream(run["id"], **{"Last-Event-ID": str(later[-1]["seq"])})
        assert texts(end) == "Sent to the whole team.\n"
        output = (await api.get(run["id"]))["output"]
        assert output.startswith("I have prepared: *the newsletter*")
        assert output.endswith("Approved. Sent to the whole team.\n")


async def test_rejection_fails_the_run() -> None:
    async with connected() as api:
        run = await api.create("@gatekeeper the newsletter")
        await api.stream(run["id"], until="run.awaiting_input")
        await api.signal(run["id"], "reject", payload={"reason": "no"})
        assert (await api.stream(run["id"]))[-1]["type"] == "run.worker.failed"
        assert (await api.get(run["id"]))["reason_code"] == "REJECTED"


async def test_repeated_signal_counts_once() -> None:
    async with connected() as api:
        run = await api.create("@gatekeeper x")
        await api.stream(run["id"], until="run.awaiting_input")
        path = f"/v1/runs/{run['id']}/signal"
        for _ in range(2):
            response = await api.http.post(path, json={"action": "approve"}, headers={"idempotency-key": "s1"})
            assert response.status_code == 200
        events = await api.stream(run["id"], until="run.awaiting_input", **{"Last-Event-ID": "11"})
        assert types(events).count("run.signal.received") <= 1
        await api.http.post(path, json={"action": "submit_input", "payload": "me"}, headers={"idempotency-key": "s2"})
        assert types(await api.stream(run["id"])).count("run.signal.received") == 2


async def test_signal_to_a_run_that_does_not_wait_is_refused() -> None:
    async with connected() as api:
        run = await api.create("@echo hi")
        await api.stream(run["id"])
        response = await api.signal(run["id"], "approve")
        assert (response.status_code, response.json()["reason_code"]) == (409, "RUN_NOT_AWAITING_INPUT")
        assert (await api.signal(run["id"], "applaud")).json()["reason_code"] == "VALIDATION_FAILED"


async def test_retried_step_is_taken_back_in_the_answer() -> None:
    async with connected() as api:
        run = await api.create("@reviser tea")
        done = [event["payload"]["value"] for event in await api.stream(run["id"]) if event["type"] == "step.done"]
        assert [step["outcome"] for step in done] == ["succeeded", "retry_step", "succeeded"]
        assert done[1]["step_id"] == done[2]["step_id"]
        output = (await api.get(run["id"]))["output"]
        assert output == "First the part that stays.\n\nAbout *tea*: this is the corrected text.\n"


@pytest.mark.parametrize(
    ("agent", "event", "reason"),
    [
        ("unlucky", "run.worker.failed", "STEP_FAILED"),
        ("glutton", "run.limit_exceeded", "RUN_LIMIT_EXCEEDED"),
    ],
)
async def test_run_fails_with_its_reason(agent: str, event: str, reason: str) -> None:
    async with connected() as api:
        run = await api.create("x", routing_hint=agent)
        assert (await api.stream(run["id"]))[-1]["type"] == event
        record = await api.get(run["id"])
        assert (record["status"], record["reason_code"]) == ("failed", reason)


async def test_stalled_run_goes_on_where_it_stopped_once_resumed() -> None:
    async with connected() as api:
        run = await api.create("@sleeper hello")
        stalled = await api.stream(run["id"], until="run.worker.stalled")
        assert (await api.get(run["id"]))["status"] == "stalled"
        assert (await api.http.post(f"/v1/runs/{run['id']}/resume")).json()["status"] == "running"
        rest = await api.stream(run["id"], **{"Last-Event-ID": str(stalled[-1]["seq"])})
        whole = "One half before the worker is lost, the other half after the run was resumed: hello\n"
        assert texts(stalled) + texts(rest) == whole
        assert (await api.get(run["id"]))["output"] == whole
        assert (await api.http.post(f"/v1/runs/{run['id']}/resume")).status_code == 409


async def test_cancel_ends_the_run_and_may_be_repeated() -> None:
    async with connected(pace=1.0) as api:
        run = await api.create("@metronome 100000 at 10")
        await api.stream(run["id"], until="step.progress")
        for _ in range(2):
            assert (await api.http.post(f"/v1/runs/{run['id']}/cancel")).json()["status"] == "cancelled"
        events = await api.stream(run["id"])
        assert types(events)[-1] == "run.cancelled"
        assert types(events).count("run.cancelled") == 1


async def test_metronome_says_as_many_tokens_as_asked() -> None:
    async with connected() as api:
        run = await api.create("@metronome 25 at 1000")
        assert texts(await api.stream(run["id"])).split() == [f"tick{number}" for number in range(1, 26)]


async def test_earlier_messages_of_the_input_are_known() -> None:
    async with connected() as api:
        messages = [
            {"role": "user", "content": "I like tea"},
            {"role": "assistant", "content": "Noted."},
            {"role": "user", "content": "What do I like?"},
        ]
        response = await api.http.post(
            "/v1/runs", json={"input": {"messages": messages}}, headers={"idempotency-key": "k"}
        )
        said = texts(await api.stream(response.json()["id"]))
        assert "What do I like?" in said
        assert "I like tea" in said


async def test_everything_is_the_same_with_the_same_seed() -> None:
    async def play(seed: int) -> list[dict[str, object]]:
        async with connected(seed=seed) as api:
            run = await api.create("@researcher owls")
            return await api.stream(run["id"])

    assert await play(3) == await play(3)
    assert await play(3) != await play(4)
