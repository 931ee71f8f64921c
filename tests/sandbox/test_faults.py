"""Trouble on demand, on every platform."""

from __future__ import annotations

import httpx
import pytest

from athena_tui.sandbox.faults import parse_faults
from athena_tui.sandbox.server import RunningSandbox, SandboxOptions
from tests.sandbox.athena.connection import ECHO, METRONOME, Athena, data, error, running

PATHS = {"athena": "/athena/my/credits", "atthene": "/atthene/api/v1/agents/", "tenfive": "/tenfive/v1/runs"}


async def statuses(athena: Athena, count: int) -> list[int]:
    """What so many requests are answered with."""
    return [(await athena.http.get("/my/credits")).status_code for _ in range(count)]


async def test_a_number_of_requests_is_refused_with_a_status() -> None:
    async with running(faults="429:2, 500:1") as athena:
        refused = await athena.http.get("/my/credits")
        assert (refused.status_code, error(refused)["code"]) == (429, "rate_limit_requests_exceeded")
        assert refused.headers["retry-after"] == "1"
        assert await statuses(athena, 3) == [429, 500, 200]


async def test_only_some_paths_fail() -> None:
    async with running(faults="execute=503:1") as athena:
        assert await statuses(athena, 1) == [200]
        answers = [await athena.post(f"/agents/{ECHO}/execute", {"message": "hi"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [503, 200]
        assert await athena.active() == 87.3, "the refused one cost nothing"


async def test_a_proxy_that_speaks_html() -> None:
    async with running(faults="html502:1") as athena:
        answer = await athena.http.get("/my/credits")
        assert answer.status_code == 502
        assert answer.headers["content-type"].startswith("text/html")
        assert "<h1>502 Bad Gateway</h1>" in answer.text
        assert await statuses(athena, 1) == [200]


@pytest.mark.parametrize("after", [0, 1, 5])
async def test_a_stream_is_cut_after_so_many_events(after: int) -> None:
    async with running(faults=f"drop@{after}:1") as athena:
        body = {"message": "50 at 1000"}
        received = ""
        path = f"/agents/{METRONOME}/execute/stream"
        with pytest.raises(httpx.RemoteProtocolError):  # noqa: PT012  the break comes in the middle
            async with athena.http.stream("POST", path, json=body) as answer:
                assert answer.status_code == 200
                async for chunk in answer.aiter_text():
                    received += chunk
        assert received.count("\n\n") == after
        row = athena.state.database.one("SELECT status, charged FROM athena_executions")
        assert row is not None
        assert row["status"] == "cancelled"
        assert await athena.active() == pytest.approx(87.4 - row["charged"])
        assert (await athena.http.post(path, json=body)).text.count('"text"') > 50, "only the first one"


async def test_everything_is_slow_and_still_right() -> None:
    async with running(faults="slow@0.001") as athena:
        assert await statuses(athena, 1) == [200]
        received = await athena.stream(METRONOME, "5 at 100")
        assert received[-1]["status"] == "Completed"


async def test_the_key_expires_once() -> None:
    async with running(faults="expire@2") as athena:
        assert await statuses(athena, 4) == [200, 200, 401, 401]
        path = f"/auth/external/{athena.description['workspace_id']}"
        token = {"provider": "firebase", "token": athena.description["firebase_token"]}
        athena.http.headers["X-API-Key"] = data(await athena.post(path, token))["key"]
        assert await statuses(athena, 3) == [200, 200, 200]


@pytest.mark.parametrize("platform", sorted(PATHS))
async def test_each_platform_refuses_in_its_own_words(platform: str) -> None:
    async with RunningSandbox(SandboxOptions(faults="429:1", pace=0)) as sandbox, httpx.AsyncClient() as http:
        answer = await http.get(sandbox.url + PATHS[platform])
        assert answer.status_code == 429
        assert "error" in answer.json()


@pytest.mark.parametrize(
    "specification", ["nonsense", "429@", "drop@x", "600", "200", "500:", "drop 40", "=", "429:-1"]
)
def test_a_specification_that_makes_no_sense_is_refused_with_the_grammar(specification: str) -> None:
    with pytest.raises(ValueError, match=r"\[PATH=\]KIND\[@N\]\[:COUNT\]"):
        parse_faults(specification)


@pytest.mark.parametrize(
    "specification", ["", " ", "drop@40", "429:3,500:2", "a/b=html502:1, slow", "expire@5", "slow@0.2"]
)
def test_specifications(specification: str) -> None:
    assert parse_faults(specification).strike_status("/nowhere") in (None, "429")
