from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from athena_tui.sandbox.atthene.catalogue import CATALOGUE
from athena_tui.sandbox.atthene.configuration import validate
from athena_tui.sandbox.json_text import JsonObject
from athena_tui.sandbox.options import SandboxOptions
from tests.sandbox.atthene.conftest import Api, MakeApi

TUTORIAL: JsonObject = {
    "name": "Support Agent Session",
    "description": "Customer support agent from inline config",
    "save_messages": True,
    "persistent_state": True,
    "agents": [
        {
            "name": "support_agent",
            "agent_type": "llm_agent",
            "description": "Handles customer inquiries",
            "prompt_config": {"system_prompt": "You are a helpful customer support agent."},
            "llm_config": {"temperature": 0.7},
            "streaming_config": {"show_output_to_user": True},
        }
    ],
    "edges": [{"from": "__start__", "to": "support_agent"}, {"from": "support_agent", "to": "__end__"}],
    "entry_point": "support_agent",
}
FLAT: JsonObject = {
    "name": "Flat",
    "agent_type": "llm_agent",
    "system_prompt": "Be brief.",
    "llm_config": {"model": "gpt-4o", "temperature": 0.2},
    "tools": ["tavily_search"],
}
TUTORIAL_YAML = b"""
name: Support
description: In YAML
entry_point: helper
agents:
  - {name: helper, agent_type: llm_agent}
edges:
  - {from: __start__, to: helper}
  - {from: helper, to: __end__}
"""


async def test_opens_a_session_from_a_saved_agent(api: Api) -> None:
    answer = await api.http.get("/sessions/from-agent/", params={"agent_key": "echo"})
    body = answer.json()
    assert body["success"] is True
    assert body["agent_name"] == "Echo"
    assert re.fullmatch(r"object:[0-9a-f]{64}:u:anon", body["config_hash"])
    again = await api.http.get("/sessions/from-agent/", params={"agent_key": "echo"})
    assert again.json()["session_id"] != body["session_id"]


async def test_the_older_verb_opens_one_by_the_agents_id(api: Api) -> None:
    agents = (await api.http.get("/agent/")).json()
    echo = next(agent for agent in agents if agent["agent_key"] == "echo")
    answer = await api.http.post(f"/sessions/from-agent/{echo['id']}/")
    assert answer.json().keys() == {"success", "session_id", "agent_id", "config_hash"}
    assert await api.text(answer.json()["session_id"], "hello") == "hello"


@pytest.mark.parametrize("config", [TUTORIAL, FLAT], ids=["graph", "flat"])
async def test_opens_a_session_from_a_configuration(api: Api, config: JsonObject) -> None:
    answer = await api.http.post("/sessions/", json=config)
    assert answer.status_code == 201
    session_id = answer.json()["session_id"]
    details = (await api.http.get(f"/sessions/{session_id}/")).json()
    assert details["agent_config"] == config
    assert details["status"] == "active"
    assert "hello" in await api.text(session_id, "hello")


async def test_takes_a_configuration_as_yaml(api: Api) -> None:
    answer = await api.http.post("/sessions/", content=TUTORIAL_YAML, headers={"content-type": "application/yaml"})
    assert answer.json()["success"] is True


async def test_lists_and_deletes_sessions(api: Api) -> None:
    ids = [await api.session("echo") for _ in range(3)]
    await api.ask(ids[0], "hello")
    page = (await api.http.get("/sessions/", params={"limit": 2})).json()
    assert [item["session_id"] for item in page["sessions"]] == [ids[2], ids[1]]
    assert (page["total"], page["has_more"]) == (3, True)
    assert (await api.http.delete(f"/sessions/{ids[0]}/")).status_code == 204
    assert (await api.http.get(f"/sessions/{ids[0]}/")).status_code == 404
    assert api.state.database.all("SELECT * FROM atthene_messages") == []
    other = await api.session("slow")
    answer = await api.http.delete("/sessions/from-agent/", params={"agent_key": "echo"})
    assert answer.json() == {"deleted": 2}
    assert (await api.http.get(f"/sessions/{other}/")).status_code == 200


def _changed(path: str, value: object) -> JsonObject:
    config: Any = copy.deepcopy(TUTORIAL)
    keys: list[int | str] = [int(key) if key.isdigit() else key for key in path.split("/")]
    target = config
    for key in keys[:-1]:
        target = target[key]
    target[keys[-1]] = value
    result: JsonObject = config
    return result


