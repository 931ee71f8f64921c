"""Leaving the screen to another program."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App

from athena_tui.tui import terminal
from athena_tui.tui.outside import Outside


async def test_one_program_at_a_time_has_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    opened, closed = asyncio.Event(), asyncio.Event()

    async def page(_app: object, text: str, *_: object) -> None:
        shown.append(text)
        opened.set()
        await closed.wait()

    monkeypatch.setattr(terminal, "can_leave", lambda _app: True)
    monkeypatch.setattr(terminal, "page", page)
    outside = Outside(App(), {})
    first = asyncio.create_task(outside.page("first", ".md"))
    async with asyncio.timeout(5):
        await opened.wait()
        await outside.page("second", ".md")
    assert await outside.edit("third") is None
    closed.set()
    await first
    await outside.page("fourth", ".md")
    assert shown == ["first", "fourth"]
