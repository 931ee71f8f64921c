"""A conversation as plain data: turns, and their parts in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from athena_tui.chat.parts import Part, ReasoningPart, TextPart, Turn, TurnState
from athena_tui.client.models import Role, Usage


@dataclass(frozen=True, slots=True)
class Change:
    """What an event did to `Turns.parts`.

    Args:
        updated: Parts that were there before and say something else now.
        added: How many parts were appended at the end.
        removed: How many parts were dropped from the end, before any were appended.
        prepended: How many parts were put in front.
    """

    updated: tuple[Part, ...] = ()
    added: int = 0
    removed: int = 0
    prepended: int = 0

    def __bool__(self) -> bool:
        return bool(self.updated or self.added or self.removed or self.prepended)


NO_CHANGE = Change()


class Turns:
    """What was said so far; whoever adds to it does so at the end of the newest turn."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.turns: list[Turn] = []
        self._next_turn = 0
        self._step_start = 0
        self._usage: Usage | None = None
        self._updated: dict[int, Part] = {}

    @property
    def turn(self) -> Turn | None:
        """The newest turn."""
        return self.turns[-1] if self.turns else None

    def parts_of(self, turn: Turn) -> list[Part]:
        """The parts of one of the newest turns, in order."""
        found: list[Part] = []
        for part in reversed(self.parts):
            if part.turn is turn:
                found.append(part)
            elif found:
                break
        found.reverse()
        return found

    def answer(self, turn: Turn) -> str:
        """What the agent said in a turn, as Markdown; without what was taken back."""
        return "\n\n".join(
            str(part.text)
            for part in self.parts_of(turn)
            if isinstance(part, TextPart) and part.taken_back is None and len(part.text)
        )

    def prepend(self, turns: Sequence[Turn], parts: Sequence[Part]) -> Change:
        """Put older turns in front."""
        self.turns[:0] = turns
        self.parts[:0] = parts
        self._step_start += len(parts)
        return Change(prepended=len(parts))

    def _begin(self, role: Role, state: TurnState, at: float) -> Turn:
        turn = Turn(self._next_turn, role, state, started_at=at)
        self._next_turn += 1
        self.turns.append(turn)
        self._step_start = len(self.parts)
        self._usage = None
        return turn

    def _agent_turn(self, at: float) -> Turn:
        turn = self.turn
        if turn is None or turn.role is not Role.ASSISTANT:
            turn = self._begin(Role.ASSISTANT, TurnState.RUNNING, at)
        return turn

    def _newest(self) -> Part | None:
        """The newest part of the current turn."""
        return self.parts[-1] if self.parts and self.parts[-1].turn is self.turn else None

    def _current_parts(self) -> Iterator[Part]:
        """The parts of the current turn, newest first."""
        for part in reversed(self.parts):
            if part.turn is not self.turn:
                return
            yield part

    def _touch(self, part: Part) -> None:
        self._updated[id(part)] = part

    def _settle(self, at: float) -> None:
        """What was being written is complete."""
        part = self._newest()
        if isinstance(part, TextPart | ReasoningPart) and not part.settled:
            part.settled = True
            if isinstance(part, ReasoningPart):
                part.duration = at - part.started_at
            self._touch(part)
