"""The first frame waits for nothing slow."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import asyncio, sys
from athena_tui.tui.app import AthenaApp
from athena_tui.tui.launch import Launch

class Never:
    async def connect(self, target):
        await asyncio.Event().wait()

async def main():
    app = AthenaApp(Launch(Never()))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        assert app.main.query_one("#composer").has_focus
        print(*sys.modules)

asyncio.run(main())
"""


def test_nothing_slow_is_imported_before_the_first_frame() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())
    assert "textual" in imported
    assert not imported & {"httpx", "httpx_sse", "pydantic", "markdown_it", "pygments", "starlette", "uvicorn"}
    later = ("athena_tui.chat", "athena_tui.client.events", "athena_tui.tools", "athena_tui.tui.transcript")
    assert [name for name in sorted(imported) if name.startswith(later)] == []
