"""What differs between platforms, as a person meets it: variables, usage, profiles side by side."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.end_to_end.terminal import COMMAND, Terminal

FINISHED = re.compile(r"\d m?s$", re.MULTILINE)


def send(terminal: Terminal, text: str) -> None:
    """Type a message as a person does: the text first, then the key."""
    terminal.type(text)
    terminal.wait_for(text)
    terminal.press_alone("\r")


def test_an_agent_is_given_its_variables_before_the_first_message(environment: dict[str, str]) -> None:
    command = [COMMAND, "--sandbox", "--platform", "atthene", "--agent", "onboarding"]
    with Terminal(command, environment) as terminal:
        terminal.wait_for("user_id, seats, current_query needed")
        send(terminal, "Set us up")
        terminal.wait_for("Customer number")
        for keys in ("user_12345", "\t", "seven", "\t"):
            terminal.press_alone(keys)
        terminal.wait_for("A whole number is needed")
        for keys in ("\x1b[Z", "\x7f" * 5, "7", "\t", "\t", "\t", "billing"):
            terminal.press_alone(keys)
        terminal.wait_for("billing")
        terminal.type("\x13")
        terminal.wait_until(lambda screen: "user_12345" in screen and "7 seats" in screen, "what the agent made of it")
        assert "user_id=user_12345  seats=7  current_query=billing" in terminal.text


def test_usage_is_plotted_where_the_platform_reports_it(environment: dict[str, str]) -> None:
    with Terminal([COMMAND, "--sandbox", "--platform", "tenfive"], environment, (80, 24)) as terminal:
        terminal.wait_for("ctrl+o")
        send(terminal, "hello")
        terminal.wait_until(lambda screen: FINISHED.search(screen) is not None, "how long it takes")
        terminal.type("/usage")
        terminal.wait_for("What was used, by hour")
        terminal.press_alone("\r")
        screen = terminal.wait_for("run.created")
        assert "█" in screen
        terminal.type("m")
        terminal.wait_for("last 12 months")


def test_usage_is_refused_with_the_reason_where_there_is_none(environment: dict[str, str]) -> None:
    with Terminal([COMMAND, "--sandbox"], environment) as terminal:
        terminal.wait_for("credits")
        terminal.type("/usage")
        terminal.wait_for("What was used, by hour")
        terminal.press_alone("\r")
        terminal.wait_for("Athena reports usage with every run")


def test_two_profiles_side_by_side(environment: dict[str, str], sandbox: dict[str, Any]) -> None:
    lines = [
        f'[profiles.{profile}]\nplatform = "{name}"\n'
        f'base_url = "{sandbox[name]["base_url"]}"\napi_key = "{sandbox[name]["api_key"]}"\n'
        for profile, name in (("work", "athena"), ("lab", "tenfive"))
    ]
    Path(environment["ATHENA_TUI_CONFIG"]).write_text('default_profile = "work"\n' + "".join(lines))
    with Terminal([COMMAND], environment) as terminal:
        terminal.wait_for("credits")
        terminal.type("a thought for work")
        terminal.wait_for("a thought for work")
        terminal.type("\x0b")
        terminal.wait_for("you are here")
        for key in ("\x1b[B", "\r"):
            terminal.press_alone(key)
        terminal.wait_until(lambda screen: "athena-tui   lab" in screen, "the other profile")
        terminal.wait_gone("a thought for work")
        terminal.type("\x0b")
        terminal.wait_for("you are here")
        terminal.press_alone("\r")
        terminal.wait_until(lambda screen: "athena-tui   work" in screen, "the first profile again")
        terminal.wait_for("a thought for work")


def test_the_sandbox_changes_its_voice_without_a_restart(environment: dict[str, str]) -> None:
    with Terminal([COMMAND, "--sandbox"], environment) as terminal:
        terminal.wait_for("credits")
        terminal.type("\x0b")
        terminal.wait_for("Speaks")
        for key in ("\t", "\x1b[C", "\r"):
            terminal.press_alone(key)
        terminal.wait_for("sandbox-atthene")
        terminal.wait_for("Support Concierge")
