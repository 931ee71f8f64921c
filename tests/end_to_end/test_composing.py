"""Writing in a real terminal: keys that only it can send, and files dropped on it."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.test_app import ECHO, app


def test_alt_enter_breaks_the_line_without_the_kitty_protocol(environment: dict[str, str]) -> None:
    with app(environment, "--agent", ECHO) as terminal:
        terminal.type("one")
        terminal.wait_for("› one")
        terminal.press_alone("\x1b\r")
        terminal.type("two")
        terminal.wait_for("two")
        assert "onetwo" not in terminal.text
        assert "tok ·" not in terminal.text
        terminal.press_alone("\r")
        terminal.wait_for("tok ·")


def test_a_file_that_is_dropped_is_uploaded_and_goes_along(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "shopping list.md"
    file.write_text("tea, rope")
    with app(environment, "--agent", ECHO) as terminal:
        terminal.paste(str(file).replace(" ", "\\ ") + " ")
        terminal.wait_for("▤ shopping list.md 9 B markdown")
        terminal.type("look")
        terminal.wait_for("› look")
        terminal.press_alone("\r")
        terminal.wait_for("tok ·")
        terminal.wait_for("▤ shopping list.md · text/markdown")
        assert "9 B markdown" not in terminal.text
