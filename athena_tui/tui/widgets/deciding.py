"""What a person decides in the transcript – about tool calls, gates and answers – and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.getters import query_one

from athena_tui.tui.widgets.composer_box import ComposerBox

if TYPE_CHECKING:
    from athena_tui.chat.parts import ApprovalPart
    from athena_tui.chat.session import Session
    from athena_tui.chat.workspace import Workspace
    from athena_tui.tui.memory import Memory
    from athena_tui.tui.tool_policies import ToolPolicies
    from athena_tui.tui.transcript.messages import GateAnswered, RateWanted, ToolDecided
    from athena_tui.tui.widgets.answer_panel import Question


class Deciding(Vertical):
    """The half of a conversation that passes decisions on to the open session.

    Args:
        memory: Keeps which tools run without asking.
    """

    box = query_one(ComposerBox)

    def __init__(self, memory: Memory) -> None:
        super().__init__(id="chat")
        self._memory = memory
        self._workspace: Workspace | None = None
        self._session: Session | None = None
        self.policies: ToolPolicies | None = None
        """What happens when agents call tools, once there is a connection."""

    @property
    def runs(self) -> bool:
        """Whether the open session is at work, or waits for a person."""
        if self._session is None:
            return False  # nor is anything imported for it: the first frame asks
        from athena_tui.chat.session import SessionState

        return self._session.state is not SessionState.IDLE

    @property
    def waits(self) -> bool:
        """Whether the open session waits for a person."""
        if self._session is None:
            return False
        from athena_tui.chat.session import SessionState

        return self._session.state is SessionState.WAITING_FOR_PERSON

    @property
    def question(self) -> ApprovalPart | None:
        """What the open session asks for in words; the composer answers it."""
        if not self.waits:
            return None
        from athena_tui.tui.rulings import asked_text

        return asked_text(self._session)

    def on_tool_decided(self, event: ToolDecided) -> None:
        """A person decided about a tool call."""
        from athena_tui.tui.rulings import rule
        from athena_tui.tui.transcript.messages import Decision

        if event.decision is Decision.ALWAYS:
            self._always(event.part.name)
        if self._session is not None:
            self._ask(rule(self._session, event))

    def on_gate_answered(self, event: GateAnswered) -> None:
        """A person answered a gate."""
        from athena_tui.tui.rulings import decide

        if self._session is not None:
            self._ask(decide(self._session, event))

    def on_rate_wanted(self, event: RateWanted) -> None:
        """An answer was good, or bad."""
        if self._session is not None:
            self.run_worker(self._rated(self._session, event), group="rate", exit_on_error=False)

    def _ask(self, question: Question | None) -> None:
        if question is not None:
            self.box.ask(question)

    def _always(self, name: str) -> None:
        from athena_tui.tools import ToolPolicy

        if self.policies is not None:
            self.run_worker(self.policies.choose(name, ToolPolicy.AUTO), exit_on_error=False)
            self.app.notify(f"{name} runs without asking from now on.", markup=False)

    async def _rated(self, session: Session, event: RateWanted) -> None:
        from athena_tui.tui.rating import rate

        text, severity = await rate(session, event)
        self.app.notify(text, severity=severity, markup=False)
