"""What goes along with the message that is being written, and the place for what surrounds it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from athena_tui.tui.symbols import Symbols
from athena_tui.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from athena_tui.client.models import Attachment
    from athena_tui.client.protocol import Capabilities
    from athena_tui.store.drafts import Draft
    from athena_tui.tui.attaching.chosen import Chosen
    from athena_tui.tui.widgets.chips import Chips


class Attaching(Vertical):
    """The half of the composer's surroundings that files go along in.

    Args:
        signs: What to draw with.
        burst: See `Composer`.
    """

    class Edited(Message):
        """The text, or what goes along, is another."""

    def __init__(self, signs: Symbols, burst: float) -> None:
        super().__init__(id="composer-box")
        self.composer = Composer(burst)
        self.note = Static("", id="composer-note", markup=False)
        self.row = Horizontal(Static(signs.prompt, id="prompt", markup=False), self.composer, id="composer-row")
        self.capabilities: Capabilities | None = None
        """What the platform can do; `None` while there is no connection."""
        self.attachments: tuple[Chosen, ...] = ()
        """What goes along with the message."""
        self.chips: Chips | None = None
        self._signs = signs
        self._order: list[Widget] = [self.row, self.note]
        self._said_of = ""
        self._written = 0
        """Counts messages: a file that is still looked at when another one is written does not go along with that."""

    def _place(self, widget: Widget, *, wanted: bool) -> None:
        """Show or hide something around the text."""
        if wanted and not widget.parent:
            below = self._order[self._order.index(widget) + 1 :]
            self.mount(widget, before=next((each for each in below if each.parent), None))
        widget.display = wanted

    def say(self, note: str, style: str = "$foreground 60%") -> None:
        """Show a line below the text; nothing hides it."""
        self.note.update(Content.styled(note, style))
        self._said_of = self.composer.text
        self._place(self.note, wanted=bool(note))

    def say_refused(self, refused: Sequence[str]) -> None:
        """Say what does not go along, and why."""
        if refused:
            self.say(f"Not attached: {' '.join(dict.fromkeys(refused))}", "$text-warning")

    async def attach(self, sources: Sequence[str]) -> list[str]:
        """Let files, by their paths, and addresses go along; returns why others do not."""
        from athena_tui.client.errors import InvalidRequest
        from athena_tui.tui.attaching.chosen import check_room, choose, rules_of

        refused, written = [], self._written
        for source in sources:
            if self.app.is_web and not source.startswith(("https:", "http:", "data:")):
                refused.append("Files of the machine that serves this page do not go along; addresses do.")
                continue
            try:
                rules = rules_of(self.capabilities)
                chosen = await asyncio.to_thread(choose, source, rules)
                if written != self._written:
                    return []
                check_room(self.attachments, chosen, rules)
            except InvalidRequest as error:
                remedy = error.remedy if error.remedy != error.default_remedy else None
                refused.append(f"{error.message} {remedy or ''}".strip())
            else:
                self.attach_exactly((*self.attachments, chosen))
        return refused

    def attach_again(self, attachments: Sequence[Attachment]) -> None:
        """Let go along what went along with an earlier message, and nothing else."""
        from athena_tui.tui.attaching.chosen import choose_again

        self.attach_exactly(choose_again(each) for each in attachments)

    def attach_exactly(self, chosen: Iterable[Chosen]) -> None:
        """Let this go along, and nothing else."""
        before, self.attachments = self.attachments, tuple(chosen)
        if self.attachments == before:
            return
        if self.chips is None:
            from athena_tui.tui.widgets.chips import Chips

            self.chips = Chips(self._signs.attachment, self._signs.remove)
            self._order.insert(self._order.index(self.row), self.chips)
        self.chips.show(self.attachments)
        if self.chips.has_focus and not self.attachments:
            self.composer.focus()
        self._place(self.chips, wanted=bool(self.attachments))
        self.post_message(self.Edited())

    async def show_draft(self, draft: Draft) -> None:
        """Go on with a message; what went along with it may be gone."""
        self._written += 1
        self.composer.show(draft.text)
        self.attach_exactly(())
        self.say_refused(await self.attach(draft.attachments))

    @property
    def draft(self) -> Draft:
        """The message as it can be kept."""
        from athena_tui.store.drafts import Draft

        return Draft(self.composer.draft, tuple(each.source for each in self.attachments if each.source))

    def focus_attachments(self) -> None:
        """Let the writer change what goes along."""
        if self.chips is not None and self.attachments:
            self.chips.focus()

    def on_chips_removed(self, event: Chips.Removed) -> None:
        """One is not to go along."""
        event.stop()
        self.attach_exactly(each for each in self.attachments if each is not event.chosen)

    def on_chips_text_wanted(self, event: Chips.TextWanted) -> None:
        """What was taken for something that goes along is to be words of the message."""
        event.stop()
        # A key that was pressed twice asks twice.
        if event.chosen.source and any(each is event.chosen for each in self.attachments):
            self.attach_exactly(each for each in self.attachments if each is not event.chosen)
            self.composer.focus()
            self.composer.insert(event.chosen.source)

    def on_chips_left(self) -> None:
        """Back to the text."""
        self.composer.focus()

    @property
    def takes_files(self) -> bool:
        """Whether files of this machine can go along: not where it serves a page to somebody else."""
        if self.capabilities is None or self.app.is_web:
            return False
        from athena_tui.client.protocol import Feature

        return self.capabilities.has(Feature.ATTACHMENTS)

    def _takes(self, name: str) -> bool:
        from athena_tui.client.files import content_type_of

        files = self.capabilities.files if self.capabilities is not None else None
        return files is None or files.takes(content_type_of(name))
