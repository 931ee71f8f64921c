"""The composer with what belongs around it: completions above, what is queued, and what is wrong below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from athena_tui.tui.commands import Command, matching
from athena_tui.tui.symbols import Symbols
from athena_tui.tui.widgets.answer_panel import AnswerPanel
from athena_tui.tui.widgets.composer import Composer

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
        self.panel = AnswerPanel()
        self._signs = signs
        self._dismissed = ""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        yield self.panel
        yield Static("", id="queue", markup=False)
        yield OptionList(id="completions", markup=False, compact=True)
        yield Static("", id="given", markup=False)
        with Horizontal(id="composer-row"):
            yield Static(self._signs.prompt, id="prompt", markup=False)
            yield self.composer
        yield Static("", id="composer-note", markup=False)

    def on_mount(self) -> None:
        """The list is moved through from the composer."""
        self.query_one("#completions", OptionList).can_focus = False

    def say(self, note: str, style: str = "$foreground 60%") -> None:
        """Show a line below the text; nothing hides it."""
        shown = self.query_one("#composer-note", Static)
        shown.update(Content.styled(note, style))
        shown.set_class(bool(note), "-shown")

    def show_given(self, given: Content | None) -> None:
        """Show above the text what goes along with it; nothing hides it."""
        shown = self.query_one("#given", Static)
        shown.update(given or "")
        shown.set_class(given is not None, "-shown")

    def show_queue(self, queued: Sequence[str]) -> None:
        """Show what is sent when the run is over."""
        shown = self.query_one("#queue", Static)
        lines = [
            Content.assemble(("queued ", "$text-warning"), (" ".join(text.split())[:200], "$foreground 60%"))
            for text in queued
        ]
        shown.update(Content("\n").join(lines))
        shown.set_class(bool(queued), "-shown")

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
        completions = self.query_one("#completions", OptionList)
        if event.lines > 0:
            completions.action_cursor_down()
        else:
            completions.action_cursor_up()

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
        commands = matching(typed or "") if wanted else ()
        completions = self.query_one("#completions", OptionList)
        completions.set_options(
            Option(Content.assemble((f"/{each.name:<10}", "bold"), (each.help, "$foreground 60%")), id=each.name)
            for each in commands
        )
        if commands:
            completions.highlighted = 0
        self.composer.completing = bool(commands)
        completions.set_class(bool(commands), "-shown")

    def _highlighted(self) -> Command | None:
        option = self.query_one("#completions", OptionList).highlighted_option
        if not self.composer.completing or option is None:
            return None
        return next((command for command in matching("") if command.name == option.id), None)
