"""The composer with what belongs around it: completions above, what is queued, and what is wrong below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from athena_tui.tui.symbols import Symbols
from athena_tui.tui.widgets.composer import PLACEHOLDER, Composer

if TYPE_CHECKING:
    from athena_tui.tui.commands import Command
    from athena_tui.tui.widgets.answer_panel import AnswerPanel, Question

MAX_LENGTH = 65_536
"""How many characters a message may have; follows the Execute page."""


class ComposerBox(Vertical):
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

    class Leave(Message):
        """The writer goes to the transcript. `escape` says that this was by escape."""

        def __init__(self, *, escape: bool) -> None:
            super().__init__()
            self.escape = escape

    class Edited(Message):
        """The text is another."""

    ALLOW_SELECT: ClassVar[bool] = False

    def __init__(self, signs: Symbols, burst: float) -> None:
        super().__init__(id="composer-box")
        self.composer = Composer(burst)
        self.asked = Static("", id="asked", markup=False)
        self.queue = Static("", id="queue", markup=False)
        self.completions = OptionList(id="completions", markup=False, compact=True)
        self.completions.can_focus = False
        self.given = Static("", id="given", markup=False)
        self.row = Horizontal(Static(signs.prompt, id="prompt", markup=False), self.composer, id="composer-row")
        self.note = Static("", id="composer-note", markup=False)
        self._order: tuple[Widget, ...] = (self.queue, self.asked, self.completions, self.given, self.row, self.note)
        self._dismissed = ""

    def compose(self) -> ComposeResult:
        """Where one writes; what belongs around it joins when it is first wanted."""
        yield self.row

    def _place(self, widget: Widget, *, wanted: bool) -> None:
        """Show or hide something around the text."""
        if wanted and not widget.parent:
            below = self._order[self._order.index(widget) + 1 :]
            self.mount(widget, before=next((each for each in below if each.parent), None))
        widget.display = wanted

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

    def say(self, note: str, style: str = "$foreground 60%") -> None:
        """Show a line below the text; nothing hides it."""
        self.note.update(Content.styled(note, style))
        self._place(self.note, wanted=bool(note))

    def show_given(self, given: Content | None) -> None:
        """Show above the text what goes along with it; nothing hides it."""
        self.given.update(given or "")
        self._place(self.given, wanted=given is not None)

    def show_asked(self, question: str | None, *, reading: bool) -> None:
        """Say what is done with the text: it is sent, or it answers a question; or that one reads just now."""
        if question is not None:
            asked = Content.assemble(("enter answers ", "$text-warning"), (question, "$foreground 60%"))
            self.asked.update(asked)
        self._place(self.asked, wanted=question is not None and not reading)
        words = PLACEHOLDER if question is None else f"Your answer: {question}"
        self.composer.placeholder = "esc or tab to write" if reading else words

    def show_queue(self, queued: Sequence[str]) -> None:
        """Show what is sent when the run is over."""
        lines = [
            Content.assemble(("queued ", "$text-warning"), (" ".join(text.split())[:200], "$foreground 60%"))
            for text in queued
        ]
        self.queue.update(Content("\n").join(lines))
        self._place(self.queue, wanted=bool(queued))

    def clear(self) -> None:
        """Empty the composer."""
        self.composer.show("")
        self.say("")

    @on(TextArea.Changed, "#composer")
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.say("")
        self._complete()
        self.post_message(self.Edited())

    @on(Composer.Submitted)
    def _submitted(self, event: Composer.Submitted) -> None:
        if (command := self._highlighted()) is not None:
            self._run(command)
        elif not event.text.strip():
            self.say("Write a message first, or press / for commands.")
        elif len(event.text) > MAX_LENGTH:
            count = f"{len(event.text):,} characters"
            self.say(f"Not sent: this message has {count}; at most {MAX_LENGTH:,} are taken.", "$text-error")
        else:
            self.post_message(self.Send(event.text))

    @on(Composer.Moved)
    def _move(self, event: Composer.Moved) -> None:
        if event.lines > 0:
            self.completions.action_cursor_down()
        else:
            self.completions.action_cursor_up()

    @on(Composer.CompletionWanted)
    def _take(self) -> None:
        command = self._highlighted()
        if command is None:
            self.post_message(self.Leave(escape=False))
        elif self.composer.text == f"/{command.name}":
            self._run(command)
        else:
            self.composer.show(f"/{command.name}")

    @on(Composer.Left)
    def _left(self) -> None:
        if self.composer.completing:
            self._dismissed = self.composer.text
            self._complete()
        else:
            self.post_message(self.Leave(escape=True))

    @on(OptionList.OptionSelected, "#completions")
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if (command := self._highlighted()) is not None:
            self._run(command)

    def _run(self, command: Command) -> None:
        self.clear()
        self.post_message(self.Run(command))

    def _complete(self) -> None:
        text = self.composer.text
        typed = text[1:] if text.startswith("/") else None
        wanted = typed is not None and text != self._dismissed and not (set(typed) & set(" /\n"))
        commands = _matching(typed or "") if wanted else ()
        if commands:
            self.completions.set_options(
                Option(Content.assemble((f"/{each.name:<10}", "bold"), (each.help, "$foreground 60%")), id=each.name)
                for each in commands
            )
            self.completions.highlighted = 0
        self.composer.completing = bool(commands)
        self._place(self.completions, wanted=bool(commands))

    def _highlighted(self) -> Command | None:
        option = self.completions.highlighted_option
        if not self.composer.completing or option is None:
            return None
        return next((command for command in _matching("") if command.name == option.id), None)


def _matching(prefix: str) -> tuple[Command, ...]:
    # Imported here because the first frame completes nothing.
    from athena_tui.tui.commands import matching

    return matching(prefix)
