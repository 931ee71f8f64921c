"""The installed app in a real pseudo-terminal against the sandbox it starts: a stranger's first minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.terminal import COMMAND, Terminal

ECHO = "agent:echo0000000000000000"
ANALYST = "agent:ledgeranalyst0000000"
METRONOME = "agent:metronome00000000000"


@contextmanager
def app(
    environment: dict[str, str], *arguments: str, size: tuple[int, int] = (120, 40), sandbox: bool = True
) -> Iterator[Terminal]:
    """The app, ready for a message."""
    command = [COMMAND, *(["--sandbox"] if sandbox else []), *arguments]
    with Terminal(command, environment, size) as terminal:
        if sandbox:
            terminal.wait_for("live")
            terminal.wait_for("credits")
        yield terminal


def say(terminal: Terminal, text: str) -> None:
    """Type a message as a person does: the text first, then the key."""
    terminal.type(text)
    terminal.wait_for(text)
    terminal.press_alone("\r")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_first_minutes(environment: dict[str, str], size: tuple[int, int]) -> None:
    with app(environment, size=size) as terminal:
        assert "Concierge" in terminal.text
        say(terminal, "Give me a tour")
        terminal.wait_for("tok ·")
        terminal.type("\x11")
        assert terminal.wait_exit() == 0
        assert b"\x1b[?1049l" in terminal.received
        assert b"\x1b[?25h" in terminal.received
    assert b"Traceback" not in terminal.received


def test_a_client_tool_waits_until_the_composer_is_left_and_then_runs(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ANALYST) as terminal:
        say(terminal, "What did I spend last week?")
        terminal.wait_for("waits for you")
        terminal.type("rrr")
        terminal.wait_for("rrr")
        assert "waits for you" in terminal.text
        terminal.type("\x7f\x7f\x7f")
        terminal.wait_gone("rrr")
        terminal.type("\t")
        terminal.press_alone("r")
        terminal.wait_for("You spent")


def test_a_search_typed_in_one_go_runs_no_commands(environment: dict[str, str]) -> None:
    with app({**environment, "PAGER": "echo PAGED"}, "--agent", ECHO) as terminal:
        say(terminal, "good morning")
        terminal.wait_for("tok ·")
        terminal.type("\t")
        terminal.press_alone("/oRE good")
        terminal.wait_for("/ oRE good")
        terminal.type("\x1br\x1bc")
        terminal.wait_for("alt+c [x] case  alt+r [x] regex")
        assert "/ oRE good " in terminal.text
        assert terminal.text.count("tok ·") == 1
    assert b"PAGED" not in terminal.received


def test_an_empty_message_is_not_sent(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ECHO) as terminal:
        terminal.press_alone("\r")
        terminal.wait_for("Write a message first")
        assert "tok ·" not in terminal.text


def test_a_paste_of_fifty_lines_is_a_chip_and_is_sent_whole(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ECHO) as terminal:
        terminal.paste("\n".join(f"line {number}" for number in range(1, 51)))
        terminal.wait_for("50 lines")
        assert "tok ·" not in terminal.text
        terminal.press_alone("\r")
        terminal.wait_for("tok ·")
        assert "line 50" in terminal.text


def test_a_message_that_is_too_long_is_refused_here_and_kept(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ECHO) as terminal:
        terminal.paste("x" * 70_000)
        terminal.press_alone("\r")
        terminal.wait_for("65,536")
        assert "tok ·" not in terminal.text


def test_escape_stops_a_run(environment: dict[str, str]) -> None:
    with app(environment, "--agent", METRONOME) as terminal:
        say(terminal, "5000 tokens at 50/s")
        terminal.wait_for("esc stop")
        terminal.wait_until(lambda screen: screen.count("tick") > 3 or len(screen.split()) > 60, "some text")
        terminal.press_alone("\x1b")
        terminal.wait_gone("esc stop")


def test_a_window_that_shrinks_and_grows(environment: dict[str, str]) -> None:
    with app(environment) as terminal:
        say(terminal, "Give me a tour")
        terminal.wait_for("tok ·")
        terminal.resize(40, 10)
        terminal.wait_until(lambda screen: "›" in screen or "Ask" in screen, "the composer in 40×10")
        terminal.resize(38, 8)
        terminal.wait_for("too small")
        terminal.resize(120, 40)
        terminal.wait_for("tok ·")


def test_a_draft_survives_a_restart(environment: dict[str, str]) -> None:
    with app(environment) as terminal:
        terminal.type("a thought for later")
        terminal.wait_for("a thought for later")
        terminal.type("\x11")
        assert terminal.wait_exit() == 0
    with app(environment) as terminal:
        terminal.wait_for("a thought for later")


@pytest.mark.parametrize("way", ["flag", "environment"])
def test_an_agent_that_is_asked_for_wins_over_the_last_conversation(environment: dict[str, str], way: str) -> None:
    with app(environment) as terminal:
        say(terminal, "Give me a tour")
        terminal.wait_for("tok ·")
        terminal.type("\x11")
        assert terminal.wait_exit() == 0
    arguments, variables = (["--agent", METRONOME], {}) if way == "flag" else ([], {"ATHENA_TUI_AGENT_ID": METRONOME})
    with app(environment | variables, *arguments) as terminal:
        terminal.wait_for("Give me a tour")  # the list is there
        say(terminal, "5 tokens at 50/s")
        terminal.wait_for("tok ·")
        assert "Metronome" in terminal.text.splitlines()[0]


def test_no_color_means_no_colour(environment: dict[str, str]) -> None:
    with app(environment | {"NO_COLOR": "1"}) as terminal:
        say(terminal, "Give me a tour")
        terminal.wait_for("tok ·")
        coloured = [tuple(map(int, found)) for found in re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.received)]
    assert all(max(colour) == min(colour) for colour in coloured)


def test_a_wrong_key_says_what_to_press(environment: dict[str, str], sandbox: dict[str, Any]) -> None:
    elsewhere = {
        "ATHENA_TUI_PLATFORM": "athena",
        "ATHENA_TUI_BASE_URL": sandbox["athena"]["base_url"],
        "ATHENA_TUI_API_KEY": "eak_wrong",
        "ATHENA_TUI_AGENT_ID": ECHO,
    }
    with app(environment | elsewhere, sandbox=False) as terminal:
        terminal.wait_for("signed out")
        terminal.wait_for("ctrl+k")


def test_no_network_keeps_the_app_usable(environment: dict[str, str]) -> None:
    elsewhere = {
        "ATHENA_TUI_PLATFORM": "athena",
        "ATHENA_TUI_BASE_URL": "http://127.0.0.1:9",
        "ATHENA_TUI_API_KEY": "eak_x",
        "ATHENA_TUI_AGENT_ID": ECHO,
    }
    with app(environment | elsewhere, sandbox=False) as terminal:
        terminal.wait_until(lambda screen: "retrying" in screen or "offline" in screen, "why nothing comes")
        terminal.type("still here")
        terminal.wait_for("still here")


def test_a_wrong_config_file_is_named_in_the_app(environment: dict[str, str]) -> None:
    Path(environment["ATHENA_TUI_CONFIG"]).write_text('[profiles.work]\nplatform = "athena"\nbase_ulr = "https://x"\n')
    with app(environment, sandbox=False) as terminal:
        screen = terminal.wait_for("base_ulr")
        assert "config.toml" in "".join(screen.split()), "a long path is wrapped"


def test_the_first_run_offers_the_sandbox(environment: dict[str, str]) -> None:
    with app(environment, sandbox=False) as terminal:
        terminal.wait_until(lambda screen: "sandbox" in screen.lower(), "the sandbox among the choices")


def test_a_rejected_call_is_told_in_words(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ANALYST) as terminal:
        say(terminal, "What did I spend last week?")
        terminal.wait_for("waits for you")
        terminal.type("\t")
        terminal.press_alone("x")
        terminal.wait_for("ctrl+s")
        terminal.type("\x13")
        screen = terminal.wait_for("would not give me")
        assert "{'" not in screen


def test_brackets_are_never_markup(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ECHO) as terminal:
        say(terminal, "[bold]brackets[/bold] [/nothing] [@click=app.quit]x[/]")
        terminal.wait_for("tok ·")
        assert terminal.text.count("[bold]brackets[/bold] [/nothing] [@click=app.quit]x[/]") >= 2


def test_what_a_tool_returns_cannot_drive_the_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "nasty.py"
    file.write_text(
        "from athena_tui.tools import tool\n\n"
        "@tool\n"
        "def query_transactions(start_date: str, end_date: str) -> str:\n"
        '    """Return something nasty."""\n'
        '    return "begin \\x1b]52;c;aGVsbG8=\\x07\\x1b[2J\\x9b31m \\u202eend"\n'
    )
    with app(environment, "--agent", ANALYST, "--tools", str(file)) as terminal:
        say(terminal, "What did I spend last week?")
        terminal.wait_for("waits for you")
        terminal.type("\t")
        terminal.press_alone("r")
        terminal.wait_for("tok ·")
        assert "begin" in terminal.text
        assert b"aGVsbG8" not in terminal.received
        assert "\u202e".encode() not in terminal.received


@pytest.mark.parametrize("platform", ["athena", "atthene", "tenfive"])
def test_a_conversation_on_every_platform(environment: dict[str, str], platform: str) -> None:
    command = [COMMAND, "--sandbox", "--platform", platform]
    finished = re.compile(r"\d m?s$", re.MULTILINE)
    with Terminal(command, environment) as terminal:
        terminal.wait_for("ctrl+o")
        say(terminal, "hello")
        terminal.wait_until(lambda screen: len(finished.findall(screen)) == 1, "how long it took")
        say(terminal, "and again")
        terminal.wait_until(lambda screen: len(finished.findall(screen)) == 2, "how long it took again")
        terminal.wait_gone("esc stop")
        terminal.type("\x11")
        assert terminal.wait_exit() == 0
    with Terminal(command, environment) as terminal:
        terminal.wait_until(lambda screen: "hello" in screen, "the conversation in the list")
