"""Watches every session, the open one and those in the background, and keeps the marks that the list shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from athena_tui.chat.engine_events import ChatEvent, ToolNeedsPerson
from athena_tui.chat.session import Session, SessionState
from athena_tui.chat.turns import Change
from athena_tui.chat.workspace import Workspace
from athena_tui.client.events import (
    ApprovalRequested,
    Heartbeat,
    InputRequested,
    ReasoningDelta,
    RunFailed,
    RunFinished,
    TextDelta,
)
from athena_tui.tui.widgets.sidebar import Mark


@dataclass(slots=True, eq=False)
class Watch:
    """Who is told what goes on in the sessions of a workspace.

    Args:
        workspace: Whose sessions.
        drawn: Called with every change of the open session.
        stirred: Called when a session began, ended or began to wait; the second argument says that it waits.
    """

    workspace: Workspace
    drawn: Callable[[Change], None]
    stirred: Callable[[Session, bool], None]
    _unread: set[Session] = field(default_factory=set)
    _stops: dict[Session, Callable[[], None]] = field(default_factory=dict)

    def follow(self, session: Session) -> None:
        """Watch a session from now on; it has been read now."""
        self._unread.discard(session)
        if session not in self._stops:
            self._stops[session] = session.subscribe(lambda event, change: self._happened(session, event, change))

    def forget_idle(self, needed: Iterable[Session]) -> list[Session]:
        """Let go of sessions that were not shown for long, but those that are needed or not read; returns them."""
        forgotten = self.workspace.forget_idle(self._unread.union(needed))
        for session in forgotten:
            if (stop := self._stops.pop(session, None)) is not None:
                stop()
        return forgotten

    def stop(self) -> None:
        """Watch nothing any more."""
        for stop in self._stops.values():
            stop()
        self._stops.clear()

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Every session that is watched."""
        return tuple(self._stops)

    @property
    def runs(self) -> bool:
        """Whether any session is at work, or waits for a person."""
        return any(session.state is not SessionState.IDLE for session in self._stops)

    @property
    def waits(self) -> bool:
        """Whether any session waits for a person."""
        return any(session.state is SessionState.WAITING_FOR_PERSON for session in self._stops)

    def marks(self) -> dict[str, Mark]:
        """What goes on where, by conversation."""
        found: dict[str, Mark] = {}
        for session in self._stops:
            if session.conversation_id is None:
                continue
            if session.state is SessionState.WAITING_FOR_PERSON:
                found[session.conversation_id] = Mark.WAITING
            elif session.state is SessionState.RUNNING:
                found[session.conversation_id] = Mark.RUNNING
            elif session in self._unread:
                found[session.conversation_id] = Mark.UNREAD
        return found

    def _happened(self, session: Session, event: ChatEvent, change: Change) -> None:
        is_open = session is self.workspace.session
        if is_open:
            self.drawn(change)
        elif isinstance(event, RunFinished | RunFailed):
            self._unread.add(session)
        if isinstance(event, TextDelta | ReasoningDelta | Heartbeat):
            return
        self.stirred(session, isinstance(event, ToolNeedsPerson | ApprovalRequested | InputRequested))
