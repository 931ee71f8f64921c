"""One tool on the bench: what it is for, what happens when an agent calls it, and its arguments to be filled in."""

from __future__ import annotations

import asyncio
import json

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.client.sanitise import clean_text
from athena_tui.tools import AnyTool, ToolPolicy
from athena_tui.tools.registry import ToolProblem
from athena_tui.tui.form_fields import fields_of
from athena_tui.tui.transcript.glyphs import Glyphs
from athena_tui.tui.transcript.renderers.json_lines import laid_out
from athena_tui.tui.widgets.answer_panel import Kind, read_answer
from athena_tui.tui.widgets.choice import Choice
from athena_tui.tui.widgets.fields_form import FieldsForm
from athena_tui.tui.workbench.bench import Bench
from athena_tui.tui.workbench.places import short_place

_DIM = "$foreground 60%"
_MEANINGS = {
    ToolPolicy.AUTO: "a call runs at once",
    ToolPolicy.ASK: "a call runs after you agree",
    ToolPolicy.MANUAL: "a call is answered by you",
    ToolPolicy.STUB: "a call gets a canned answer",
    ToolPolicy.OFF: "no agent is told about it",
}
_RUNS = {ToolPolicy.AUTO, ToolPolicy.ASK}
_EXAMPLE = '''\
from athena_tui.tools import tool


@tool
def disk_free(path: str = "/") -> dict:
    """Say how much space is left.

    Args:
        path: Where to look.
    """
    import shutil

    return {"free_gb": round(shutil.disk_usage(path).free / 1e9, 1)}'''


