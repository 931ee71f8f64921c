"""The list of conversations: grouped by day, filtered by title, fetched page by page, where there is room for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from athena_tui.tui.symbols import Symbols

if TYPE_CHECKING:
    from athena_tui.client.models import Conversation
    from athena_tui.tui.memory import Memory

NARROW = 80
"""Columns of the window below which the list lies over the transcript."""

_NEAR_THE_END = 5
_FILTER_PAUSE = 0.05


class Mark(StrEnum):
    """What goes on in a conversation that is not open."""

    RUNNING = "running"
    WAITING = "waiting"
    UNREAD = "unread"


def age(moment: datetime | None, now: datetime) -> str:
    """How long ago, in at most four cells."""
    if moment is None:
        return ""
    seconds = max(0.0, (now - moment).total_seconds())
    for unit, size in (("y", 31_536_000), ("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{int(seconds // size)}{unit}"
    return "now"


def group(moment: datetime | None, now: datetime) -> str:
    """The heading a conversation stands under."""
    if moment is None:
        return "Older"
    try:
        days = (now.date() - moment.astimezone(now.tzinfo).date()).days
    except OverflowError:  # the first or last hours of the calendar, which another time zone's does not have
        return "Older"
    if days <= 0:
        return "Today"
    if days == 1:
        return "Yesterday"
    return "This week" if days < 7 else "Older"


class Conversations(OptionList):
    """The list itself; says when its end comes near."""

    HELP = "Conversations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Open", id="conversations.open"),
        Binding("down,j", "cursor_down", "Next", show=False, id="conversations.next"),
        Binding("up,k", "cursor_up", "Previous", show=False, id="conversations.previous"),
        Binding("a", "archive", "Archive", id="conversations.archive"),
        Binding("slash", "app.focus('filter')", "Filter", id="conversations.filter"),
    ]

    def action_archive(self) -> None:
        """Archive the highlighted conversation."""
        option = self.highlighted_option
        if option is not None and option.id is not None:
            self.post_message(Sidebar.ArchiveWanted(option.id))


class NewLine(Static):
    """Begins a new conversation when it is clicked."""

    async def on_click(self) -> None:
        """Begin."""
        await self.run_action("screen.new_conversation")


class Sidebar(Vertical):
    """Conversations to choose from.

    Args:
        signs: What to draw with.
        now: The time of day.
        memory: Keeps whether the list is shown.
        wanted: Whether it is shown where nothing is remembered.
    """

    @dataclass
    class Chosen(Message):
        """A conversation is to be opened."""

        conversation_id: str

    @dataclass
    class ArchiveWanted(Message):
        """A conversation is to be archived."""

        conversation_id: str

    class MoreWanted(Message):
        """The end of what is loaded is near."""

    class Left(Message):
        """The reader is done here."""

    HELP = "Conversations"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back to the message", id="sidebar.leave"),
        Binding("down", "app.focus('conversations')", "To the list", id="sidebar.list", show=False),
    ]

    def __init__(self, signs: Symbols, now: Callable[[], datetime], memory: Memory, *, wanted: bool) -> None:
        super().__init__(id="sidebar")
        self._signs = signs
        self._now = now
        self._memory = memory
        self._wanted = wanted
        self._overlay = False
        self._conversations: tuple[Conversation, ...] = ()
        self._marks: dict[str, Mark] = {}
        self._open: str | None = None
        self._note = ""
        self._minute: datetime | None = None
        self._more = False

    def compose(self) -> ComposeResult:
        """Filter, list, and how to begin a new one."""
        # They are compact by our own rules: Textual's argument has each styled once more before it is mounted.
        yield Input(placeholder=f"{self._signs.search} filter", id="filter")
        yield Conversations(id="conversations", markup=False)
        yield NewLine(Content.assemble("+ new  ", ("ctrl+n", "$foreground 60%")), id="new", markup=False)

    def show(
        self,
        conversations: Sequence[Conversation],
        *,
        open_id: str | None,
        marks: dict[str, Mark],
        more: bool,
        note: str = "",
    ) -> None:
        """Show conversations, newest first.

        Args:
            conversations: As far as they are loaded.
            open_id: The one that is open.
            marks: What goes on in others.
            more: Whether there are more to load.
            note: What to say where there are none.
        """
        self._more = more
        minute = self._now().replace(second=0, microsecond=0)
        shown = (tuple(conversations), open_id, marks, note, minute)
        if shown != (self._conversations, self._open, self._marks, self._note, self._minute):
            self._conversations, self._open, self._marks, self._note, self._minute = shown
            self._rebuild()

    def place(self, width: int) -> None:
        """Decide whether the list is there in a window of so many columns, and whether it lies over the transcript."""
        wanted = bool(self._memory.state.get("sidebar.visible", self._wanted))
        self._overlay = self._overlay and width < NARROW
        self.display = self._overlay or (wanted and width >= NARROW)
        self.set_class(self._overlay, "-overlay")

    def toggle(self) -> None:
        """Show or hide the list; where it lies over the transcript one goes there at once."""
        if self.screen.size.width < NARROW:
            self._overlay = not self._overlay
        else:
            self._memory.state["sidebar.visible"] = not self._memory.state.get("sidebar.visible", self._wanted)
            self.run_worker(self._memory.save("sidebar.visible"), exit_on_error=False)
        self.place(self.screen.size.width)
        if self._overlay:
            self.query_one(Conversations).focus()
        elif not self.display:
            self.post_message(self.Left())

    def find(self) -> None:
        """Let the user filter the list."""
        if not self.display:
            self.toggle()
        self.query_one("#filter", Input).focus()

    def leave(self) -> None:
        """Show every conversation again, for the next time; a list that lies over the transcript goes."""
        self._overlay = False
        self.place(self.screen.size.width)
        self.clear_filter()

    def on_resize(self) -> None:
        """Ages stand at the right edge."""
        self._rebuild()

    @on(Input.Changed, "#filter")
    def _filter(self) -> None:
        self._rebuild()

    @on(Input.Submitted, "#filter")
    def _filtered(self) -> None:
        self.query_one(Conversations).action_select()

    @on(OptionList.OptionSelected)
    def _select(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Chosen(event.option_id))

    @on(OptionList.OptionHighlighted)
    def _highlight(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if self._more and event.option_index >= event.option_list.option_count - _NEAR_THE_END:
            self.post_message(self.MoreWanted())

    def action_leave(self) -> None:
        """Clear the filter first, then go back to the message."""
        field = self.query_one("#filter", Input)
        stays = field.has_focus and bool(field.value)
        self.clear_filter()
        if not stays:
            self.post_message(self.Left())

    def clear_filter(self) -> None:
        """Show every conversation again."""
        self.query_one("#filter", Input).value = ""

    def _rebuild(self) -> None:
        options = list(self._options()) or [Option(self._empty(), disabled=True)]
        conversations = self.query_one(Conversations)
        highlighted = conversations.highlighted_option
        wanted = highlighted.id if highlighted is not None and conversations.has_focus else self._open
        if self.query_one("#filter", Input).value:
            wanted = next((option.id for option in options if option.id is not None), None)
        scroll = conversations.scroll_y
        conversations.set_options(options)
        for index, option in enumerate(options):
            if option.id is not None and option.id == wanted:
                conversations.highlighted = index
                break
        conversations.scroll_to(y=scroll, animate=False)

    def _empty(self) -> str:
        return "Nothing has that in its title." if self._conversations else self._note

    def _options(self) -> Iterator[Option]:
        wanted = self.query_one("#filter", Input).value.casefold().strip()
        width = max(10, self.query_one(Conversations).scrollable_content_region.width - 1)
        now = self._now()
        heading = None
        for each in sorted(self._conversations, key=lambda each: each.archived):
            title = each.title or "Untitled"
            if wanted and wanted not in title.casefold():
                continue
            under = "Archived" if each.archived else group(each.updated_at, now)
            if under != heading:
                gap = "\n" if heading is not None else ""
                heading = under
                yield Option(Content.styled(gap + heading, "$foreground 60% bold"), disabled=True)
            yield Option(self._line(each, title, age(each.updated_at, now), width), id=each.id)

    def _line(self, conversation: Conversation, title: str, when: str, width: int) -> Content:
        sign, style = self._sign(conversation)
        room = width - cell_len(sign) - 1 - (len(when) + 1 if when else 0)
        if cell_len(title) > room:
            title = set_cell_size(title, room - 1) + self._signs.ellipsis
        look = "$foreground 60%" if conversation.archived else "bold" if conversation.id == self._open else ""
        return Content.assemble(
            (sign, style), " ", (set_cell_size(title, room), look), (f" {when}" if when else "", "$foreground 60%")
        )

    def _sign(self, conversation: Conversation) -> tuple[str, str]:
        match self._marks.get(conversation.id):
            case Mark.RUNNING:
                return self._signs.running, "$text-accent"
            case Mark.WAITING:
                return self._signs.waiting, "$text-warning"
            case Mark.UNREAD:
                return self._signs.unread, "$text-accent"
            case None:
                pass
        if conversation.archived:
            return self._signs.archived, "$foreground 60%"
        return (self._signs.prompt, "$text-accent") if conversation.id == self._open else (" ", "")
