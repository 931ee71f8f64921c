from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from athena_tui.client.errors import InvalidRequest, UnreadableAnswer
from athena_tui.client.management import ApiKeys, Granularity, UsageItem, UsageQuery, UsageReports
from athena_tui.client.models import Usage
from tests.client.raw_server import RawServer, Reply, json_reply
from tests.client.tenfive.wiring import connected

START = datetime(2026, 3, 1, tzinfo=UTC)


async def test_client_can_report_usage_and_manage_keys() -> None:
    async with connected("http://127.0.0.1:1") as testing:
        assert isinstance(testing.client, UsageReports)
        assert isinstance(testing.client, ApiKeys)


async def test_usage_is_asked_for_with_every_filter(raw_server: RawServer) -> None:
    entry = {
        "period_start": "2026-03-25T00:00:00+00:00",
        "event_type": "tokens.consumed",
        "workspace_id": "ws_1",
        "subject_id": "user_1",
        "count": 3,
        "quantity": 1234,
        "input_tokens": 1000,
        "output_tokens": 234,
    }
    raw_server.script(
        json_reply({"start": "2026-03-01T00:00:00+00:00", "usage": [entry], "totals": {"tokens.consumed": 1234}})
    )
    query = UsageQuery(Granularity.HOUR, START, None, "tokens.consumed", "ws_1", "user_1")
    async with connected(raw_server) as testing:
        report = await testing.client.usage_report(query)
    start = "2026-03-01T00%3A00%3A00%2B00%3A00"
    narrowed = "event_type=tokens.consumed&workspace_id=ws_1&subject_id=user_1"
    assert raw_server.targets == [f"GET /v1/usage?granularity=hour&start={start}&{narrowed}"]
    day = datetime(2026, 3, 25, tzinfo=UTC)
    assert report.items == (UsageItem("tokens.consumed", 1234, day, 3, "ws_1", "user_1", Usage(1000, 234)),)
    assert (report.start, report.granularity, report.totals) == (START, Granularity.HOUR, {"tokens.consumed": 1234})


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"bucket": "2026-03-25", "event_type": "run.created", "total": 2}]},
        {"buckets": [{"date": "2026-03-25", "event_type": "run.created", "count": 2}]},
        [{"timestamp": "2026-03-25T00:00:00Z", "event_type": "run.created", "sum": "2"}],
        {"items": [{"period": "2026-03-25", "event_type": "run.created", "quantity": 2, "metadata": {"x": 1}}]},
    ],
)
async def test_usage_is_read_in_any_likely_shape(raw_server: RawServer, body: Any) -> None:
    raw_server.script(json_reply(body))
    async with connected(raw_server) as testing:
        (item,) = (await testing.client.usage_report(UsageQuery())).items
    assert (item.event_type, item.quantity) == ("run.created", 2)
    assert item.period_start is not None
    assert (item.period_start.month, item.period_start.day) == (3, 25)


async def test_a_period_at_the_end_of_the_calendar_is_none(raw_server: RawServer) -> None:
    raw_server.script(json_reply([{"period": "9999-12-31T23:00:00-05:00", "event_type": "run.created", "quantity": 2}]))
    async with connected(raw_server) as testing:
        (item,) = (await testing.client.usage_report(UsageQuery())).items
    assert (item.period_start, item.quantity) == (None, 2)


async def test_time_without_an_offset_is_refused_here(raw_server: RawServer) -> None:
    async with connected(raw_server) as testing:
        with pytest.raises(InvalidRequest):
            await testing.client.usage_report(UsageQuery(start=START.replace(tzinfo=None)))
    assert raw_server.requests == []


async def test_unreadable_usage_is_an_error(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"usage": [{"quantity": "much"}]}))
    async with connected(raw_server) as testing:
        with pytest.raises(UnreadableAnswer):
            await testing.client.usage_report(UsageQuery())


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"key_id": "key_2", "secret": "s3cret-value", "api_key": "key_2:s3cret-value"}, 201),
        json_reply({"key_id": "key_2", "secret": "s3cret-value"}, 201),
        json_reply({"api_key": "key_2:s3cret-value"}, 201),
        json_reply({"data": {"id": "key_2", "token": "key_2:s3cret-value"}}, 201),
    ],
)
async def test_new_key_is_returned_and_shown_nowhere(raw_server: RawServer, reply: Reply) -> None:
    raw_server.script(reply)
    async with connected(raw_server) as testing:
        issued = await testing.client.create_api_key("laptop")
    assert (issued.key_id, issued.credential) == ("key_2", "key_2:s3cret-value")
    assert raw_server.requests[0].json() == {"name": "laptop"}
    assert "s3cret-value" not in repr(issued)
    assert "s3cret-value" not in repr(testing.observer.records)


async def test_answer_without_a_key_is_an_error(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"key_id": "key_2"}, 201))
    async with connected(raw_server) as testing:
        with pytest.raises(UnreadableAnswer):
            await testing.client.create_api_key()


@pytest.mark.parametrize(("rotated", "used"), [("key_1", "key_1:newer-secret"), ("key_2", "key_1:very-secret")])
async def test_connection_goes_on_with_its_own_rotated_key(raw_server: RawServer, rotated: str, used: str) -> None:
    raw_server.script(json_reply({"key_id": rotated, "secret": "newer-secret"}), json_reply({"usage": []}))
    async with connected(raw_server) as testing:
        await testing.client.rotate_api_key(rotated)
        await testing.client.usage_report(UsageQuery())
    assert raw_server.targets[0] == f"POST /v1/api-keys/{rotated}/rotate"
    assert raw_server.requests[1].headers["authorization"] == f"Bearer {used}"


async def test_key_is_revoked(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"key_id": "key_2", "status": "revoked"}))
    async with connected(raw_server) as testing:
        await testing.client.revoke_api_key("key_2")
    assert raw_server.targets == ["DELETE /v1/api-keys/key_2"]
