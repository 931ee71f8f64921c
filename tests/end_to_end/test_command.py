"""The installed command without a screen, against the sandbox it starts: the contract of `ask` and its neighbours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.invoking import (
    ANALYST,
    BRITTLE,
    ECHO,
    GATEKEEPER,
    METRONOME,
    PATIENCE,
    SORTER,
    objects,
    run,
)
from tests.end_to_end.terminal import COMMAND


def test_version(environment: dict[str, str]) -> None:
    done = run(environment, "--version")
    assert done.stdout.startswith("athena-tui ")


def test_ask_prints_every_event_and_ends_with_the_run(environment: dict[str, str]) -> None:
    done = run(environment, "ask", "--sandbox", "--agent", ECHO, "--json", "one two three")
    found = objects(done.stdout)
    assert done.returncode == 0, done.stderr
    assert "run_started" in [each["event"] for each in found]
    last = found[-1]
    assert (last["event"], last["status"]) == ("run_finished", "completed")
    assert "".join(each["text"] for each in found if each["event"] == "text") == last["text"]
    assert "one two three" in last["text"]


def test_ask_without_json_prints_only_the_answer(environment: dict[str, str]) -> None:
    done = run(environment, "ask", "--sandbox", "--agent", ECHO, "say", piped="these words\n")
    assert done.returncode == 0, done.stderr
    assert "these words" in done.stdout
    assert done.stdout.endswith("\n")


def test_ask_over_the_synchronous_endpoint_says_the_same(environment: dict[str, str]) -> None:
    streamed = run(environment, "ask", "--sandbox", "--agent", ECHO, "same words")
    whole = run(environment, "ask", "--sandbox", "--agent", ECHO, "--no-stream", "same words")
    assert (whole.returncode, whole.stdout) == (0, streamed.stdout)


def test_the_analyst_calls_tools_on_this_machine(environment: dict[str, str]) -> None:
    done = run(environment, "ask", "--sandbox", "--agent", ANALYST, "--json", "What did I spend last week?")
    found = objects(done.stdout)
    calls = [each for each in found if each["event"] == "tool_call" and each["side"] == "client"]
    results = [each for each in found if each["event"] == "tool_result" and each["side"] == "client"]
    assert calls, done.stdout
    assert [each["outcome"] for each in results] == ["success"] * len(calls)
    assert found[-1]["status"] == "completed"


def test_tools_that_are_rejected_do_not_stop_the_run(environment: dict[str, str]) -> None:
    done = run(
        environment, "ask", "--sandbox", "--agent", ANALYST, "--json", "--tool-policy", "reject", "What did I spend?"
    )
    found = objects(done.stdout)
    results = [each for each in found if each["event"] == "tool_result"]
    assert done.returncode == 0, done.stderr
    assert results
    assert {each["outcome"] for each in results} == {"error"}


def test_a_tool_of_ones_own(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(
        "from athena_tui.tools import tool\n\n"
        "@tool\n"
        "def query_transactions(start_date: str, end_date: str) -> dict:\n"
        '    """Say what was spent."""\n'
        '    spent = {"date": start_date, "amount": 1234.5, "category": "boats", "merchant": "Wharf"}\n'
        '    return {"transactions": [spent], "total": 1234.5}\n'
    )
    done = run(environment, "ask", "--sandbox", "--agent", ANALYST, "--tools", str(file), "What did I spend last week?")
    assert done.returncode == 0, done.stderr
    assert "1,234.5" in done.stdout or "1234.5" in done.stdout


def test_a_tool_file_that_raises_is_told_and_left_out(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "broken.py"
    file.write_text("x = 1\nraise ValueError('not today')\n")
    done = run(environment, "ask", "--sandbox", "--agent", ECHO, "--tools", str(file), "hello")
    assert done.returncode == 0
    assert "broken.py:2" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--agent", GATEKEEPER, "Write to Sam"], 7),
        (["--agent", GATEKEEPER, "--approve", "Write to Sam"], 0),
        (["--agent", BRITTLE, "go"], 1),
        (["--agent", "agent:nobody000000000000000", "go"], 1),
        (["--agent", METRONOME, "--timeout", "0.5", "5000 tokens at 20/s"], 6),
        (["--agent", ECHO, "x" * 70_000], 1),
    ],
)
def test_exit_statuses(environment: dict[str, str], arguments: list[str], status: int) -> None:
    done = run(environment, "ask", "--sandbox", "--json", *arguments)
    assert done.returncode == status, done.stderr
    assert objects(done.stdout)[-1]["event"] in {"run_finished", "run_failed"}


def test_a_wrong_key_is_not_signed_in(environment: dict[str, str], sandbox: dict[str, Any]) -> None:
    there = sandbox["athena"]
    elsewhere = {
        "ATHENA_TUI_PLATFORM": "athena",
        "ATHENA_TUI_BASE_URL": there["base_url"],
        "ATHENA_TUI_API_KEY": "eak_wrong",
        "ATHENA_TUI_AGENT_ID": ECHO,
    }
    done = run(environment | elsewhere, "ask", "hello")
    assert done.returncode == 3
    assert "unauthorized" in done.stderr
    assert "`athena-tui login`" in done.stderr
    doctor = run(environment | elsewhere, "doctor")
    assert doctor.returncode == 3
    assert "✗ key" in doctor.stdout
    right = run(environment | elsewhere | {"ATHENA_TUI_API_KEY": there["api_key"]}, "ask", "hello")
    assert right.returncode == 0, right.stderr


def test_no_network_is_trouble(environment: dict[str, str]) -> None:
    elsewhere = {
        "ATHENA_TUI_PLATFORM": "athena",
        "ATHENA_TUI_BASE_URL": "http://127.0.0.1:9",
        "ATHENA_TUI_API_KEY": "eak_x",
        "ATHENA_TUI_AGENT_ID": ECHO,
    }
    assert run(environment | elsewhere, "doctor").returncode == 6
    done = run(environment | elsewhere, "ask", "hello")
    assert done.returncode == 6
    assert "Retrying in" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["ask"], ["ask", "--var", "novalue", "hi"], ["ask", "--nonsense"], ["nonsense"]])
def test_wrong_usage(environment: dict[str, str], arguments: list[str]) -> None:
    assert run(environment, *arguments).returncode == 2


def test_a_wrong_config_file_is_named_with_line_and_key(environment: dict[str, str]) -> None:
    Path(environment["ATHENA_TUI_CONFIG"]).write_text('[profiles.work]\nplatform = "athena"\nbase_ulr = "https://x"\n')
    done = run(environment, "ask", "hello")
    assert done.returncode == 2
    assert "config.toml" in done.stderr
    assert "3" in done.stderr
    assert "base_ulr" in done.stderr
    assert "base_url" in done.stderr


def test_an_interrupt_cancels_the_run_first(environment: dict[str, str]) -> None:
    command = [COMMAND, "ask", "--sandbox", "--agent", METRONOME, "--json", "5000 tokens at 50/s"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if '"event": "text"' in line:
                os.kill(process.pid, signal.SIGINT)
                break
        lines += process.stdout
        assert process.wait(PATIENCE) == 130
    last = json.loads(lines[-1])
    assert (last["event"], last["status"]) == ("run_finished", "cancelled")


def test_a_reader_that_leaves_is_no_traceback(environment: dict[str, str]) -> None:
    command = f"'{COMMAND}' ask --sandbox --agent {METRONOME} --json '200 tokens at 200/s' | head -n 1"
    done = subprocess.run(
        ["sh", "-c", command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert objects(done.stdout)[0]["event"] == "run_started"
    assert "Traceback" not in done.stderr


def test_structured_output(environment: dict[str, str]) -> None:
    done = run(environment, "ask", "--sandbox", "--agent", SORTER, "--output", "json", "Lunch 12.50 on May 3rd")
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout), dict)


@pytest.mark.parametrize("command", ["agents", "conversations", "credits"])
def test_lists(environment: dict[str, str], command: str) -> None:
    done = run(environment, command, "--sandbox", "--json")
    assert done.returncode == 0, done.stderr
    assert objects(done.stdout)
    table = run(environment, command, "--sandbox")
    assert len(table.stdout.splitlines()) > 1


def test_tools_on_their_own(environment: dict[str, str]) -> None:
    listed = run(environment, "tools", "list", "--sandbox", "--json")
    names = {each["name"] for each in objects(listed.stdout)}
    assert {"query_transactions", "get_current_time", "read_text_file"} <= names
    shown = json.loads(run(environment, "tools", "show", "get_current_time", "--sandbox").stdout)
    assert shown["parameters"]["type"] == "object"
    called = run(environment, "tools", "call", "get_current_time", "{}", "--sandbox")
    assert called.returncode == 0, called.stderr
    assert run(environment, "tools", "call", "get_current_time", '{"zone": 1}', "--sandbox").returncode == 1
    assert run(environment, "tools", "check", "--sandbox").returncode == 0


def test_config_shows_where_each_setting_came_from(environment: dict[str, str]) -> None:
    Path(environment["ATHENA_TUI_CONFIG"]).write_text(
        '[profiles.work]\nplatform = "athena"\napi_key = "eak_secretsecret"\nagent_id = "agent:a"\n'
    )
    done = run(environment | {"ATHENA_TUI_AGENT_ID": "agent:b"}, "config", "show", "--json")
    shown = {each["setting"]: each for each in objects(done.stdout)}
    assert shown["agent_id"]["value"] == "agent:b"
    assert "ATHENA_TUI_AGENT_ID" in shown["agent_id"]["from"]
    assert "secretsecret" not in done.stdout
    assert run(environment, "config", "path").stdout.strip() == environment["ATHENA_TUI_CONFIG"]


def test_login_tries_the_key_and_keeps_it_and_logout_forgets_it(
    environment: dict[str, str], sandbox: dict[str, Any]
) -> None:
    there = sandbox["athena"]
    where = ["--platform", "athena", "--base-url", there["base_url"], "--profile", "work", "--agent", ECHO]
    refused = run(environment, "login", *where, piped="eak_wrong\n")
    assert refused.returncode == 3
    assert "mistyped" in refused.stderr
    done = run(environment, "login", *where, "--keep-in", "file", piped=there["api_key"] + "\n")
    assert done.returncode == 0, done.stderr
    assert there["api_key"] not in Path(environment["ATHENA_TUI_CONFIG"]).read_text()
    assert run(environment, "ask", "hello").returncode == 0
    assert run(environment, "logout").returncode == 0
    assert run(environment, "ask", "hello").returncode == 3


def test_login_finds_out_a_wrong_key_on_every_platform(environment: dict[str, str], sandbox: dict[str, Any]) -> None:
    for platform in ("atthene", "tenfive"):
        where = ["--platform", platform, "--base-url", sandbox[platform]["base_url"], "--keep-in", "file"]
        assert run(environment, "login", *where, piped="key_wrong:secret\n").returncode == 3
        done = run(environment, "login", *where, piped=sandbox[platform]["api_key"] + "\n")
        assert done.returncode == 0, done.stderr


def test_an_agent_is_known_by_its_name_too(environment: dict[str, str]) -> None:
    done = run(environment, "ask", "--sandbox", "--agent", "eCHo", "hello")
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    nobody = run(environment, "ask", "--sandbox", "--agent", "Echo Base", "hello")
    assert nobody.returncode == 2
    assert "No agent is called “Echo Base”" in nobody.stderr
    assert ECHO in nobody.stderr


@pytest.mark.parametrize(("platform", "someone"), [("athena", "Concierge"), ("atthene", "onboarding")])
def test_an_agent_that_is_not_there_names_those_there_are(
    environment: dict[str, str], platform: str, someone: str
) -> None:
    done = run(environment, "ask", "--sandbox", "--platform", platform, "--agent", "nope", "hello")
    assert done.returncode == 2
    assert someone in done.stderr


def test_a_profile_is_not_mistaken_for_the_sandbox(environment: dict[str, str]) -> None:
    Path(environment["ATHENA_TUI_CONFIG"]).write_text(
        '[profiles.tenfive]\nplatform = "tenfive"\nbase_url = "http://127.0.0.1:9"\nagent_id = "metronome"\n'
    )
    done = run(environment, "ask", "--sandbox", "--agent", ECHO, "hello")
    assert (done.returncode, done.stdout) == (0, "hello\n"), done.stderr
    shown = run(environment, "config", "show", "--platform", "athena", "--json")
    settings = {each["setting"]: each["value"] for each in objects(shown.stdout)}
    assert (settings["profile"], settings["platform"], settings["agent_id"]) == ("", "athena", "")


def test_doctor_says_what_is_well_and_what_is_not(environment: dict[str, str]) -> None:
    well = run(environment, "doctor", "--sandbox", "--json")
    found = {each["check"]: each["verdict"] for each in objects(well.stdout)}
    assert well.returncode == 0, well.stdout
    assert (found["network"], found["key"], found["agent"], found["clock"]) == ("fine", "fine", "fine", "fine")
    ill = run(environment, "doctor")
    assert ill.returncode == 1
    assert "--sandbox" in ill.stdout


@pytest.mark.parametrize("term", ["dumb", ""])
def test_a_terminal_that_cannot_draw_is_told_so(environment: dict[str, str], term: str) -> None:
    from tests.end_to_end.terminal import Terminal

    with Terminal([COMMAND, "--sandbox"], environment | {"TERM": term}) as terminal:
        assert terminal.wait_exit() == 2
        assert "TERM" in terminal.text


def test_no_terminal_at_all_is_told_so(environment: dict[str, str]) -> None:
    done = run(environment, "--sandbox")
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize("platform", ["athena", "atthene", "tenfive"])
def test_the_same_question_on_every_platform(environment: dict[str, str], platform: str) -> None:
    done = run(environment, "ask", "--sandbox", "--platform", platform, "--json", "hello")
    found = objects(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found[-1]["status"] == "completed"
    assert found[-1]["text"]


def test_usage_and_keys_where_the_platform_has_them(environment: dict[str, str]) -> None:
    tenfive = ["--sandbox", "--platform", "tenfive"]
    assert run(environment, "usage", *tenfive).returncode == 0
    created = run(environment, "keys", "create", *tenfive, "--name", "laptop", "--json")
    assert created.returncode == 0, created.stderr
    assert ":" in json.loads(created.stdout)["credential"]
    refused = run(environment, "keys", "create", "--sandbox")
    assert refused.returncode == 1
    assert "unsupported" in refused.stderr
    assert run(environment, "keys", "revoke", *tenfive).returncode == 2


def test_global_flags_count_before_the_command_too(environment: dict[str, str], tmp_path: Path) -> None:
    before = run(environment, "--sandbox", "--agent", ECHO, "ask", "hello")
    assert before.returncode == 0, before.stderr
    tool = tmp_path / "mine.py"
    tool.write_text(
        'from athena_tui.tools import tool\n\n@tool\ndef mine() -> int:\n    """Be mine."""\n    return 1\n'
    )
    listed = run(environment, "--tools", str(tool), "tools", "list", "--tools", "athena_tui.tools.examples", "--json")
    assert {"mine", "get_current_time"} <= {each["name"] for each in objects(listed.stdout)}
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("this is = = not toml\n")
    assert run(environment, "--config", str(wrong), "config", "show").returncode == 2
    assert "nobody" in run(environment, "--profile", "nobody", "ask", "hi").stderr


def test_what_is_named_and_not_there_is_said(environment: dict[str, str], tmp_path: Path) -> None:
    missing = str(tmp_path / "missing")
    assert run(environment, "config", "show", "--config", f"{missing}.toml").returncode == 2
    assert run(environment, "tools", "list", "--tools", f"{missing}.py").returncode == 1
    assert "None" not in run(environment, "tools", "show").stderr
    assert "None" not in run(environment, "logout").stderr
