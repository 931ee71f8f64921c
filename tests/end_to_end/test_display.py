"""What is sent to a far terminal leaves it with the same screen, in fewer bytes."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal
from tests.end_to_end.test_app import ECHO, METRONOME, app, say

FAR = {"SSH_TTY": "/dev/pts/9"}
MIXED = """\
# Wide and narrow

Prose that is **long** enough to be wrapped, with a [link](https://example.org), and `code` in it. 世界 and 👍🏽 too.

| name | 名前 |
| --- | --- |
| one | 一 |

```python
def wide(text: str = "全角") -> int:
    return len(text)
```

"""


def redrawn(terminal: Terminal) -> None:
    """What is on the screen is what a full redraw puts there."""
    terminal.wait_until(lambda screen: re.search(r"−\d", screen) is None, "no charge flashing up")
    terminal.wait_quiet()
    before = terminal.cells
    terminal.press_alone("\x10")
    terminal.wait_for("Show or hide the conversations")
    terminal.press_alone("\x1b")
    terminal.wait_gone("Show or hide the conversations")
    terminal.wait_quiet()
    assert terminal.cells == before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_a_streamed_answer_leaves_the_screen_a_near_terminal_has(
    environment: dict[str, str], size: tuple[int, int], tmp_path: Path
) -> None:
    screens, sent = [], []
    for far in ({}, FAR):
        data = {"ATHENA_TUI_DATA_DIR": str(tmp_path / f"data-{len(far)}")}
        with app(environment | far | data, "--agent", METRONOME, size=size) as terminal:
            before = len(terminal.received)
            say(terminal, "600 tokens at 200/s")
            terminal.wait_for("tok ·")
            sent.append(len(terminal.received) - before)
            redrawn(terminal)
            screens.append(re.sub(r"[\d.]+ s\b|[\d.]+ credits|\d+s ago|\bnow\b", "", terminal.text))
            terminal.type("\x11")
            terminal.wait_exit()
    assert screens[0] == screens[1]
    assert sent[1] < sent[0] / 2


def test_reading_searching_and_wide_text_leave_the_screen_a_redraw_gives(environment: dict[str, str]) -> None:
    with app(environment | FAR, "--agent", ECHO) as terminal:
        terminal.paste(MIXED * 3)
        terminal.wait_for("lines")
        terminal.press_alone("\r")
        terminal.wait_for("esc stop")
        # The palette opens over the answer while it streams.
        terminal.press_alone("\x10")
        terminal.wait_for("Show or hide the conversations")
        terminal.press_alone("\x1b")
        terminal.wait_for("tok ·")
        redrawn(terminal)
        terminal.press_alone("\x02")
        terminal.wait_gone("Yesterday")
        redrawn(terminal)
        terminal.press_alone("\t")
        for _ in range(4):
            terminal.press_alone("\x1b[A")
        redrawn(terminal)
        terminal.press_alone("/")
        terminal.wait_for("Search the conversation")
        terminal.type("wide")
        terminal.wait_until(lambda screen: re.search(r"\d+ of \d+", screen) is not None, "how often it was found")
        terminal.press_alone("\x1b")
        redrawn(terminal)


def test_what_other_programs_left_on_the_screen_is_drawn_over(environment: dict[str, str], tmp_path: Path) -> None:
    editor = tmp_path / "editor.sh"
    editor.write_text("#!/bin/sh\nprintf '\\033[1;1Hgarbage\\033[20;40Hgarbage' >/dev/tty\necho edited >\"$1\"\n")
    editor.chmod(0o755)
    with app(environment | FAR | {"EDITOR": str(editor)}, "--agent", ECHO) as terminal:
        terminal.press_alone("\x07")
        terminal.wait_for("edited")
        terminal.wait_gone("garbage")
        redrawn(terminal)


def test_a_process_that_was_stopped_draws_all_of_its_screen(environment: dict[str, str]) -> None:
    with app(environment | FAR, "--agent", ECHO) as terminal:
        terminal.wait_quiet()
        before = terminal.text
        os.kill(terminal.process.pid, signal.SIGTSTP)
        terminal.wait_quiet()
        terminal.clear()
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.wait_until(lambda screen: screen == before, "the screen there was")


@pytest.mark.parametrize("far", [{}, FAR])
def test_a_key_draws_all_of_the_screen(environment: dict[str, str], far: dict[str, str]) -> None:
    with app(environment | far, "--agent", ECHO) as terminal:
        terminal.wait_quiet()
        before = terminal.text
        terminal.clear()
        terminal.press_alone("\x0c")
        terminal.wait_until(lambda screen: screen == before, "the screen there was")


def test_a_window_that_changes_while_text_streams(environment: dict[str, str]) -> None:
    with app(environment | FAR, "--agent", METRONOME) as terminal:
        say(terminal, "400 tokens at 100/s")
        terminal.wait_for("esc stop")
        for size in ((100, 30), (70, 20), (120, 40)):
            terminal.resize(*size)
            terminal.wait_quiet(0.02)
        terminal.wait_for("tok ·")
        redrawn(terminal)
