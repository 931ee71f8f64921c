"""The open session's variables: shown above the composer, asked for in a form, remembered for each agent."""

from __future__ import annotations

from textual.app import App

from athena_tui.chat.variables import Variables
from athena_tui.chat.workspace import Workspace
from athena_tui.tui.form_fields import fields_of
from athena_tui.tui.memory import Memory

_LONGEST = 24


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


def line(variables: Variables) -> str:
    """What was given, and what is missing, in one line."""
    given = []
    for field in fields_of(variables.schema):
        if field.name in variables.values:
            text = " ".join(field.shown(variables.values[field.name]).split())
            given.append(f"{field.name}={text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}")
    missing = variables.missing
    asked = [f"{', '.join(missing)} needed"] if missing else []
    return " · ".join([*given, *asked]) or f"{len(fields_of(variables.schema))} variables at their defaults"


async def ask(app: App[None], workspace: Workspace, memory: Memory, message: str | None = None) -> bool:
    """Show the form; whether the person gave what it asks for.

    Args:
        app: Where to show it.
        workspace: Whose open session.
        memory: Keeps what was given for the next conversation with this agent.
        message: The message that waits for it.
    """
    from athena_tui.tui.screens.variables import VariablesScreen

    agent, variables = workspace.agent, adopt(workspace, memory)
    if agent is None or variables is None:
        return False
    values = await app.push_screen_wait(VariablesScreen(agent.name, variables, sending=message is not None))
    if values is None:
        return False
    variables.values = values
    await memory.put(_key(memory, agent.id), values)
    return True


def _key(memory: Memory, agent_id: str) -> str:
    return f"variables.{memory.profile}.{agent_id}"
