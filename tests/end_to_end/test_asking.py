"""`ask` at a terminal asks the person who sits there; without one it asks nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.invoking import ANALYST, GATEKEEPER, run
from tests.end_to_end.terminal import COMMAND, Terminal

MINE = '''
from athena_tui.tools import ToolPolicy, tool

@tool(policy=ToolPolicy.{policy})
def query_transactions(start_date: str, end_date: str) -> dict:
    """Say what was spent."""
    spent = {{"date": start_date, "amount": 1234.5, "category": "boats", "merchant": "Wharf"}}
    return {{"transactions": [spent], "total": 1234.5}}
'''

BY_HAND = '{"transactions": [{"date": "2026-11-21", "amount": 9, "category": "trains", "merchant": "M"}], "total": 9}'


@pytest.mark.parametrize("keys", ["maybe\ny\n", "n\n", "\x04"])
def test_an_approval(environment: dict[str, str], keys: str) -> None:
    with Terminal([COMMAND, "ask", "--sandbox", "--agent", GATEKEEPER, "Write to Sam"], environment) as terminal:
        terminal.wait_for("[y/n]")
        terminal.type(keys)
        assert terminal.wait_exit() == 0
        assert "nobody is there" not in terminal.text


def test_an_input_request(environment: dict[str, str]) -> None:
    command = [COMMAND, "ask", "--sandbox", "--platform", "tenfive", "@gatekeeper write to Sam"]
    with Terminal(command, environment) as terminal:
        terminal.wait_for("[y/n]")
        terminal.type("y\n")
        terminal.wait_until(lambda screen: screen.count("?") > 1 and screen.rstrip().endswith(":"), "another question")
        terminal.type("sam@example.com\n")
        assert terminal.wait_exit() == 0
        assert "sam@example.com" in terminal.text.rpartition("?")[2]


@pytest.mark.parametrize(
    ("policy", "asked", "keys", "seen"),
    [
        ("ASK", "[y/n]", "y\n", "boats"),
        ("ASK", "[y/n]", "n\n", "query_transactions error"),
        ("MANUAL", "(JSON or text):", f"{BY_HAND}\n", "trains"),
    ],
)
def test_a_client_tool(
    environment: dict[str, str], tmp_path: Path, policy: str, asked: str, keys: str, seen: str
) -> None:
    (tmp_path / "mine.py").write_text(MINE.format(policy=policy))
    command = [
        COMMAND,
        "ask",
        "--sandbox",
        "--agent",
        ANALYST,
        "--tools",
        str(tmp_path / "mine.py"),
        "What did I spend?",
    ]
    with Terminal(command, environment) as terminal:
        terminal.wait_until(lambda screen: screen.rstrip().endswith(asked), asked)
        terminal.type(keys)
        assert terminal.wait_exit() == 0
        assert seen in terminal.text


def test_an_interrupt_at_a_question(environment: dict[str, str]) -> None:
    with Terminal([COMMAND, "ask", "--sandbox", "--agent", GATEKEEPER, "Write to Sam"], environment) as terminal:
        terminal.wait_for("[y/n]")
        terminal.type("\x03")
        assert terminal.wait_exit() == 130


def test_answers_given_beforehand_ask_nobody(environment: dict[str, str]) -> None:
    command = [COMMAND, "ask", "--sandbox", "--agent", GATEKEEPER, "--approve", "Write to Sam"]
    with Terminal(command, environment) as terminal:
        assert terminal.wait_exit() == 0
        assert "[y/n]" not in terminal.text
    assert "nobody is there" in run(environment, "ask", "--sandbox", "--agent", GATEKEEPER, "Write to Sam").stderr
