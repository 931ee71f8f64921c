"""Asks the person at the terminal what a run of `ask` waits for: on stderr, a line at a time."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Awaitable, Callable, Collection
from typing import TypeAlias

from athena_tui.chat.engine_events import ChatEvent, ToolNeedsPerson
from athena_tui.chat.session import Session, SessionState
from athena_tui.chat.tool_calls import AnswerIt, RejectIt, Ruling, RunIt
from athena_tui.chat.turns import Change
from athena_tui.client.events import ApprovalRequested, ClientToolCall, InputRequested
from athena_tui.client.models import Decision, JsonValue

ReadLine: TypeAlias = Callable[[str], Awaitable[str]]

_YES = {"y", "yes"}
_NO = {"n", "no"}


def somebody_is_there() -> bool:
    """Whether a person can be asked: they see stderr and type into stdin."""
    return os.name == "posix" and sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


async def read_line(prompt: str) -> str:
    """A line that a person types, without blanks around it.

    Raises:
        EOFError: They closed the input.
    """
    sys.stderr.write(prompt)
    sys.stderr.flush()
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()
    # A thread that reads could not be stopped when the run is.
    descriptor = sys.stdin.fileno()

    def take() -> None:
        if not typed.done():
            typed.set_result(sys.stdin.readline())

    loop.add_reader(descriptor, take)
    try:
        line = await typed
    finally:
        loop.remove_reader(descriptor)
    if not line:
        sys.stderr.write("\n")
        raise EOFError
    return line.strip()


class Asker:
    """Answers for a session what a person decides, one question at a time; whoever closes the input says no.

    Args:
        session: Whose run waits.
        manual: The client tools that a person answers for.
        read: Shows a prompt and reads a line.
    """

    def __init__(self, session: Session, manual: Collection[str] = (), read: ReadLine = read_line) -> None:
        self._session = session
        self._manual = manual
        self._read = read
        self._calls: dict[str, ClientToolCall] = {}
        self._questions: asyncio.Queue[ApprovalRequested | InputRequested | ClientToolCall] = asyncio.Queue()

    def notice(self, event: ChatEvent, _change: Change) -> None:
        """Take up what the run asks."""
        match event:
            case ClientToolCall():
                self._calls[event.call_id] = event
            case ToolNeedsPerson() if event.call_id in self._calls:
                self._questions.put_nowait(self._calls[event.call_id])
            case ApprovalRequested() | InputRequested() if self._session.state is SessionState.WAITING_FOR_PERSON:
                self._questions.put_nowait(event)

    async def answer(self) -> None:
        """Ask and answer until cancelled."""
        while True:
            question = await self._questions.get()
            match question:
                case ClientToolCall():
                    self._session.rule(question.call_id, await self._ruling(question))
                case _:
                    self._session.decide(await self._decision(question))

    async def _ruling(self, call: ClientToolCall) -> Ruling:
        try:
            if call.name not in self._manual:
                asked = f"run {call.name} {json.dumps(call.arguments, ensure_ascii=False)}?"
                return RunIt() if await self._yes(asked) else RejectIt()
            return AnswerIt(_json_or_text(await self._read(f"? what {call.name} is to return (JSON or text): ")))
        except EOFError:
            return RejectIt()

    async def _decision(self, gate: ApprovalRequested | InputRequested) -> Decision:
        among = f" ({', '.join(gate.options)})" if gate.options else ""
        with contextlib.suppress(EOFError):
            if isinstance(gate, ApprovalRequested):
                fate = " No fails the run." if gate.rejecting_fails else ""
                return Decision(await self._yes(f"{gate.prompt or 'approve?'}{among}{fate}"))
            typed = await self._read(f"? {gate.prompt or 'what the agent asks for'}{among}: ")
            return Decision(approved=True, data=_json_or_text(typed) if gate.json_schema else typed)
        return Decision(approved=False)

    async def _yes(self, question: str) -> bool:
        while True:
            typed = (await self._read(f"? {question} [y/n] ")).lower()
            if typed in _YES | _NO:
                return typed in _YES


def _json_or_text(typed: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(typed)
    except ValueError:
        return typed
    return value
