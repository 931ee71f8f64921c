"""An agent that is defined in a file of one's own."""

from __future__ import annotations

from pathlib import Path

from tests.agent_file import AGENT
from tests.end_to_end.invoking import objects, run


def test_an_agent_out_of_a_file(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(AGENT)
    there = ["--sandbox", "--platform", "atthene", "--agent-config", str(file)]
    done = run(environment, "ask", *there, "--json", "hello")
    assert done.returncode == 0, done.stderr
    assert objects(done.stdout)[-1]["status"] == "completed"
    assert "agent.yaml:5: entrypoint: warning" in done.stderr
    checked = run(environment, "doctor", *there, "--json")
    found = [each for each in objects(checked.stdout) if each["check"] in {"agent file", "agent"}]
    assert [each["verdict"] for each in found] == ["note", "fine", "fine"]
    assert [each["seen"] for each in found[1:]] == ["Pirate: the platform finds it valid", "Pirate"]


def test_what_the_platform_finds_in_a_file_is_named_with_line_and_key(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(AGENT.replace("entrypoint: pirate", "recursion_limit: 60"))
    there = ["--sandbox", "--platform", "atthene", "--agent-config", str(file)]
    done = run(environment, "ask", *there, "hello")
    assert "agent.yaml:5: recursion_limit: warning" in done.stderr
    assert done.returncode == 1
    assert "agent.yaml:5: recursion_limit: Must be a whole number from 5 to 50." in done.stderr
    checked = run(environment, "doctor", *there)
    assert checked.returncode == 1
    assert "recursion_limit: Must be a whole number" in checked.stdout


def test_a_file_in_a_profile_is_beside_the_configuration(environment: dict[str, str]) -> None:
    config = Path(environment["ATHENA_TUI_CONFIG"])
    config.parent.mkdir(parents=True, exist_ok=True)
    (config.parent / "pirate.yaml").write_text(AGENT)
    base_url = "http://127.0.0.1:9/api/v1"
    config.write_text(f'[profiles.mine]\nplatform = "atthene"\nbase_url = "{base_url}"\nagent_config = "pirate.yaml"\n')
    done = run(environment, "doctor", "--json")
    [found] = [each for each in objects(done.stdout) if each["check"] == "agent file"]
    assert (found["verdict"], "pirate.yaml:5: entrypoint" in found["seen"]) == ("note", True)


def test_a_wrong_agent_file_is_named_with_line_and_key(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "agent.yaml"
    file.write_text(AGENT.replace("llm_agent", "sailor"))
    there = ["--sandbox", "--platform", "atthene", "--agent-config", str(file)]
    refused = run(environment, "ask", *there, "hello")
    assert refused.returncode == 2
    assert "agent.yaml:8: agents[0].agent_type" in refused.stderr
    checked = run(environment, "doctor", *there)
    assert checked.returncode == 1
    assert "agent.yaml:8: agents[0].agent_type" in checked.stdout
    elsewhere = run(environment, "ask", "--sandbox", "--agent-config", str(file), "hello")
    assert elsewhere.returncode == 2
    assert "athena runs no agents that are defined in a file" in elsewhere.stderr