@pytest.mark.parametrize(
    ("config", "field"),
    [
        (_changed("name", ""), "name"),
        (_changed("description", None), "description"),
        (_changed("entry_point", "nobody"), "entry_point"),
        (_changed("architecture", "swarm"), "architecture"),
        (_changed("save_messages", "yes"), "save_messages"),
        (_changed("recursion_limit", 51), "recursion_limit"),
        (_changed("agents", []), "agents"),
        (_changed("agents/0/agent_type", "robot"), "agents[0].agent_type"),
        (_changed("agents/0/llm_config", {"temperature": 1.5}), "agents[0].llm_config.temperature"),
        (_changed("agents/0/tools", ["abacus"]), "agents[0].tools[0]"),
        (_changed("edges/0/to", "nobody"), "edges[0].to"),
        (_changed("variables", {"a": {"type": "string"}}), "variables.a.type"),
        (_changed("variables", {"a": {"type": "str", "required": False}}), "variables.a.default"),
        (_changed("variables", {"a": {"type": "str", "mode": "add"}}), "variables.a.mode"),
        ({**FLAT, "agent_type": "robot"}, "agent_type"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_refuses_a_wrong_configuration(api: Api, config: JsonObject, field: str) -> None:
    answer = await api.http.post("/sessions/", json=config)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    checked = (await api.http.post("/agent/validate/", json=config)).json()
    assert checked == {"valid": False, "errors": answer.json()["errors"]}


def test_the_catalogue_is_valid() -> None:
    assert {agent.key: validate(agent.config) for agent in CATALOGUE if validate(agent.config)} == {}


async def test_keys(api: Api) -> None:
    read_only, expired = api.description["read_only_key"], api.description["expired_key"]
    path = "/sessions/from-agent/?agent_key=echo"
    for headers, status, kind in (
        ({"x-api-key": ""}, 401, "authentication_error"),
        ({"x-api-key": "atk_wrong"}, 401, "authentication_error"),
        ({"x-api-key": expired}, 401, "authentication_error"),
        ({"x-api-key": read_only}, 403, "permission_error"),
    ):
        answer = await api.http.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, kind)
    assert (await api.http.get("/agent/", headers={"x-api-key": read_only})).status_code == 200


async def test_errors_that_are_not_about_keys(api: Api) -> None:
    assert (await api.http.get("/sessions/nope/")).json()["error"]["type"] == "not_found_error"
    assert (await api.http.get("/sessions/from-agent/")).status_code == 400
    assert (await api.http.get("/sessions/from-agent/?agent_key=nope")).status_code == 404
    assert (await api.http.post("/sessions/", content=b"{")).status_code == 400
    assert (await api.http.put("/sessions/", json={})).json() == {"detail": 'Method "PUT" not allowed.'}
    assert (await api.http.get("/nothing/")).json() == {"detail": "Not found."}


async def test_trailing_slashes(api: Api) -> None:
    moved = await api.http.get("/agent")
    assert moved.status_code == 301
    assert moved.headers["location"].endswith("/atthene/api/v1/agent/")
    assert (await api.http.post("/sessions", json=TUTORIAL)).status_code == 404
    session_id = await api.session("echo")
    assert (await api.http.post(f"/runtime/{session_id}/execute", json={"content": "hi"})).status_code == 200


async def test_429_names_no_time_to_wait(make_api: MakeApi) -> None:
    api = make_api(SandboxOptions(seed=7, requests_per_minute=2))
    answers = [await api.http.get("/agent/") for _ in range(4)]
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["error"]["type"] == "rate_limit_error"
    assert "retry-after" not in refused.headers


async def test_injected_faults_speak_this_platforms_errors(make_api: MakeApi) -> None:
    api = make_api(SandboxOptions(seed=7, faults="atthene=429:1,atthene=500:1,atthene=expire@0:1"))
    answers = [await api.http.get("/agent/") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [429, 500, 401, 200]
    assert "retry-after" not in answers[0].headers
    assert [answer.json()["error"]["type"] for answer in answers[:3]] == [
        "rate_limit_error",
        "server_error",
        "authentication_error",
    ]


async def test_creates_an_agent_whose_key_derives_from_its_name(api: Api) -> None:
    created = await api.http.post("/agent/", json={"system_config": TUTORIAL})
    assert created.status_code == 201
    assert created.json()["agent_key"] == "support_agent_session"
    assert "hi" in await api.text(await api.session("support_agent_session"), "hi")
    assert (await api.http.post("/agent/", json={"system_config": TUTORIAL})).status_code == 400
    assert (await api.http.post("/agent/", json={})).status_code == 400
