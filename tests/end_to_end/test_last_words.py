"""An error nobody expected: the terminal is restored, and a person reads a sentence, never a traceback."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal

_PROGRAM = """
import asyncio, os, sys
from pathlib import Path
from textual.widgets import Static
from athena_tui.tui import app
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import Launch

class Never:
    async def connect(self, target):
        await asyncio.Event().wait()

class Broken(Static):
    def render(self):
        raise LookupError("broken [bold]while drawing[/bold]")

class BrokenApp(AthenaApp):
    CSS_PATH = Path(app.__file__).parent / AthenaApp.CSS_PATH

    def on_key(self, event):
        match event.key:
            case "f8":
                raise LookupError("broken [bold]by a key[/bold]")
            case "f9":
                self.set_timer(0.01, self._break)
            case "f10":
                self.screen.mount(Broken())
            case "f12":
                self.run_worker(self._break_later())

    def _break(self):
        raise LookupError("broken [bold]by a timer[/bold]")

    async def _break_later(self):
        raise LookupError("broken [bold]at work[/bold]")

broken = BrokenApp(Launch(Never(), database=Path(sys.argv[1])))
broken.run()
sys.exit(broken.return_code)
"""


@pytest.mark.parametrize(
    ("key", "cause"),
    [("\x1b[19~", "by a key"), ("\x1b[20~", "by a timer"), ("\x1b[21~", "while drawing"), ("\x1b[24~", "at work")],
)
def test_what_nobody_expected_ends_with_a_sentence(
    environment: dict[str, str], tmp_path: Path, key: str, cause: str
) -> None:
    program = tmp_path / "broken.py"
    program.write_text(_PROGRAM)
    with Terminal([sys.executable, str(program), str(tmp_path / "store.db")], environment, (120, 40)) as terminal:
        terminal.wait_for("Ask anything")
        terminal.type(key)
        assert terminal.wait_exit() == 1
        restored, _, said = terminal.received.rpartition(b"\x1b[?1049l")
        assert restored
        assert f"LookupError: broken [bold]{cause}[/bold]".encode() in said
        assert b"athena-tui.log" in said.replace(b"\r\n", b"")
        assert b"Traceback" not in terminal.received
    assert "Traceback" in (tmp_path / "athena-tui.log").read_text()
