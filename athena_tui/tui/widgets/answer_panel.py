"""Takes down what a person answers to a tool call or a human gate, above the composer and without a dialog."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from athena_tui.client.models import JsonValue


class Kind(Enum):
    """What counts as an answer."""

    JSON = auto()
    """JSON, and nothing else."""
    JSON_OR_TEXT = auto()
    """JSON where it is that, else the text itself."""
    TEXT = auto()
    """Any text."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something a person is asked to type.

    Args:
        title: What is asked.
        answered: Receives the answer; not called when the person leaves.
        kind: What counts as an answer.
        text: What stands there at first.
        optional: Whether nothing is an answer as well.
    """

    title: str
    answered: Callable[[JsonValue], None]
    kind: Kind = Kind.TEXT
    text: str = ""
    optional: bool = False


class AnswerPanel(Vertical):
    """One question at a time.

    Args:
        question: The first of them.
    """

    HELP = "Answer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "submit", "Send this answer", id="answer.submit", priority=True),
        Binding("escape", "leave", "Leave it unanswered", id="answer.leave", priority=True),
    ]

    class Closed(Message):
        """The question was answered or left."""

    def __init__(self, question: Question) -> None:
        super().__init__(id="answer-panel")
        self._question: Question | None = question

    def compose(self) -> ComposeResult:
        """Title, text, and what is wrong with it."""
        yield Static("", id="answer-title", markup=False)
        yield TextArea(id="answer-text", compact=True, highlight_cursor_line=False, tab_behavior="focus")
        yield Static("", id="answer-note", markup=False)

    def on_mount(self) -> None:
        """Ask the first question."""
        if self._question is not None:
            self.ask(self._question)

    @property
    def question(self) -> Question | None:
        """What is being asked."""
        return self._question

    def ask(self, question: Question) -> None:
        """Ask something, in place of what was asked before."""
        self._question = question
        self.query_one("#answer-title", Static).update(Content(question.title))
        area = self.query_one(TextArea)
        area.text = question.text
        area.move_cursor(area.document.end)
        self._say("")
        self.display = True
        area.focus()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._say("")

    def action_submit(self) -> None:
        """Give the answer, if it is one."""
        question = self._question
        if question is None:
            return
        text = self.query_one(TextArea).text
        if not text.strip() and not question.optional:
            self._say("Type an answer first.")
            return
        try:
            value = read_answer(text, question.kind)
        except ValueError as error:
            self._say(f"This is not JSON: {error}")
            return
        self._close()
        question.answered(value)

    def action_leave(self) -> None:
        """Leave the question; what asked it waits on."""
        self._close()

    def _close(self) -> None:
        self._question = None
        self.display = False
        self.post_message(self.Closed())

    def _say(self, problem: str) -> None:
        keys = Content.assemble(
            ("ctrl+s", "bold"), (" send   ", "$foreground 60%"), ("esc", "bold"), (" back", "$foreground 60%")
        )
        note = Content.styled(problem, "$text-error") if problem else keys
        self.query_one("#answer-note", Static).update(note)


def read_answer(text: str, kind: Kind) -> JsonValue:
    """What was typed, as a value.

    Raises:
        ValueError: It is not what counts as an answer.
    """
    stripped = text.strip()
    if kind is Kind.TEXT:
        return stripped
    try:
        value: JsonValue = json.loads(stripped, parse_constant=_refuse)
    except ValueError:
        if kind is Kind.JSON:
            raise
        return stripped
    return value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
