"""The tools workbench: every client tool, a form to call it by hand, and the log of the calls that were made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from athena_tui.chat.parts import ToolState
from athena_tui.chat.turns import Change
from athena_tui.client.models import JsonValue
from athena_tui.client.sanitise import clean_text
from athena_tui.tools import ToolPolicy
from athena_tui.tui import surprises
from athena_tui.tui.transcript.glyphs import glyphs
from athena_tui.tui.transcript.messages import ComposerWanted, Copied, LinkWanted, OpenWanted
from athena_tui.tui.transcript.pane import TranscriptPane
from athena_tui.tui.transcript.wrapping import clip
from athena_tui.tui.widgets.fields_form import FieldsForm
from athena_tui.tui.workbench.bench import Bench
from athena_tui.tui.workbench.calls import CallsView
from athena_tui.tui.workbench.detail import ToolDetail
from athena_tui.tui.workbench.key_bar import Key, KeyBar

if TYPE_CHECKING:
    from athena_tui.tui.launch import Launch
    from athena_tui.tui.outside import Outside

_DIM = "$foreground 60%"
_SHORT = 32
"""Rows of the window below which nothing is left blank."""
_PROBLEM = "problem:"
"""Before a number, in the id of the option that stands for a problem."""


class ToolList(OptionList):
    """The names at the left, and what went wrong."""

    class Resized(Message):
        """There is more room, or less."""

    def on_resize(self) -> None:
        """Policies stand at the right edge."""
        self.post_message(self.Resized())


class ToolsScreen(Screen[None]):
    """Tools at the left, the chosen one at the right, the calls below it.

    Args:
        bench: The tools and the log.
        launch: How things are drawn.
        outside: The pager and the browser.
    """

    CSS_PATH = "tools.tcss"
    HELP = "Tools"
    AUTO_FOCUS = "#tool-list"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (70, "-medium"), (110, "-wide")]  # noqa: RUF012  # as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="tools.back"),
        Binding("f3", "close", "Close the workbench", id="tools.close", priority=True),
        Binding("ctrl+s", "call", "Call the tool", id="tools.call", priority=True),
        Binding("ctrl+r", "raw", "Arguments as JSON, with the schema, or as a form", id="tools.raw", priority=True),
        Binding("ctrl+l", "calls", "Go to the calls", id="tools.calls", priority=True),
        Binding("f5", "reload", "Load the tools again", id="tools.reload", priority=True),
    ]

    listed = query_one(ToolList)
    detail = query_one(ToolDetail)
    calls = query_one(CallsView)
    keys = query_one(KeyBar)

    def __init__(self, bench: Bench, launch: Launch, outside: Outside) -> None:
        super().__init__()
        self._bench = bench
        self._launch = launch
        self._outside = outside
        self._signs = glyphs(ascii_only=launch.ascii_only)

    def compose(self) -> ComposeResult:
        """From top to bottom, and from left to right."""
        yield Static("", id="tools-header", markup=False)
        with Horizontal(id="tools-body"):
            yield ToolList(id="tool-list", markup=False, compact=True)
            with Vertical(id="tool-side"):
                yield ToolDetail(self._bench, self._signs)
                yield Static("", id="calls-title", markup=False)
                yield TranscriptPane(
                    CallsView(
                        reduced_motion=self._launch.appearance.reduced_motion,
                        ascii_only=self._launch.ascii_only,
                        gap=0,
                        id="calls",
                    ),
                    id="calls-pane",
                )
        yield KeyBar(id="tools-keys")

    def on_mount(self) -> None:
        """Show what there is, and be told of calls."""
        self.app.clear_notifications()  # what is wrong with tools is told here, and under them nothing could be read
        self._stop = self._bench.follow(self._log_changed)
        self.calls.show(self._bench.log)
        self._show_calls()
        self._rebuild()

    def on_unmount(self) -> None:
        """Listen to nobody any more."""
        self._stop()

    def on_resize(self, event: events.Resize) -> None:
        """Decide what fits."""
        self.set_class(event.size.height < _SHORT, "-short")

    def on_descendant_focus(self) -> None:
        """Other keys matter now."""
        self.keys.show(self._keys())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell of what nobody expected."""
        surprises.tell(self.app, event)

    # The tools

    @on(OptionList.OptionHighlighted, "#tool-list")
    async def _highlighted(self, event: OptionList.OptionHighlighted) -> None:
        chosen = event.option_id or ""
        if chosen.startswith(_PROBLEM):
            await self.detail.show_problem(self._bench.problems[int(chosen.removeprefix(_PROBLEM))])
        elif (tool := self._bench.tool(chosen)) is not None and tool is not self.detail.tool:
            await self.detail.show(tool)

    @on(ToolList.Resized)
    def _list_resized(self) -> None:
        self._rebuild()

    @on(OptionList.OptionSelected, "#tool-list")
    def _selected(self) -> None:
        self.detail.begin()

    @on(ToolDetail.Chosen)
    async def _policy_chosen(self, event: ToolDetail.Chosen) -> None:
        await self._bench.policies.choose(event.name, event.policy)
        self._rebuild()

    def action_reload(self) -> None:
        """Load the tools again."""
        self.run_worker(self._reload(), exclusive=True, group="reload", exit_on_error=False)

    async def _reload(self) -> None:
        await self._bench.reload()
        self._rebuild()
        told = f"Loaded again: {self._counts()}."
        if kept := self._bench.modules:
            told += f" What an installed module says ({', '.join(kept)}) is read only at the start."
        self.app.notify(told, timeout=6 if kept else 4, markup=False)

    def _rebuild(self) -> None:
        listed = self.listed
        options = list(self._options(max(12, listed.scrollable_content_region.width - 2)))
        wanted = self._chosen_id()
        listed.set_options(options)
        ids = [option.id for option in options]
        listed.highlighted = ids.index(wanted) if wanted in ids else 0 if options else None
        listed.display = bool(options)
        self._show_header()
        self.keys.show(self._keys())
        if not options:
            self.run_worker(self.detail.show(None), exclusive=True, group="teach", exit_on_error=False)

    def _chosen_id(self) -> str | None:
        option = self.listed.highlighted_option
        return option.id if option is not None else None

    def _options(self, width: int) -> Iterator[Option]:
        for tool in self._bench.tools:
            policy = self._bench.policies.of(tool.name)
            name = clip(tool.name, width - 8, self._signs.ellipsis)
            gap = " " * max(1, width - cell_len(name) - cell_len(policy.value))
            off = policy is ToolPolicy.OFF
            yield Option(Content.assemble((name, _DIM if off else ""), gap, (policy.value, _DIM)), id=tool.name)
        for number, problem in enumerate(self._bench.problems):
            source = clean_text(problem.source).rpartition("/")[2] or problem.source
            place = source if problem.line is None else f"{source}:{problem.line}"
            shown = clip(f"{self._signs.failed} {place}", width, self._signs.ellipsis)
            yield Option(Content.styled(shown, "$text-error"), id=f"{_PROBLEM}{number}")

    # Calling

    @on(FieldsForm.Submitted)
    def action_call(self) -> None:
        """Call the tool with what was filled in."""
        tool = self.detail.tool
        if tool is not None and (arguments := self.detail.arguments()) is not None:
            self._call(tool.name, arguments)

    def action_again(self) -> None:
        """Make a call again."""
        if (part := self.calls.call) is not None:
            self._call(part.name, self._bench.arguments_of(part))

    async def action_edit(self) -> None:
        """Put a call's arguments into the form."""
        part = self.calls.call
        if part is None or (tool := self._bench.tool(part.name)) is None:
            self.app.notify("This tool is not here any more.", severity="warning", markup=False)
            return
        arguments = self._bench.arguments_of(part)
        with self.prevent(OptionList.OptionHighlighted):
            self.listed.highlighted = self.listed.get_option_index(tool.name)
        await self.detail.edit(tool, arguments if isinstance(arguments, dict) else {})
        self.detail.begin()

    def action_copy_test(self) -> None:
        """Copy a call as a test."""
        part = self.calls.call
        if part is None:
            return
        test = self._bench.test_of(part)
        if test is None:
            self.app.notify("Nothing came of this call that a test could hold.", severity="warning", markup=False)
        else:
            self.calls.copy(test, f"a test of {part.name}")

    def action_stop(self) -> None:
        """Stop a call that was made by hand."""
        part = self.calls.call
        if part is not None and part.side == "by hand" and part.state is ToolState.RUNNING:
            self.app.workers.cancel_group(self.app, f"tool-{part.call_id}")

    def _call(self, name: str, arguments: JsonValue) -> None:
        call = self._bench.begin(name, arguments)
        self.calls.put_cursor(len(self._bench.log.parts) - 1)
        self.calls.follow()
        # The app's own work, so that it goes on while one is elsewhere.
        self.app.run_worker(self._bench.finish(call, arguments), group=f"tool-{call.call_id}", exit_on_error=False)

    def _log_changed(self, change: Change) -> None:
        self.calls.transcript_changed(change)
        if change.added:
            self._show_calls()
        index = self.calls.cursor
        if index is not None and self.calls.part in change.updated:
            # What is told first is how it ended; a long result is not followed to its end.
            self.calls.redraw(index)
            self.calls.follow()
            self.calls.reveal(index, 0)

    # Elsewhere

    def action_calls(self) -> None:
        """Go to the calls."""
        if self._bench.log.parts:
            self.calls.focus()

    async def action_raw(self) -> None:
        """From the form to JSON, or back."""
        if self.detail.tool is not None:
            await self.detail.toggle()

    def action_back(self) -> None:
        """To the tools, or from there to the conversation."""
        if self._is_deep:
            self.listed.focus()
        else:
            self.action_close()

    @property
    def _is_deep(self) -> bool:
        """Whether one is somewhere else than at the tools."""
        return self.listed.display and self.focused is not self.listed

    def action_close(self) -> None:
        """Back to the conversation; what was typed is kept."""
        self.detail.put_away()
        self.dismiss()

    @on(ComposerWanted)
    def _left_calls(self) -> None:
        self.listed.focus()

    def on_copied(self, event: Copied) -> None:
        """Say by which way it went."""
        self.notify(event.how, timeout=4, markup=False)

    def on_open_wanted(self, event: OpenWanted) -> None:
        """A call is to be read in the pager."""
        self.run_worker(self._outside.page(event.text, event.suffix), group="outside", exit_on_error=False)

    def on_link_wanted(self, event: LinkWanted) -> None:
        """A link was followed."""
        self._outside.open_link(event.url)

    # What is said

    def _counts(self) -> str:
        tools, problems = len(self._bench.tools), len(self._bench.problems)
        words = f"{tools} {'tool' if tools == 1 else 'tools'}"
        return f"{words}, {problems} {'problem' if problems == 1 else 'problems'}" if problems else words

    def _show_header(self) -> None:
        dot = f" {self._signs.dot} "
        words = [("Tools", "bold"), (f"   {clean_text(self._bench.connection.name)}{dot}{self._counts()}", _DIM)]
        self.query_one("#tools-header", Static).update(Content.assemble(*words))

    def _show_calls(self) -> None:
        any_calls = bool(self._bench.log.parts)
        self.set_class(not any_calls, "-no-calls")
        self.query_one("#calls-pane").display = any_calls
        self.query_one("#calls-title").display = any_calls or bool(self._bench.tools)
        note = "yours, and the agents'" if any_calls else "yours and the agents' appear here"
        text = Content.assemble(("Calls", "bold"), (f"   {note}", _DIM))
        self.query_one("#calls-title", Static).update(text)

    def _keys(self) -> list[Key]:
        call, raw = Key("ctrl+s", "call", "call"), Key("ctrl+r", "form" if self.detail.raw else "JSON", "raw")
        reload, calls = Key("F5", "load again", "reload"), Key("ctrl+l", "calls", "calls")
        back = Key("esc", "tools" if self._is_deep else "close", "back")
        if not self.listed.display:
            return [reload, back]
        if self.focused is self.calls:
            again, edit = Key("r", "again", "again"), Key("e", "edit", "edit")
            return [again, edit, Key("t", "copy as test", "copy_test"), Key("/", "search"), back]
        if self.focused is self.listed:
            return [Key("enter", "fill in"), call, raw, reload, back]
        if self.focused is not None and self.focused.id == "tool-policy":
            return [Key("←/→", "choose"), call, raw, calls, back]
        return [call, raw, Key("tab", "next field"), calls, back]
