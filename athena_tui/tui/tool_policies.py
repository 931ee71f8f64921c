"""What happens when an agent calls a tool: what the settings say, and what was chosen in the app since."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING

from athena_tui.tools import ToolPolicy

if TYPE_CHECKING:
    from athena_tui.chat.workspace import Workspace
    from athena_tui.tui.memory import Memory


class ToolPolicies:
    """Chooses policies and remembers what was chosen.

    A choice replaces one thing the settings said. Once they say something else, it counts no more: who writes `off`
    into the configuration file means it, whatever was clicked before.

    Args:
        workspace: Whose tools; its policies are changed in place, so that they count at once.
        memory: Keeps the choices.
    """

    def __init__(self, workspace: Workspace, memory: Memory) -> None:
        self._workspace = workspace
        self._memory = memory
        self._said: dict[str, ToolPolicy] = {}
        """What the settings and the tools' authors say."""
        self.recall()

    def recall(self) -> None:
        """Take over what was chosen earlier; again after the workspace was given what the settings say anew."""
        self._said = dict(self._workspace.policies)
        for name, said in self._said.items():
            chosen = self._remembered(name, said)
            if chosen is not None:
                self._workspace.policies[name] = chosen

    def of(self, name: str) -> ToolPolicy:
        """What happens to calls of a tool."""
        return self._workspace.policies.get(name, ToolPolicy.ASK)

    def choose(self, name: str, policy: ToolPolicy) -> Coroutine[object, object, None]:
        """Let something else happen from now on; what is returned remembers it."""
        self._workspace.policies[name] = policy
        instead_of = self._said.setdefault(name, ToolPolicy.ASK)
        return self._memory.put(f"tool.{name}", {"policy": policy.value, "instead_of": instead_of.value})

    def _remembered(self, name: str, said: ToolPolicy) -> ToolPolicy | None:
        choice = self._memory.state.get(f"tool.{name}")
        if choice == ToolPolicy.AUTO.value:  # as it was kept when there was nothing else to choose
            choice = {"policy": choice, "instead_of": ToolPolicy.ASK.value}
        if not isinstance(choice, dict) or choice.get("instead_of") != said.value:
            return None
        policy = choice.get("policy")
        return ToolPolicy(policy) if policy in set(ToolPolicy) else None
