"""A form for what an agent asks for beside the message, made from the schema of its variables."""

from __future__ import annotations

from typing import ClassVar, TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from athena_tui.chat.variables import Variables
from athena_tui.client.models import JsonObject
from athena_tui.tui.form_fields import LARGEST, Field, Kind, fields_of, size_of
from athena_tui.tui.widgets.choice import Choice

Entry: TypeAlias = Input | TextArea | Choice


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

    def __init__(self, agent: str, variables: Variables, *, sending: bool = False, first: str | None = None) -> None:
        super().__init__()
        self._agent = agent
        self._variables = variables
        self._sending = sending
        self._first = first
        self._fields = fields_of(variables.schema)
        self._mixed = len({field.every_time for field in self._fields}) > 1
        self._entries: dict[str, Entry] = {}
        self._notes: dict[str, Static] = {}
        self._wrong: set[str] = set()

    def compose(self) -> ComposeResult:
        """A row for each variable, what is wrong below it, and the keys."""
        with Vertical(id="variables-form"):
            yield Static(self._title(), id="variables-title", markup=False)
            with VerticalScroll(id="variables-fields", can_focus=False):
                for field in self._fields:
                    entry = self._entries[field.name] = self._entry(field)
                    note = self._notes[field.name] = Static(self._hint(field), classes="variable-note", markup=False)
                    with Horizontal(classes="variable-row"):
                        yield Static(self._label(field), classes="variable-label", markup=False)
                        yield entry
                    yield note
            yield Static("", id="variables-note", markup=False)

    def on_mount(self) -> None:
        """Begin where something is wanted, or missing."""
        first = [self._first] if self._first in self._entries else []
        names = [*first, *self._variables.missing, *self._entries]
        if names and names[0] in self._entries:
            self._entries[names[0]].focus()
        self._say_keys()

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """What was typed is checked when its field is left."""
        field = self._field_of(event.widget)
        if field is not None and self._text(field).strip():
            self._check(field)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed | Choice.Changed) -> None:
        field = self._field_of(event.control)
        if field is not None and field.name in self._wrong:
            self._check(field)
        self._say_keys()

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def action_submit(self) -> None:
        """Use these values, if they can be."""
        wrong = [field for field in self._fields if not self._check(field)]
        if wrong:
            self._entries[wrong[0].name].focus()
            return
        values: JsonObject = {}
        for field in self._fields:
            if (value := field.read(self._text(field))) is not None:
                values[field.name] = value
        if (size := size_of(values)) > LARGEST:
            self._say(f"Together these are {size:,} bytes of JSON; at most {LARGEST:,} (16 KiB) are taken.")
            return
        self.dismiss(values)

    def _check(self, field: Field) -> bool:
        """Show below a field what is wrong with it; whether nothing is."""
        try:
            field.read(self._text(field))
        except ValueError as error:
            self._wrong.add(field.name)
            shown = Content.styled(str(error), "$text-error")
        else:
            self._wrong.discard(field.name)
            shown = self._hint(field)
        self._notes[field.name].update(shown)
        return field.name not in self._wrong

    def _entry(self, field: Field) -> Entry:
        value = self._variables.values.get(field.name)
        if field.kind is Kind.CHOICE:
            options = [field.shown(choice) for choice in field.choices]
            there = field.shown(field.default if value is None else value)
            return Choice(options, options.index(there) if there in options else None)
        if field.kind is Kind.JSON:
            return TextArea(
                field.shown(value),
                compact=True,
                highlight_cursor_line=False,
                tab_behavior="focus",
                placeholder=self._default(field),
            )
        return Input(field.shown(value), placeholder=self._default(field), compact=True)

    def _text(self, field: Field) -> str:
        entry = self._entries[field.name]
        if isinstance(entry, Choice):
            # The default needs not be said, so that the platform's own stays in force.
            unsaid = field.default is not None and entry.value == field.shown(field.default)
            return "" if unsaid and field.name not in self._variables.values else entry.value
        return entry.text if isinstance(entry, TextArea) else entry.value

    def _field_of(self, widget: Widget) -> Field | None:
        return next((field for field in self._fields if self._entries.get(field.name) is widget), None)

    def _title(self) -> Content:
        what = " needs this before it can answer." if self._sending else ": what it asks for beside the message."
        return Content.assemble(("Variables", "bold"), ("   ", ""), (self._agent, "bold $text-accent"), what)

    def _label(self, field: Field) -> Content:
        needed = field.required and field.default is None
        return Content.assemble((field.title, "bold" if needed else ""), ("  *", "$text-warning") if needed else "")

    def _hint(self, field: Field) -> Content:
        pieces = [field.help]
        if field.every_time and self._mixed:
            pieces.append("goes with every message")
        if field.kind is Kind.JSON:
            pieces.append(
                'as JSON, such as {"a": 1}' if field.schema.get("type") == "object" else 'as JSON: ["a", "b"]'
            )
        return Content(" · ".join(piece for piece in pieces if piece) or " ")

    def _default(self, field: Field) -> str:
        return "" if field.default is None else f"{field.shown(field.default)}  (default)"

    def _say(self, problem: str) -> None:
        self.query_one("#variables-note", Static).update(Content.styled(problem, "$text-error"))

    def _say_keys(self) -> None:
        dim = "$foreground 60%"
        keys = [("ctrl+s", "send" if self._sending else "use these"), ("tab", "next field"), ("esc", "back")]
        if any(isinstance(entry, Choice) for entry in self._entries.values()):
            keys.insert(2, ("←/→", "choose"))
        pieces = [Content.assemble((key, "bold"), (f" {what}", dim)) for key, what in keys]
        if any(field.required and field.default is None for field in self._fields):
            pieces.append(Content.assemble(("*", "$text-warning"), (" needed", dim)))
        self.query_one("#variables-note", Static).update(Content("   ").join(pieces))
