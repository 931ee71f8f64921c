"""Keys, envelopes, headers and limits on requests."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import httpx
import pytest

from tests.sandbox.athena.connection import CONCIERGE, ECHO, Athena, data, error, running


async def mint(athena: Athena, **body: object) -> httpx.Response:
    """A key minted with the workspace's own key."""
    return await athena.post("/ephemeral-keys/", body, x_api_key=athena.description["workspace_key"])


async def test_the_announcement_names_what_a_client_needs(athena: Athena) -> None:
    description = athena.description
    assert description["api_key"].startswith("eak_")
    assert description["workspace_key"].startswith("wak_")
    assert description["base_url"].startswith("http://127.0.0.1:")
    assert description["base_url"].endswith("/athena")
    assert {"id": CONCIERGE, "name": "Concierge"} in description["agents"]
    assert all(re.fullmatch(r"agent:[0-9a-z]{20}", agent["id"]) for agent in description["agents"])
    assert "Attic" not in {agent["name"] for agent in description["agents"]}


async def test_authenticated_responses_carry_the_documented_headers(athena: Athena) -> None:
    answer = await athena.http.get("/my/credits")
    assert answer.headers["x-workspace-id"] == athena.description["workspace_id"]
    assert answer.headers["x-app-version"].startswith("app_version:")
    assert answer.headers["x-credits-remaining"] == "87.4"
    refused = await athena.http.get("/my/conversations", params={"limit": "none"})
    assert refused.status_code == 400
    assert refused.headers["x-credits-remaining"] == "87.4"


async def test_a_workspace_key_has_no_balance(athena: Athena) -> None:
    answer = await athena.http.get("/agents", headers={"X-API-Key": athena.description["workspace_key"]})
    assert answer.status_code == 200
    assert "x-credits-remaining" not in answer.headers
    mine = await athena.http.get("/my/credits", headers={"X-API-Key": athena.description["workspace_key"]})
    assert (mine.status_code, error(mine)["code"]) == (403, "forbidden")


async def test_the_error_envelope(athena: Athena) -> None:
    answer = await athena.http.get("/executions/execution:nope")
    assert answer.status_code == 404
    envelope = error(answer)
    assert envelope["code"] == "not_found"
    assert envelope["message"]
    assert "details" not in envelope
    assert envelope["timestamp"].endswith("Z")
    assert datetime.fromisoformat(envelope["timestamp"]).tzinfo is not None
    assert uuid.UUID(envelope["trace_id"]).version == 4


@pytest.mark.parametrize("key", ["", "eak_wrong", "wak_wrong"])
async def test_a_wrong_key_is_unauthorized(athena: Athena, key: str) -> None:
    answer = await athena.http.get("/my/credits", headers={"X-API-Key": key})
    assert (answer.status_code, error(answer)["code"]) == (401, "unauthorized")


async def test_the_workspace_header_may_be_missing_but_not_wrong(athena: Athena) -> None:
    del athena.http.headers["X-Workspace-Id"]
    assert (await athena.http.get("/my/credits")).status_code == 200
    other = await athena.http.get("/my/credits", headers={"X-Workspace-Id": "workspace:other"})
    assert (other.status_code, error(other)["code"]) == (403, "forbidden")


async def test_keys_expire_after_a_day_and_the_exchange_gives_a_new_one(athena: Athena) -> None:
    athena.state.clock.advance(24 * 3600 - 60)
    assert (await athena.http.get("/my/credits")).status_code == 200
    athena.state.clock.advance(61)
    expired = await athena.http.get("/my/credits")
    assert (expired.status_code, error(expired)["code"]) == (401, "unauthorized")

    path = f"/auth/external/{athena.description['workspace_id']}"
    token = {"provider": "firebase", "token": athena.description["firebase_token"]}
    async with httpx.AsyncClient(base_url=athena.description["base_url"]) as bare:
        granted = data(await bare.post(path, json=token))
    assert granted["key"].startswith("eak_")
    assert datetime.fromisoformat(granted["expires_at"]) - athena.state.clock.now() > timedelta(hours=23)
    assert granted["customer"]["id"].startswith("external_customer:")
    assert granted["customer"]["active_credits"] == 87.4
    assert granted["customer"]["frozen_credits"] == 25.0
    assert granted["customer"]["inactive_credits"] == 0.0
    renewed = await athena.http.get("/my/conversations", headers={"X-API-Key": granted["key"]})
    assert len(renewed.json()["data"]) > 3, "the token belongs to the demo customer"


