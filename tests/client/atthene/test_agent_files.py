"""Agents defined in a file: what Atthene says when it is asked to check them. The answers are those of its pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.client.agent_files import AgentFiles
from athena_tui.client.atthene.client import AttheneClient
from athena_tui.client.atthene.configuration import InvalidConfiguration
from athena_tui.client.events import RunFinished
from athena_tui.client.models import RunRequest
from tests.client.atthene.conftest import MakeClient, collect, request
from tests.client.atthene.test_client import OPENED
from tests.client.atthene.test_configuration import GOOD, written
from tests.client.atthene.test_reply import TUTORIAL
from tests.client.raw_server import RawServer, Reply, body_reply, json_reply

VALIDATE = "POST /api/v1/agent/validate/"
VALID = {"valid": True, "message": "Configuration is valid"}
INVALID = {"valid": False, "errors": [{"field": "llm_config.model", "message": "Model is not supported"}]}


@pytest.fixture
def agent_file(tmp_path: Path) -> Path:
    return written(tmp_path, GOOD)


async def test_a_file_is_checked_on_the_platform_once(
    client: AgentFiles, raw_server: RawServer, agent_file: Path
) -> None:
    assert isinstance(client, AttheneClient)
    raw_server.script(json_reply(VALID), json_reply(OPENED), json_reply(TUTORIAL), json_reply(OPENED))
    defined = await client.use_agent_file(agent_file)
    assert (defined.agent.id, defined.warnings) == ("Support", ())
    assert isinstance((await collect(client, RunRequest("Support", "Hello", "key-1")))[-1], RunFinished)
    await client.open_conversation("Support", fresh=True)
    assert [target for target in raw_server.targets if "execute" not in target] == [
        VALIDATE,
        "POST /api/v1/sessions/",
        "POST /api/v1/sessions/",
    ]
    assert raw_server.requests[0].json() == raw_server.requests[1].json()


async def test_a_changed_file_is_checked_again(client: AttheneClient, raw_server: RawServer, agent_file: Path) -> None:
    raw_server.script(json_reply(VALID), json_reply(INVALID))
    await client.use_agent_file(agent_file)
    written(agent_file.parent, GOOD.replace("0.7", "0.8"))
    with pytest.raises(InvalidConfiguration):
        await client.open_conversation("Support")


@pytest.mark.parametrize("status", [200, 400, 422])
async def test_what_the_platform_finds_has_its_field(
    client: AttheneClient, raw_server: RawServer, agent_file: Path, status: int
) -> None:
    raw_server.script(json_reply(INVALID, status))
    with pytest.raises(InvalidConfiguration) as caught:
        await client.use_agent_file(agent_file)
    assert str(caught.value) == f"{agent_file}:1: llm_config.model: Model is not supported"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"valid": False, "errors": [{"field": "agents.0.llm_config.temperature", "message": "Too hot."}]},
            ":12: agents[0].llm_config.temperature: Too hot.",
        ),
        ({"valid": False, "errors": ["No more agents."]}, ":1: No more agents."),
        ({"valid": False, "message": "Not today."}, ":1: Not today."),
        ({"valid": False}, ":1: Atthene refuses it and does not say why."),
        ({"error": {"type": "validation_error", "message": "Bad body."}, "valid": False}, ":1: Bad body."),
    ],
)
async def test_other_ways_to_refuse_a_file(
    client: AttheneClient, raw_server: RawServer, agent_file: Path, answer: object, said: str
) -> None:
    raw_server.script(json_reply(answer))
    with pytest.raises(InvalidConfiguration) as caught:
        await client.use_agent_file(agent_file)
    assert str(caught.value) == f"{agent_file}{said}"


@pytest.mark.parametrize(
    "reply",
    [
        json_reply({"error": {"type": "not_found_error", "message": "Not found"}}, 404),
        json_reply({"error": {"type": "permission_error", "message": "Not allowed"}}, 403),
        body_reply(b"<html>", "text/html"),
    ],
    ids=["404", "403", "not JSON"],
)
async def test_a_check_that_cannot_be_had_is_told_and_stops_nobody(
    client: AttheneClient, raw_server: RawServer, agent_file: Path, reply: Reply
) -> None:
    raw_server.script(reply, reply, json_reply(OPENED), json_reply(TUTORIAL))
    [warning] = (await client.use_agent_file(agent_file)).warnings
    assert warning.startswith(f"{agent_file}: Atthene did not check it: ")
    end = (await collect(client, RunRequest("Support", "Hello", "key-1")))[-1]
    assert isinstance(end, RunFinished)


async def test_a_refused_file_opens_no_session(
    make_client: MakeClient, raw_server: RawServer, agent_file: Path
) -> None:
    raw_server.script(json_reply(INVALID))
    with pytest.raises(InvalidConfiguration, match=r"llm_config\.model"):
        await collect(make_client(agent_config=agent_file), RunRequest("Support", "Hello", "key-1"))
    assert raw_server.targets == [VALIDATE]


async def test_a_file_that_went_wrong_is_in_the_way_of_its_own_agent_only(
    client: AttheneClient, raw_server: RawServer, agent_file: Path
) -> None:
    raw_server.script(json_reply(VALID), json_reply([]), json_reply(OPENED), json_reply(TUTORIAL))
    await client.use_agent_file(agent_file)
    written(agent_file.parent, "name: [")
    assert (await client.agents()).items == ()
    assert isinstance((await collect(client, request()))[-1], RunFinished)
    with pytest.raises(InvalidConfiguration, match="not YAML"):
        await client.open_conversation("Support")
