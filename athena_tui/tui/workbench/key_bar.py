"""The keys that matter now, in one line; a click on one does the same."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.widgets import Static

from athena_tui.client.record import record

_GAP = 3


@record(frozen=True, slots=True)
class Key:
    """A key, what it does, and the action of the screen that a click calls; none where only the key makes sense."""

    key: str
    what: str
    action: str = ""

    @property
    def content(self) -> Content:
        """As it is drawn."""
        return Content.assemble((self.key, "bold"), (f" {self.what}", "$foreground 60%"))


class KeyBar(Static):
    """Shows keys."""

    def __init__(self, *, id: str) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id, markup=False)
        self._keys: Sequence[Key] = ()

    def show(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        if keys != self._keys:
            self._keys = keys
            self.update(Content(" " * _GAP).join([key.content for key in keys]))

    async def on_click(self, event: Click) -> None:
        """Do what the key under the pointer does."""
        x, start = event.get_content_offset_capture(self).x, 0
        for key in self._keys:
            end = start + key.content.cell_length
            if start <= x < end and key.action:
                await self.screen.run_action(key.action)
                return
            start = end + _GAP
