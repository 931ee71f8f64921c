from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from athena_tui.client.atthene.configuration import InvalidConfiguration, load_configuration
from athena_tui.client.atthene.configuration_rules import check
from athena_tui.client.atthene.variables import type_schema, variables_schema
from athena_tui.client.models import JsonObject

GOOD = """\
name: Support
description: Answers questions
architecture: workflow
entry_point: helper
recursion_limit: 25
agents:
  - name: helper
    agent_type: llm_agent
    prompt_config:
      system_prompt: "Help {{ variables.user_id }}."
    llm_config:
      temperature: 0.7
    streaming_config:
      show_output_to_user: true
  - name: searcher
    agent_type: react_agent
    tools: [tavily_search, {name: own}]
    knowledge_bases:
      - knowledge_base_type: milvus
        config: {top_k: 10, strategy: hybrid}
edges:
  - {from: __start__, to: helper}
  - {from: helper, to: searcher}
  - {from: searcher, to: __end__}
variables:
  user_id:
    type: str
  since:
    type: str
    required: false
    default: 2024-01-01
"""


def written(tmp_path: Path, text: str, name: str = "agent.yaml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    """What is said about a file that is refused, without the folder."""
    with pytest.raises(InvalidConfiguration) as caught:
        load_configuration(path)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem).removeprefix(f"{path.parent}/") for problem in caught.value.problems]


def test_a_good_file(tmp_path: Path) -> None:
    configuration = load_configuration(written(tmp_path, GOOD))
    assert configuration.warnings == ()
    assert configuration.agent.id == configuration.agent.name == "Support"
    assert configuration.agent.description == "Answers questions"
    assert json.loads(json.dumps(configuration.value)) == configuration.value


def test_what_looks_like_a_date_is_text(tmp_path: Path) -> None:
    value: Any = load_configuration(written(tmp_path, GOOD)).value
    assert value["variables"]["since"]["default"] == "2024-01-01"


def test_json_means_the_same_and_has_lines_too(tmp_path: Path) -> None:
    value = yaml.safe_load(GOOD.replace("2024-01-01", "'2024-01-01'"))
    text = json.dumps(value, indent="\t")
    assert load_configuration(written(tmp_path, text, "agent.json")).value == value
    value["agents"][0]["llm_config"]["temperature"] = 7
    text = json.dumps(value, indent="\t")
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "temperature" in row)
    assert refused(written(tmp_path, text, "agent.json")) == [
        f"agent.json:{line}: agents[0].llm_config.temperature: must be a number from 0.0 to 1.0, not 7."
    ]


def test_problems_name_file_line_and_key(tmp_path: Path) -> None:
    text = GOOD.replace("temperature: 0.7", "temperature: hot").replace("entry_point: helper", "entry_point: nobody")
    assert refused(written(tmp_path, text)) == [
        "agent.yaml:12: agents[0].llm_config.temperature: must be a number from 0.0 to 1.0, not 'hot'.",
        "agent.yaml:4: entry_point: is required and must name an agent: helper, searcher.",
    ]


def test_a_missing_key_is_reported_where_it_belongs(tmp_path: Path) -> None:
    text = GOOD.replace("    agent_type: llm_agent\n", "")
    assert refused(written(tmp_path, text)) == [
        "agent.yaml:7: agents[0].agent_type: is required: llm_agent, react_agent, supervisor."
    ]


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("", "agent.yaml", "agent.yaml: The file is empty."),
        ("just text", "agent.yaml", "agent.yaml:1: A configuration is a mapping of keys to values."),
        (
            "name: [",
            "agent.yaml",
            "agent.yaml:1: This is not YAML: expected the node content, but found '<stream end>'.",
        ),
        ("name: a\nname: b", "agent.yaml", "agent.yaml:2: name is there twice."),
        ("name: a\n1: b", "agent.yaml", "agent.yaml:1: The key 1 is not text; put it in quotes."),
        ("name: .inf", "agent.yaml", "agent.yaml:1: name is of a kind that JSON does not have."),
        ("name: !!binary aGk=", "agent.yaml", "agent.yaml:1: name is of a kind that JSON does not have."),
        ("name: &a [*a]", "agent.yaml", "agent.yaml:1: This is nested too deep."),
        ("name: !!python/object:os.system {}", "agent.yaml", None),
        ("name: !!int x", "agent.yaml", "agent.yaml: This is not YAML: a value does not fit its tag."),
        ("name: !!bool x", "agent.yaml", "agent.yaml: This is not YAML: a value does not fit its tag."),
        ("name: !!timestamp x", "agent.yaml", "agent.yaml: This is not YAML: a value does not fit its tag."),
        ("name: a\n\u0007", "agent.yaml", "agent.yaml:2: This is not YAML: special characters are not allowed."),
        ("[" * 100_000, "agent.yaml", None),
        ("[" * 100_000, "agent.json", "agent.json: This is nested too deep."),
        ('{"name": 1,}', "agent.json", None),
        ('{"name": NaN}', "agent.json", "agent.json:1: name is of a kind that JSON does not have."),
        ('{"name": "a", "name": "b"}', "agent.json", "agent.json:1: name is there twice."),
        ('{\n"name": "a" "b"}', "agent.json", "agent.json:2: This is not JSON: Expecting ',' delimiter."),
    ],
)
def test_files_that_mean_nothing(tmp_path: Path, text: str, name: str, message: str | None) -> None:
    said = refused(written(tmp_path, text, name))
    assert len(said) == 1
    if message is not None:
        assert said == [message]


def test_json_that_yaml_reads_otherwise_means_what_json_says(tmp_path: Path) -> None:
    value = json.loads(json.dumps(yaml.safe_load(GOOD.replace("2024-01-01", "'2024-01-01'"))))
    text = json.dumps(value).replace("0.7", "7e-1").replace("Support", "Support\x7f")
    loaded: Any = load_configuration(written(tmp_path, text, "agent.json")).value
    assert loaded["agents"][0]["llm_config"]["temperature"] == 0.7
    assert loaded["name"] == "Support\x7f"


@pytest.mark.parametrize("name", ["agent.yaml", "agent.json"])
def test_any_text_is_a_configuration_or_refused(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    path = tmp_path_factory.mktemp("fuzz") / name
    tokens = st.sampled_from(
        [*"[]{}:,-&*!#|>?\"' \n\t", "name", "a", "1", "!!int", "!!set", "<<", "agents", "variables", "true"]
    )

    @settings(max_examples=150, deadline=None)
    @given(st.lists(tokens, max_size=20).map("".join) | st.text(max_size=20))
    def check_one(text: str) -> None:
        path.write_text(text, encoding="utf-8", errors="replace")
        with contextlib.suppress(InvalidConfiguration):
            load_configuration(path)

    check_one()


def test_aliases_that_explode_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too large once its aliases are replaced" in refused(written(tmp_path, "\n".join(lines)))[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing.yaml") == ["missing.yaml: The file cannot be read: No such file or directory."]
    binary = tmp_path / "agent.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert refused(binary) == ["agent.yaml: The file is not UTF-8 text."]
    binary.write_bytes(b" " * (1024 * 1024 + 1))
    assert refused(binary) == ["agent.yaml: The file is larger than 1 MB."]


def changed(path: str, value: object) -> JsonObject:
    config: Any = yaml.safe_load(GOOD.replace("2024-01-01", "'2024-01-01'"))
    *keys, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    target = config
    for key in keys:
        target = target[key]
    target[last] = value
    result: JsonObject = config
    return result


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ("name", " ", "name"),
        ("name", 3, "name"),
        ("description", None, "description"),
        ("architecture", "swarm", "architecture"),
        ("save_messages", "yes", "save_messages"),
        ("persistent_state", 1, "persistent_state"),
        ("recursion_limit", "many", "recursion_limit"),
        ("agents/0", "helper", "agents[0]"),
        ("agents/1/name", "helper", "agents[1].name"),
        ("agents/1/name", None, "agents[1].name"),
        ("agents/0/agent_type", "robot", "agents[0].agent_type"),
        ("agents/0/prompt_config", "Help.", "agents[0].prompt_config"),
        ("agents/0/llm_config", "gpt-4o", "agents[0].llm_config"),
        ("agents/0/llm_config", {"temperature": -0.1}, "agents[0].llm_config.temperature"),
        ("agents/0/llm_config", {"temperature": True}, "agents[0].llm_config.temperature"),
        ("agents/0/llm_config", {"max_tokens": 0}, "agents[0].llm_config.max_tokens"),
        ("agents/0/streaming_config", {"show_output_to_user": "no"}, "agents[0].streaming_config.show_output_to_user"),
        ("agents/1/tools", "tavily_search", "agents[1].tools"),
        ("agents/1/tools", [3], "agents[1].tools[0]"),
        ("agents/1/knowledge_bases/0/knowledge_base_type", "files", "agents[1].knowledge_bases[0].knowledge_base_type"),
        ("agents/1/knowledge_bases/0/config/top_k", 1001, "agents[1].knowledge_bases[0].config.top_k"),
        ("agents/1/knowledge_bases/0/config/strategy", "best", "agents[1].knowledge_bases[0].config.strategy"),
        ("edges", {}, "edges"),
        ("edges/0/from", "__end__", "edges[0].from"),
        ("edges/2/to", "__start__", "edges[2].to"),
        ("edges/1", "helper", "edges[1].from"),
        ("variables", [], "variables"),
        ("variables/user_id", "str", "variables.user_id"),
        ("variables/user_id", {}, "variables.user_id.type"),
        ("variables/user_id", {"type": "str", "required": False}, "variables.user_id.default"),
        ("variables/user_id", {"type": "str", "mode": "add"}, "variables.user_id.mode"),
        (
            "variables/user_id",
            {"type": "str", "require_every_execution": "yes"},
            "variables.user_id.require_every_execution",
        ),
    ],
)
def test_broken_rules(path: str, value: object, key: str) -> None:
    assert key in [finding.key for finding in check(changed(path, value)) if finding.is_error]


@pytest.mark.parametrize("agents", [None, [], "helper"])
def test_agents_are_required(agents: object) -> None:
    assert [finding.key for finding in check(changed("agents", agents)) if finding.is_error] == ["agents"]


@pytest.mark.parametrize(
    ("path", "value", "key", "message"),
    [
        ("recursion_limit", 100, "recursion_limit", "is usually limited to 5 to 50."),
        ("entry_poind", "helper", "entry_poind", "is not a documented key. Did you mean entry_point?"),
        ("agents/0/agent_typ", "x", "agents[0].agent_typ", "is not a documented key. Did you mean agent_type?"),
        ("agents/0/tools", ["calculator"], "agents[0].tools", "an llm_agent uses no tools; a react_agent does."),
        (
            "agents/1/tools",
            ["tavily_serch"],
            "agents[1].tools[0]",
            "tavily_serch is not a documented tool. Did you mean tavily_search?",
        ),
        ("variables/user_id/type", "Money", "variables.user_id.type", "Money is not a documented type."),
        (
            "agents/0/prompt_config/system_prompt",
            "{{variables.user_ids}}",
            "agents[0].prompt_config.system_prompt",
            "uses the variable user_ids, which is not declared. Did you mean user_id?",
        ),
    ],
)
def test_warnings_do_not_stop_anyone(path: str, value: object, key: str, message: str) -> None:
    findings = check(changed(path, value))
    assert [(finding.key, finding.message, finding.is_error) for finding in findings] == [(key, message, False)]


def test_keys_unlike_any_documented_one_are_left_alone() -> None:
    assert check(changed("retention_policy", {"days": 3})) == []


def test_the_older_flat_form() -> None:
    flat: JsonObject = {
        "name": "a",
        "agent_type": "llm_agent",
        "system_prompt": "x",
        "llm_config": {"temperature": 0.2},
    }
    assert check(flat) == []
    assert [finding.key for finding in check({**flat, "agent_type": "robot"})] == ["agent_type"]


@pytest.mark.parametrize(
    ("notation", "schema"),
    [
        ("str", {"type": "string"}),
        ("int", {"type": "integer"}),
        ("float", {"type": "number"}),
        ("bool", {"type": "boolean"}),
        ("list[str]", {"type": "array", "items": {"type": "string"}}),
        ("dict[str, int]", {"type": "object", "additionalProperties": {"type": "integer"}}),
        ("str | None", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ("list[int | None]", {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}),
        ("Money", None),
        ("list[Money]", None),
        ("dict[int, str]", None),
        ("list[str", None),
        ("", None),
    ],
)
def test_types_as_schemas(notation: str, schema: JsonObject | None) -> None:
    assert type_schema(notation) == schema


def test_variables_as_a_schema() -> None:
    variables: Any = {
        "user_id": {"type": "str", "description": "Who"},
        "language": {"type": "str", "default": "English"},
        "tags": {"type": "list[str]", "required": False, "default": []},
        "query": {"type": "str", "require_every_execution": True},
        "price": {"type": "Money"},
        "broken": 3,
    }
    assert variables_schema(variables) == {
        "type": "object",
        "properties": {
            "user_id": {"type": "string", "description": "Who"},
            "language": {"type": "string", "default": "English"},
            "tags": {"type": "array", "items": {"type": "string"}, "default": []},
            "query": {"type": "string", "x-every-execution": True},
            "price": {},
        },
        "required": ["user_id", "query", "price"],
    }
    assert variables_schema({}) is None
    assert variables_schema(None) is None
