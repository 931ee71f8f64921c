"""A form for what an agent asks for beside the message, made from the schema of its variables."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Static

from athena_tui.chat.variables import Variables
from athena_tui.client.models import JsonObject
from athena_tui.tui.form_fields import LARGEST, fields_of, size_of
from athena_tui.tui.widgets.fields_form import FieldsForm


class VariablesScreen(ModalScreen[JsonObject | None]):
    """Gives back the values that were given, or nothing where the person left.

    Args:
        agent: Who asks.
        variables: What is asked for, and what was given.
        sending: Whether a message waits for this.
        first: The variable to begin with; that which is missing by default.
    """

    CSS_PATH = "variables.tcss"
    HELP = "Variables"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Back", id="variables.close"),
        Binding("ctrl+s", "submit", "Use these", id="variables.submit", priority=True),
    ]

    form = query_one(FieldsForm)

    def __init__(self, agent: str, variables: Variables, *, sending: bool = False, first: str | None = None) -> None:
        super().__init__()
        self._agent = agent
        self._variables = variables
        self._sending = sending
        self._first = first

    def compose(self) -> ComposeResult:
        """The fields, and the keys."""
        with Vertical(id="variables-form"):
            yield Static(self._title(), id="variables-title", markup=False)
            yield FieldsForm(fields_of(self._variables.schema), self._variables.values, id="variables-fields")
            yield Static("", id="variables-note", markup=False)

    def on_mount(self) -> None:
        """Begin where something is wanted, or missing."""
        self.form.begin([*([self._first] if self._first else []), *self._variables.missing])
        self._say_keys()

    @on(FieldsForm.Submitted)
    def action_submit(self) -> None:
        """Use these values, if they can be."""
        values = self.form.values()
        if values is None:
            return
        if (size := size_of(values)) > LARGEST:
            self._say(f"Together these are {size:,} bytes of JSON; at most {LARGEST:,} (16 KiB) are taken.")
            return
        self.dismiss(values)

    def _title(self) -> Content:
        what = " needs this before it can answer." if self._sending else ": what it asks for beside the message."
        return Content.assemble(("Variables", "bold"), ("   ", ""), (self._agent, "bold $text-accent"), what)

    def _say(self, problem: str) -> None:
        self.query_one("#variables-note", Static).update(Content.styled(problem, "$text-error"))

    @on(FieldsForm.Changed)
    def _say_keys(self) -> None:
        dim = "$foreground 60%"
        keys = [("ctrl+s", "send" if self._sending else "use these"), ("tab", "next field"), ("esc", "back")]
        if self.form.has_choices:
            keys.insert(2, ("←/→", "choose"))
        pieces = [Content.assemble((key, "bold"), (f" {what}", dim)) for key, what in keys]
        if self.form.asks:
            pieces.append(Content.assemble(("*", "$text-warning"), (" needed", dim)))
        self.query_one("#variables-note", Static).update(Content("   ").join(pieces))