class ToolDetail(Vertical):
    """The tool that is chosen.

    Args:
        bench: Whose tools.
        signs: What to draw with.
    """

    class Chosen(Message):
        """Another policy was chosen."""

        def __init__(self, name: str, policy: ToolPolicy) -> None:
            super().__init__()
            self.name = name
            self.policy = policy

    def __init__(self, bench: Bench, signs: Glyphs) -> None:
        super().__init__(id="tool")
        self.raw = False
        """Whether the arguments are typed as JSON."""
        self.tool: AnyTool | None = None
        self._bench = bench
        self._signs = signs
        self._filling = asyncio.Lock()

    async def show(self, tool: AnyTool | None, *, keep: bool = True) -> None:
        """Show another tool; with none, how to write one. `keep` what was typed for the one before."""
        if keep:
            self.put_away()
        self.tool = tool
        await self._fill(self._teaching() if tool is None else self._described(tool))

    async def edit(self, tool: AnyTool, arguments: JsonObject) -> None:
        """Show a tool with the arguments of a call: as JSON where the form cannot say them."""
        self.put_away()
        for raw in (self.raw, True):
            self.raw = raw
            self._bench.drafts[tool.name] = arguments
            await self.show(tool, keep=False)
            if raw or self.query_one(FieldsForm).taken() == arguments:
                return

    async def show_problem(self, problem: ToolProblem) -> None:
        """Say why a source, or a tool of it, is not there."""
        self.put_away()
        self.tool = None
        place = problem.source if problem.line is None else f"{problem.source}:{problem.line}"
        text = Content.assemble(
            (clean_text(short_place(place, self._room, self._signs.ellipsis)), "bold $text-error"),
            "\n\n",
            clean_text(problem.message),
            "\n\n",
            ("Put it right and press ", _DIM),
            ("F5", "bold"),
            (": the tools are loaded again.", _DIM),
        )
        await self._fill([Static(text, id="tool-problem", markup=False)])

    async def toggle(self) -> None:
        """From the form to JSON, or back."""
        self.put_away()
        self.raw = not self.raw
        await self.show(self.tool, keep=False)
        self.begin()

    def begin(self) -> None:
        """Give the keyboard to the arguments."""
        for area in self.query("#tool-json").results(TextArea):
            area.focus()
        for form in self.query(FieldsForm):
            if form.fields:
                form.begin()
            else:
                self.query_one("#tool-policy").focus()

    def arguments(self) -> JsonValue:
        """What was filled in; `None` where something is wrong, which is shown."""
        if not self.raw:
            return self.query_one(FieldsForm).values()
        text = self.query_one("#tool-json", TextArea).text
        try:
            value = read_answer(text or "{}", Kind.JSON)
        except ValueError as error:
            self._say(f"This is not JSON: {error}")
            return None
        self._say("")
        return {} if value is None else value

    def put_away(self) -> None:
        """Keep what was typed for when the tool is shown again."""
        if self.tool is None:
            return
        for form in self.query(FieldsForm):
            self._bench.drafts[self.tool.name] = form.taken()
        for area in self.query("#tool-json").results(TextArea):
            try:
                value = read_answer(area.text, Kind.JSON)
            except ValueError:
                return  # what is no JSON yet is not kept
            if isinstance(value, dict):
                self._bench.drafts[self.tool.name] = value

    @property
    def _room(self) -> int:
        """Cells of a line; a guess before there is a layout."""
        return self.content_size.width or 44

    async def _fill(self, widgets: list[Static | Horizontal | FieldsForm | VerticalScroll]) -> None:
        # One after the other: keys, the list and a reload may all ask for something else at the same time.
        async with self._filling:
            with self.app.batch_update():
                await self.remove_children()
                await self.mount_all(widgets)

    def _described(self, tool: AnyTool) -> list[Static | Horizontal | FieldsForm | VerticalScroll]:
        place = clean_text(short_place(tool.location, self._room - len(tool.name) - 3, self._signs.ellipsis))
        title = Content.assemble((tool.name, "bold $text-accent"), (f"   {place}", _DIM))
        description = clean_text(tool.description) or "It has no description: agents will not know what it is for."
        policy = self._bench.policies.of(tool.name)
        names = [each.value for each in ToolPolicy]
        row = Horizontal(
            Static("Agents", classes="field-label", markup=False),
            Choice(names, names.index(policy.value), id="tool-policy"),
            id="tool-policy-row",
        )
        return [
            Static(title, id="tool-title", markup=False),
            Static(Content(description), id="tool-description", markup=False),
            row,
            Static(self._meaning(tool, policy), id="tool-meaning", markup=False),
            self._as_json(tool) if self.raw else self._as_form(tool),
        ]

    def _as_form(self, tool: AnyTool) -> FieldsForm | Static:
        return FieldsForm(fields_of(tool.parameters), self._bench.drafts.get(tool.name, {}), id="tool-form")

    def _as_json(self, tool: AnyTool) -> VerticalScroll:
        values = self._bench.drafts.get(tool.name) or _skeleton(tool.parameters)
        text = json.dumps(values, ensure_ascii=False, indent=2)
        area = TextArea(text, compact=True, highlight_cursor_line=False, tab_behavior="focus", id="tool-json")
        schema = laid_out(tool.parameters, 60)
        return VerticalScroll(
            area,
            Static("", id="tool-note", markup=False),
            Static(Content.assemble(("Schema\n", "bold"), (clean_text(schema), _DIM)), id="tool-schema", markup=False),
            id="tool-raw",
            can_focus=False,
        )

    def _teaching(self) -> list[Static | Horizontal | FieldsForm | VerticalScroll]:
        text = Content.assemble(
            ("A tool is a Python function that agents may call on this machine.", "bold"),
            "\n\nWrite one with type hints; its docstring tells agents what it is for:\n\n",
            (_EXAMPLE, "$text-accent"),
            "\n\nand start with it:  ",
            ("athena-tui --tools disk.py", "bold"),
            "\n\n",
            ("The sandbox brings five tools to try: ", _DIM),
            ("athena-tui --sandbox", "bold"),
        )
        return [VerticalScroll(Static(text, markup=False), id="tool-teaching", can_focus=False)]

    @on(Choice.Changed, "#tool-policy")
    def _policy_chosen(self, event: Choice.Changed) -> None:
        event.stop()
        if self.tool is None:
            return
        if not event.choice.value:  # nothing is no policy
            names = event.choice.options
            event.choice.chosen = names.index(self._bench.policies.of(self.tool.name).value)
            return
        policy = ToolPolicy(event.choice.value)
        self.query_one("#tool-meaning", Static).update(self._meaning(self.tool, policy))
        self.post_message(self.Chosen(self.tool.name, policy))

    @on(TextArea.Changed, "#tool-json")
    def _json_changed(self) -> None:
        self._say("")

    def _say(self, problem: str) -> None:
        for note in self.query("#tool-note").results(Static):
            note.update(Content.styled(problem, "$text-error"))

    def _meaning(self, tool: AnyTool, policy: ToolPolicy) -> Content:
        seconds = self._bench.connection.workspace.tools.timeout if tool.timeout is None else tool.timeout
        limit = f", for {seconds:g} s at most" if policy in _RUNS else ""
        return Content.styled(f"{_MEANINGS[policy]}{limit}", _DIM)


def _skeleton(schema: JsonObject) -> JsonObject:
    """What is needed, with something empty of the right kind."""
    empty: JsonObject = {"string": "", "integer": 0, "number": 0, "boolean": False, "array": [], "object": {}}
    return {field.name: empty.get(str(field.schema.get("type"))) for field in fields_of(schema) if field.required}
