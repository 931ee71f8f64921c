"""Trying a key costs nothing and asks for something that needs it."""

from __future__ import annotations

import pytest

from athena_tui.client.errors import NotSignedIn
from athena_tui.client.models import ConnectionSettings, Platform
from athena_tui.client.probe import try_key
from athena_tui.client.registry import connect
from tests.client.raw_server import RawServer, json_reply


@pytest.mark.parametrize(
    ("platform", "answer", "seen", "target"),
    [
        (Platform.ATHENA, {"data": {"active_credits": 87.4}}, "87.4 credits", "GET /my/credits"),
        (Platform.ATTHENE, [{"agent_key": "a"}], "1 agent", "GET /agent/"),
        (Platform.TENFIVE, {"usage": []}, "the usage can be read", "GET /v1/usage"),
    ],
)
async def test_each_platform_has_something_cheap(
    raw_server: RawServer, platform: Platform, answer: object, seen: str, target: str
) -> None:
    raw_server.script(json_reply(answer))
    client = connect(ConnectionSettings(platform, raw_server.url, "key:secret"))
    assert await try_key(client) == seen
    assert raw_server.targets[0].partition("?")[0] == target
    await client.aclose()


async def test_a_wrong_key_for_tenfive_is_found_out(raw_server: RawServer) -> None:
    raw_server.script(json_reply({"error": "No.", "reason_code": "AUTH_KEY_INVALID", "request_id": "req-9"}, 401))
    client = connect(ConnectionSettings(Platform.TENFIVE, raw_server.url, "key:wrong"))
    with pytest.raises(NotSignedIn):
        await try_key(client)
    await client.aclose()
