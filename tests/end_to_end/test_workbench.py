"""The tools workbench in a real terminal, with a tool file that is edited meanwhile."""

from __future__ import annotations

from pathlib import Path

from tests.end_to_end.test_app import ECHO, app

TOOLS = '''\
from athena_tui.tools import tool


@tool
def greet(name: str) -> str:
    """Greet somebody."""
    return f"{GREETING}, {name}"
'''


def test_a_tool_is_called_by_hand_edited_and_called_again(environment: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "greeting.py"
    file.write_text(TOOLS.replace("{GREETING}", "Hello"), encoding="utf-8")
    with app(environment, "--agent", ECHO, "--tools", str(file)) as terminal:
        terminal.press_alone("\x1bOR")
        terminal.wait_for("Greet somebody.")
        terminal.press_alone("\r")
        terminal.wait_for("tab next field")
        terminal.type("Sam")
        terminal.wait_for("Sam")
        terminal.press_alone("\r")
        terminal.wait_for("→ Hello, Sam")
        terminal.wait_for("greet · by hand · ✓")
        file.write_text(TOOLS.replace("{GREETING}", "Howdy"), encoding="utf-8")
        terminal.press_alone("\x1b[15~")
        terminal.wait_for("Loaded again: 1 tool.")
        terminal.press_alone("\x0c")
        terminal.wait_for("r again")
        terminal.press_alone("r")
        terminal.wait_for("→ Howdy, Sam")
        terminal.press_alone("\x1b")
        terminal.wait_for("esc close")
        terminal.press_alone("\x1b")
        terminal.wait_for("ctrl+p commands")
