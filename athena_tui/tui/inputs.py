"""The open session's variables: shown above the composer, asked for in a form, remembered for each agent."""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import App
from textual.content import Content

from athena_tui.chat.variables import Variables
from athena_tui.chat.workspace import Workspace
from athena_tui.client.models import JsonValue
from athena_tui.tui.form_fields import Field, fields_of
from athena_tui.tui.memory import Memory
from athena_tui.tui.widgets.composer_box import ComposerBox

_DIM = "$foreground 60%"
_LONGEST = 24
"""Characters of a value that are shown."""


def adopt(workspace: Workspace, memory: Memory) -> Variables | None:
    """Tell the open session what its agent asks for, and what that was given last time.

    Returns:
        The session's variables; `None` where the agent asks for nothing.
    """
    session, agent = workspace.session, workspace.agent
    if session is None or agent is None or not agent.variables:
        return None
    variables = session.variables
    if variables.schema != agent.variables:
        variables.schema = agent.variables
        before = memory.state.get(_key(memory, agent.id))
        if not variables.values and isinstance(before, dict):
            known = {field.name for field in fields_of(agent.variables)}
            variables.values = {name: value for name, value in before.items() if name in known}
    return variables


def line(variables: Variables) -> Content:
    """What was given, what is missing, and how to change that, in one line."""
    fields = fields_of(variables.schema)
    pieces = []
    for field in fields:
        if field.name in variables.values:
            shown = _shortened(field, variables.values[field.name])
            pieces.append(Content.styled(f"{field.name}={shown}", _DIM))
    if missing := variables.missing:
        pieces.append(Content.styled(f"{', '.join(missing)} needed", "$text-warning"))
    if not pieces:
        pieces.append(Content.styled(f"{len(fields)} variables at their defaults", _DIM))
    return Content.assemble(("F2 ", "bold"), Content.styled("  ", _DIM).join(pieces))


def show(box: ComposerBox, workspace: Workspace, memory: Memory) -> None:
    """Show the open session's variables above the composer, and let `#` stand for them."""
    variables = adopt(workspace, memory)
    box.show_given(None if variables is None else line(variables))
    box.completions.variables = lambda: () if variables is None else tuple(_described(variables))


def _described(variables: Variables) -> Iterator[tuple[str, str]]:
    """Each variable's name, with its value, and what it is for."""
    for field in fields_of(variables.schema):
        value = variables.values.get(field.name, field.default)
        known = f"{_shortened(field, value)}  " if value is not None else "needed  " if field.required else ""
        yield field.name, f"{known}{' '.join(field.help.split())}".rstrip()


def _shortened(field: Field, value: JsonValue) -> str:
    text = " ".join(field.shown(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


async def ask(
    app: App[None], workspace: Workspace, memory: Memory, message: str | None = None, first: str | None = None
) -> bool:
    """Show the form; whether the person gave what it asks for.

    Args:
        app: Where to show it.
        workspace: Whose open session.
        memory: Keeps what was given for the next conversation with this agent.
        message: The message that waits for it.
        first: The variable to begin with; that which is missing by default.
    """
    from athena_tui.tui.screens.variables import VariablesScreen

    agent, variables = workspace.agent, adopt(workspace, memory)
    if agent is None or variables is None:
        return False
    values = await app.push_screen_wait(
        VariablesScreen(agent.name, variables, sending=message is not None, first=first)
    )
    if values is None:
        return False
    variables.values = values
    await memory.put(_key(memory, agent.id), values)
    return True


def _key(memory: Memory, agent_id: str) -> str:
    return f"variables.{memory.profile}.{agent_id}"
