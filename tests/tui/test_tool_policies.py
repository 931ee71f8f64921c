"""Policies that are chosen in the app: at once, remembered, and never against what the settings say since."""

from __future__ import annotations

from pathlib import Path

import pytest

from athena_tui.chat.workspace import Workspace
from athena_tui.tools import ToolPolicy
from athena_tui.tui.memory import Memory
from athena_tui.tui.tool_policies import ToolPolicies
from tests.tui.fakes import scripted


def workspace(**policies: ToolPolicy) -> Workspace:
    """A connection for which the settings say this."""
    return Workspace(lambda _: scripted(), "agent:1", policies=dict(policies))


async def chosen(memory: Memory, said: ToolPolicy, wanted: ToolPolicy) -> None:
    """Choose a policy for the tool `clock`."""
    there = workspace(clock=said)
    await ToolPolicies(there, memory).choose("clock", wanted)
    assert there.policies["clock"] is wanted


@pytest.mark.parametrize("wanted", ToolPolicy)
async def test_a_choice_is_remembered_after_a_restart(tmp_path: Path, wanted: ToolPolicy) -> None:
    memory = await Memory.open(tmp_path / "store.db")
    await chosen(memory, ToolPolicy.ASK, wanted)
    await memory.aclose()
    memory = await Memory.open(tmp_path / "store.db")
    there = workspace(clock=ToolPolicy.ASK)
    assert ToolPolicies(there, memory).of("clock") is wanted
    assert there.policies["clock"] is wanted
    await memory.aclose()


async def test_settings_that_changed_since_count_before_an_old_choice() -> None:
    memory = Memory()
    await chosen(memory, ToolPolicy.ASK, ToolPolicy.AUTO)
    assert ToolPolicies(workspace(clock=ToolPolicy.OFF), memory).of("clock") is ToolPolicy.OFF
    assert ToolPolicies(workspace(clock=ToolPolicy.ASK), memory).of("clock") is ToolPolicy.AUTO


async def test_a_second_choice_is_measured_by_what_the_settings_say() -> None:
    memory = Memory()
    await chosen(memory, ToolPolicy.ASK, ToolPolicy.AUTO)
    there = workspace(clock=ToolPolicy.ASK)
    await ToolPolicies(there, memory).choose("clock", ToolPolicy.STUB)
    assert ToolPolicies(workspace(clock=ToolPolicy.ASK), memory).of("clock") is ToolPolicy.STUB


async def test_what_was_always_allowed_before_still_is() -> None:
    memory = Memory()
    await memory.put("tool.clock", "auto")
    assert ToolPolicies(workspace(clock=ToolPolicy.ASK), memory).of("clock") is ToolPolicy.AUTO
    assert ToolPolicies(workspace(clock=ToolPolicy.MANUAL), memory).of("clock") is ToolPolicy.MANUAL


@pytest.mark.parametrize("kept", ["off", 3, None, {"policy": "sometimes", "instead_of": "ask"}, {"policy": []}, []])
async def test_what_means_nothing_is_not_taken(kept: object) -> None:
    memory = Memory()
    memory.state["tool.clock"] = kept  # type: ignore[assignment]  # what a broken store may hold
    assert ToolPolicies(workspace(clock=ToolPolicy.ASK), memory).of("clock") is ToolPolicy.ASK


async def test_a_tool_nobody_knows_is_asked_about() -> None:
    assert ToolPolicies(workspace(), Memory()).of("unknown") is ToolPolicy.ASK
