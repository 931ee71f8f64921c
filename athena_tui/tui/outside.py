"""Other programs that open what the conversation names: the browser, the pager, the editor. Says what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from textual.app import App

from athena_tui.tui import terminal


class Outside:
    """The way out of the app and back.

    Args:
        app: Whose screen is left.
        environ: Names the editor and the pager, and says whether somebody sits at another machine.
    """

    def __init__(self, app: App[Any], environ: Mapping[str, str]) -> None:
        self._app = app
        self._environ = environ
        self._away = False

    def open_link(self, url: str) -> None:
        """Open a link in the browser; over SSH give its address instead."""
        if "SSH_CONNECTION" in self._environ or "SSH_TTY" in self._environ:
            self._app.copy_to_clipboard(url)
            text = f"A browser cannot be opened over SSH. The address, also sent to your clipboard: {url}"
            self._app.notify(text, timeout=15, markup=False)
        else:
            self._app.open_url(url)

    async def page(self, text: str, suffix: str) -> None:
        """Show a text in the pager; keys that were pressed before it came up do not call another one."""
        if self._away:
            return
        if not terminal.can_leave(self._app):
            self._complain("No other program can have this screen.")
            return
        self._away = True
        try:
            await terminal.page(self._app, text, self._environ, suffix)
        except terminal.NoProgram as error:
            self._complain(f"{error}. Set $PAGER to another one.")
        finally:
            self._away = False

    async def edit(self, text: str) -> str | None:
        """Let the user edit a text in their editor; `None` where that was not possible."""
        if self._away:
            return None
        if not terminal.can_leave(self._app):
            self._complain("No editor can have this screen.")
            return None
        self._away = True
        try:
            return await terminal.edit(self._app, text, self._environ)
        except terminal.NoProgram as error:
            self._complain(f"{error}. Set $EDITOR to another one.")
            return None
        finally:
            self._away = False

    def _complain(self, text: str) -> None:
        self._app.notify(text, severity="warning", markup=False)
