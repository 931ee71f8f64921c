"""The composer with what belongs around it: completions and attachments above, what is queued, what is wrong below."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea

from athena_tui.tui.symbols import Symbols
from athena_tui.tui.typed import Kind, Typed, typed_at
from athena_tui.tui.widgets.attaching import Attaching
from athena_tui.tui.widgets.completions import Completions, Offer
from athena_tui.tui.widgets.composer import PLACEHOLDER, Composer

if TYPE_CHECKING:
    from athena_tui.tui.attaching.chosen import Chosen
    from athena_tui.tui.commands import Command
    from athena_tui.tui.outbox import Outgoing
    from athena_tui.tui.widgets.answer_panel import AnswerPanel, Question

_DIM = "$foreground 60%"

MAX_LENGTH = 65_536
"""How many characters a message may have; follows the Execute page."""


class ComposerBox(Attaching):
    """Everything at the foot of a conversation.

    Args:
        signs: What to draw with.
        burst: See `Composer`.
    """

    class Run(Message):
        """A command was chosen."""

        def __init__(self, command: Command) -> None:
            super().__init__()
            self.command = command

    class Send(Message):
        """A message is to be sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class VariableWanted(Message):
        """A variable is to be given."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name

    class Leave(Message):
        """The writer goes to the transcript. `escape` says that this was by escape."""

        def __init__(self, *, escape: bool) -> None:
            super().__init__()
            self.escape = escape

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, signs: Symbols, burst: float) -> None:
        super().__init__(signs, burst)
        self.asked = Static("", id="asked", markup=False)
        self.queue = Static("", id="queue", markup=False)
        self.completions = Completions(self._offers_shown)
        self.completions.takes = self._takes
        self.given = Static("", id="given", markup=False)
        self.editing = Static("editing – sends as a new message; esc leaves it", id="editing", markup=False)
        self._order = [self.queue, self.asked, self.completions, self.given, self.editing, self.row, self.note]
        self.needs_message = True
        """Whether the agent takes nothing less than a message."""
        self._announced = False
        """Whether it was said what one more enter does with this text."""
        self._dismissed: tuple[Kind, int] | None = None

    def compose(self) -> ComposeResult:
        """Where one writes; what belongs around it joins when it is first wanted."""
        yield self.row

    @property
    def panel(self) -> AnswerPanel | None:
        """Where a question is answered, once one was asked."""
        return cast("AnswerPanel | None", self.query_one_optional("#answer-panel"))

    def ask(self, question: Question) -> None:
        """Ask something above the text."""
        from athena_tui.tui.widgets.answer_panel import AnswerPanel

        if self.panel is None:
            self.mount(AnswerPanel(question), before=0)
        else:
            self.panel.ask(question)

    def show_given(self, given: Content | None) -> None:
        """Show above the text what goes along with it; nothing hides it."""
        self.given.update(given or "")
        self._place(self.given, wanted=given is not None)

    def show_editing(self, *, wanted: bool) -> None:
        """Say above the text that it was said before, and is said anew."""
        self._place(self.editing, wanted=wanted)

    def show_asked(self, question: str | None, *, answers: bool, reading: bool) -> None:
        """Say what is done with the text: it is sent, or it answers a question; or that one reads just now.

        Args:
            question: What the agent asks.
            answers: Whether the text answers that; else it was begun before.
            reading: Whether the transcript has the keyboard.
        """
        if question is not None and answers:
            self.asked.update(Content.assemble(("enter answers ", "$text-warning"), (question, _DIM)))
        elif question is not None:
            what = "The agent asks; enter queues your message, and an empty composer answers: "
            self.asked.update(Content.assemble((what, "$text-warning"), (question, _DIM)))
        self._place(self.asked, wanted=question is not None and not reading)
        offered = f"{PLACEHOLDER} · @ files" if self.takes_files else PLACEHOLDER
        words = offered if question is None else f"Your answer: {question}"
        self.composer.placeholder = "esc or tab to write" if reading else words

    def show_queue(self, queued: Iterable[Outgoing], uploading: tuple[Outgoing, Chosen, int] | None = None) -> None:
        """Show what is sent when the run is over, and before that what is on its way."""
        lines = [_on_its_way(*uploading)] if uploading is not None else []
        if waiting := [_queued(outgoing, self._signs) for outgoing in queued]:
            waiting[-1] = Content.assemble(waiting[-1], ("  ↑ takes it back", _DIM))
            lines += waiting
        self.queue.update(Content("\n").join(lines))
        self._place(self.queue, wanted=bool(lines))

    def clear(self) -> None:
        """Empty the composer; what goes along stays."""
        self.composer.show("")
        self.say("")

    @on(Composer.AttachmentsWanted)
    def _to_attachments(self) -> None:
        self.focus_attachments()

    @on(Composer.Dropped)
    async def _dropped(self, event: Composer.Dropped) -> None:
        event.stop()
        before = self.attachments
        refused = await self.attach(event.sources)
        if self.attachments == before:
            self.composer.put_paste(event.text)
        self.say_refused(refused)

    @on(TextArea.Changed, "#composer")
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._announced = False
        if self.composer.text != self._said_of:
            self.say("")
        self._complete()
        self.post_message(self.Edited())

    @on(TextArea.SelectionChanged, "#composer")
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        self._complete()

    @on(Composer.Submitted)
    async def _submitted(self, event: Composer.Submitted) -> None:
        await self.completions.settled()
        if (offer := self._offered()) is not None:
            await self._take(offer)
        elif self.composer.text.startswith("/attach "):
            await self._attach_typed(self.composer.text.removeprefix("/attach "))
        elif not event.text.strip():
            self._submit_nothing()
        elif len(event.text) > MAX_LENGTH:
            count = f"{len(event.text):,} characters"
            self.say(f"Not sent: this message has {count}; at most {MAX_LENGTH:,} are taken.", "$text-error")
        else:
            self._submit(event.text)

    def _submit(self, text: str) -> None:
        """Send a message; what looks like a command was hardly meant for the agent, so only at the second enter."""
        wrong = None
        if text.startswith("//"):
            text = text[1:]
        elif text.startswith("/") and not self._announced:
            from athena_tui.tui.commands import no_command

            wrong = no_command(text)
        if wrong is not None:
            self.say(f"{wrong} Enter again sends it as a message.", "$text-warning")
            self._announced = True
        else:
            self._announced = False
            self.post_message(self.Send(text))

    def _submit_nothing(self) -> None:
        """Send no message to an agent that needs none; as that is easily done by accident, not at the first enter."""
        if self.needs_message:
            self.say("Write a message first, or press / for commands.")
        elif self._announced:
            self._announced = False
            self.post_message(self.Send(""))
        else:
            self.say("This agent needs no message: enter once more runs it without one.")
            self._announced = True

    async def _attach_typed(self, typed: str) -> None:
        from athena_tui.tui.attaching.dropped import dropped_files

        typed = typed.strip()
        files = await asyncio.to_thread(dropped_files, typed)
        before = self.attachments
        refused = await self.attach([str(path) for path in files] or [typed])
        if self.attachments != before:
            self.composer.show("")
        self.say_refused(refused)

    @on(Composer.Moved)
    def _move(self, event: Composer.Moved) -> None:
        if event.lines > 0:
            self.completions.action_cursor_down()
        else:
            self.completions.action_cursor_up()

    @on(Composer.CompletionWanted)
    async def _tab(self) -> None:
        await self.completions.settled()
        offer = self._offered()
        if offer is None:
            self.post_message(self.Leave(escape=False))
        elif offer.kind is Kind.COMMAND and self.composer.text != f"/{offer.value}":
            self.composer.show(f"/{offer.value}")
        else:
            await self._take(offer)

    @on(Composer.Left)
    def _left(self) -> None:
        typed = self.completions.typed
        if self.composer.completing and typed is not None:
            self._dismissed = (typed.kind, typed.start)
            self._complete()
        else:
            self.post_message(self.Leave(escape=True))

    @on(OptionList.OptionSelected, "#completions")
    async def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if (offer := self._offered()) is not None:
            await self._take(offer)

    def _offers_shown(self) -> None:
        self.composer.completing = bool(self.completions.offers)
        self._place(self.completions, wanted=self.composer.completing)

    async def _take(self, offer: Offer) -> None:
        typed = self.completions.typed
        if typed is None:
            return
        match offer:
            case Offer(Kind.COMMAND):
                from athena_tui.tui.commands import named

                self.clear()
                self.post_message(self.Run(named(offer.value)))
            case Offer(Kind.VARIABLE):
                self._replace(typed, "")
                self.post_message(self.VariableWanted(offer.value))
            case Offer(Kind.FILE, goes_on=str(folder)):
                quoted = f'"{folder}' if " " in folder and not typed.alone else folder
                self._replace(typed, f"/attach {folder}" if typed.alone else f"@{quoted}")
            case Offer(Kind.FILE):
                self._replace(typed, "")
                self.say_refused(await self.attach([offer.value]))

    def _replace(self, typed: Typed, text: str) -> None:
        """Put something else in place of what was typed."""
        row, column = self.composer.cursor_location
        if typed.alone:
            self.composer.show(text)
        else:
            self.composer.replace(text, (row, typed.start), (row, column), maintain_selection_offset=False)

    def _complete(self) -> None:
        typed = typed_at(self.composer.text, *self.composer.cursor_location)
        if typed is None or (typed.kind, typed.start) != self._dismissed:
            self._dismissed = None
        if typed is not None and self.completions.parent is None:
            self._place(self.completions, wanted=False)
        self.completions.complete(None if self._dismissed else typed)

    def _offered(self) -> Offer | None:
        return self.completions.chosen


def _queued(outgoing: Outgoing, signs: Symbols) -> Content:
    files = f"  {signs.attachment} {len(outgoing.attachments)}" if outgoing.attachments else ""
    words = " ".join(outgoing.text.split())[:200]
    return Content.assemble(("queued ", "$text-warning"), (words, _DIM), (files, _DIM))


def _on_its_way(outgoing: Outgoing, chosen: Chosen, percent: int) -> Content:
    words = " ".join(outgoing.text.split())[:200]
    return Content.assemble(("uploading ", "$text-accent"), (f"{chosen.name}  {percent} %  ", "bold"), (words, _DIM))