@pytest.mark.parametrize(
    ("workspace", "body", "status"),
    [
        ("workspace:sandbox0000000000000", {"provider": "firebase", "token": "stolen"}, 401),
        ("workspace:sandbox0000000000000", {"provider": "other", "token": "sandbox-firebase-token"}, 401),
        ("workspace:elsewhere", {"provider": "firebase", "token": "sandbox-firebase-token"}, 404),
        ("workspace:sandbox0000000000000", [], 400),
    ],
)
async def test_the_exchange_refuses(athena: Athena, workspace: str, body: object, status: int) -> None:
    answer = await athena.http.post(f"/auth/external/{workspace}", json=body)
    assert answer.status_code == status
    assert error(answer)["trace_id"]


async def test_minted_keys_are_customers_of_their_own_and_can_be_revoked(athena: Athena) -> None:
    minted = data(await mint(athena, external_user_id="u1", expires_in=60))
    headers = {"X-API-Key": minted["key"]}
    assert (await athena.http.get("/my/conversations", headers=headers)).json() == {"data": [], "next_cursor": None}
    workspace = {"X-API-Key": athena.description["workspace_key"]}
    assert (await athena.http.delete(f"/ephemeral-keys/{minted['id']}", headers=workspace)).status_code == 204
    assert (await athena.http.get("/my/credits", headers=headers)).status_code == 401
    assert (await athena.http.delete(f"/ephemeral-keys/{minted['id']}", headers=workspace)).status_code == 404


async def test_minting_takes_a_workspace_key_and_sane_values(athena: Athena) -> None:
    assert (await athena.post("/ephemeral-keys/", {"external_user_id": "u1"})).status_code == 403
    assert (await mint(athena)).status_code == 422
    assert (await mint(athena, external_user_id="u1", scopes=["everything"])).status_code == 422
    assert (await mint(athena, external_user_id="u1", expires_in="long")).status_code == 422


async def test_a_minted_key_lives_as_long_as_it_was_asked_to(athena: Athena) -> None:
    headers = {"X-API-Key": data(await mint(athena, external_user_id="u1", expires_in=60))["key"]}
    assert (await athena.http.get("/my/credits", headers=headers)).status_code == 200
    athena.state.clock.advance(61)
    assert (await athena.http.get("/my/credits", headers=headers)).status_code == 401


async def test_a_missing_scope_is_forbidden(athena: Athena) -> None:
    minted = data(await mint(athena, external_user_id="u1", scopes=["credits:read"]))
    headers = {"X-API-Key": minted["key"]}
    assert (await athena.http.get("/my/credits", headers=headers)).status_code == 200
    answer = await athena.http.post(f"/agents/{ECHO}/execute", json={"message": "hi"}, headers=headers)
    assert (answer.status_code, error(answer)["code"]) == (403, "forbidden")
    assert "agents:execute" in error(answer)["message"]


async def test_too_many_requests_are_told_when_to_come_back() -> None:
    async with running(requests_per_minute=3) as athena:
        answers = [await athena.http.get("/my/credits") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        refused = answers[-1]
        assert error(refused)["code"] == "rate_limit_requests_exceeded"
        assert error(refused)["details"]["limit"] == 3
        assert refused.headers["x-ratelimit-limit"] == "3"
        assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_what_does_not_exist_answers_in_the_envelope(athena: Athena) -> None:
    for answer in (await athena.http.get("/nothing/here"), await athena.http.delete("/my/credits")):
        assert answer.status_code == 404
        assert error(answer)["code"] == "not_found"


async def test_bodies_that_are_no_objects_are_bad_requests(athena: Athena) -> None:
    for content in (b"{", b"[1]", b'"text"', b"\xff"):
        answer = await athena.http.post(f"/agents/{ECHO}/execute", content=content)
        assert (answer.status_code, error(answer)["code"]) == (400, "bad_request")


async def test_the_storefront_needs_no_key(athena: Athena) -> None:
    async with httpx.AsyncClient(base_url=athena.description["base_url"]) as bare:
        listed = (await bare.get("/public/cms/agents")).json()["data"]
        categories = (await bare.get("/public/cms/categories")).json()["data"]
    assert listed == (await athena.http.get("/agents")).json()["data"]
    assert {agent["category"] for agent in listed} == {category["name"] for category in categories}
    concierge = next(agent for agent in listed if agent["id"] == CONCIERGE)
    assert concierge["accepts_client_tools"] is True
    assert concierge["credits"] == 0.2
    assert concierge["price"] == "0.2 credits"


async def test_agents_page_like_everything_else(athena: Athena) -> None:
    listed = (await athena.http.get("/agents")).json()
    assert listed["next_cursor"] is None
    first = (await athena.http.get("/agents", params={"limit": 6})).json()
    rest = (await athena.http.get("/agents", params={"limit": 6, "cursor": first["next_cursor"]})).json()
    assert first["data"] + rest["data"] == listed["data"]
    assert rest["next_cursor"] is None
