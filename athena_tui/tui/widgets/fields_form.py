"""A form made from a schema: a row for each field, and below it what it is for or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from athena_tui.client.models import JsonObject
from athena_tui.tui.form_fields import Field, Kind
from athena_tui.tui.widgets.choice import Choice

Entry: TypeAlias = Input | TextArea | Choice


class FieldsForm(VerticalScroll):
    """Takes values down and checks them.

    Args:
        fields: What is asked for.
        values: What stands there at first.
        id: Its id.
    """

    DEFAULT_CSS = """
    FieldsForm {
        height: auto;
        max-height: 100%;
        scrollbar-size-vertical: 1;

        .field-row { height: auto; }
        .field-label { width: 20; padding: 0 2 0 0; text-wrap: nowrap; text-overflow: ellipsis; }
        .field-row Input, .field-row TextArea { width: 1fr; background: $panel; border: none; padding: 0; }
        .field-row TextArea { height: auto; min-height: 1; max-height: 6; }
        .field-row Choice { width: 1fr; }
        .field-note { height: auto; margin: 0 0 1 20; color: $text-muted; }
        .field-note.-blank { height: 0; }
    }
    """

    class Changed(Message):
        """Something was typed or chosen."""

    class Submitted(Message):
        """The values are to be used."""

    def __init__(self, fields: Sequence[Field], values: JsonObject, *, id: str | None = None) -> None:  # noqa: A002  # Textual's
        super().__init__(id=id, can_focus=False)
        self.fields = fields
        self._values = values
        self._mixed = len({field.every_time for field in fields}) > 1
        self._entries: dict[str, Entry] = {}
        self._notes: dict[str, Static] = {}
        self._wrong: set[str] = set()

    def compose(self) -> ComposeResult:
        """A row for each field, and what is said about it."""
        for field in self.fields:
            entry = self._entries[field.name] = self._entry(field)
            note = self._notes[field.name] = Static(classes="field-note", markup=False)
            self._note(field, self._hint(field))
            with Horizontal(classes="field-row"):
                yield Static(self._label(field), classes="field-label", markup=False)
                yield entry
            yield note

    @property
    def has_choices(self) -> bool:
        """Whether anything is chosen rather than typed."""
        return any(isinstance(entry, Choice) for entry in self._entries.values())

    @property
    def asks(self) -> bool:
        """Whether anything is needed that has no default."""
        return any(field.required and field.default is None for field in self.fields)

    def begin(self, names: Iterable[str] = ()) -> None:
        """Give the keyboard to the first of these fields, else to the first one."""
        entry = next((self._entries[name] for name in (*names, *self._entries) if name in self._entries), None)
        if entry is not None:
            entry.focus()

    def values(self) -> JsonObject | None:
        """What was given; where something is wrong that is shown, gets the keyboard, and there is nothing."""
        wrong = [field for field in self.fields if not self._check(field)]
        if wrong:
            self._entries[wrong[0].name].focus()
            return None
        return self.taken()

    def taken(self) -> JsonObject:
        """What was given, as far as it is right."""
        values: JsonObject = {}
        for field in self.fields:
            try:
                value = field.read(self._text(field))
            except ValueError:
                continue
            if value is not None:
                values[field.name] = value
        return values

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """What was typed is checked when its field is left."""
        field = self._field_of(event.widget)
        if field is not None and self._text(field).strip():
            self._check(field)

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Input.Changed | TextArea.Changed | Choice.Changed) -> None:
        event.stop()
        field = self._field_of(event.control)
        if field is not None and field.name in self._wrong:
            self._check(field)
        self.post_message(self.Changed())

    @on(Input.Submitted)
    @on(Choice.Submitted)
    def _submitted(self, event: Input.Submitted | Choice.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())

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
        self._note(field, shown)
        return field.name not in self._wrong

    def _note(self, field: Field, text: Content) -> None:
        note = self._notes[field.name]
        note.update(text)
        note.set_class(not text.plain.strip(), "-blank")

    def _entry(self, field: Field) -> Entry:
        value = self._values.get(field.name)
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
            return "" if unsaid and field.name not in self._values else entry.value
        return entry.text if isinstance(entry, TextArea) else entry.value

    def _field_of(self, widget: Widget) -> Field | None:
        return next((field for field in self.fields if self._entries.get(field.name) is widget), None)

    def _label(self, field: Field) -> Content:
        needed = field.required and field.default is None
        return Content.assemble((field.title, "bold" if needed else ""), ("  *", "$text-warning") if needed else "")

    def _hint(self, field: Field) -> Content:
        pieces = [field.help]
        if field.every_time and self._mixed:
            pieces.append("goes with every message")
        if field.kind is Kind.JSON:
            pieces.append('as JSON, such as {"a": 1}' if field.expected == "object" else 'as JSON: ["a", "b"]')
        return Content(" · ".join(piece for piece in pieces if piece) or " ")

    def _default(self, field: Field) -> str:
        return field.expected if field.default is None else f"{field.shown(field.default)}  (default)"
