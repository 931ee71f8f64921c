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
    assert [each["verdict"] for each in found] == ["note", "fine"]
    assert found[1]["seen"] == "Pirate"


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
