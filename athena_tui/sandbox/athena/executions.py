"""Executions as they are kept: enough to pick up a suspended run after a restart."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Row
from typing import Any

from athena_tui.sandbox.agents.catalogue import agent_by_id
from athena_tui.sandbox.agents.steps import Agent, GateReply, Reply, ToolReply, Turn
from athena_tui.sandbox.athena.credits import Ledger
from athena_tui.sandbox.chance import seeded
from athena_tui.sandbox.json_text import JsonObject, encode
from athena_tui.sandbox.state import SandboxState

SUSPENDED = ("awaiting_client_tool", "awaiting_approval")


@dataclass(slots=True)
class Execution:
    """One run.

    Args:
        id: `execution:...`.
        agent: Who plays.
        customer_id: Who pays.
        conversation_id: Where the exchange is saved.
        status: `running`, one of the suspended ones, `completed`, `failed` or `cancelled`.
        turn: What the script started from, as JSON.
        answers: What the client and people said so far, one entry for each suspension.
        pending: What the run waits for: `calls` with `replies`, or `approval`.
        charged: Credits taken so far.
        result: The latest answer to a synchronous caller.
    """

    id: str
    agent: Agent
    customer_id: str | None
    conversation_id: str | None
    status: str
    turn: JsonObject
    answers: list[Any] = field(default_factory=list)
    pending: JsonObject = field(default_factory=dict)
    charged: float = 0.0
    result: JsonObject = field(default_factory=dict)

    def start_of_script(self) -> Turn:
        """The turn, the same however often the run is picked up."""
        turn = self.turn
        return Turn(
            message=turn["message"],
            now=datetime.fromisoformat(turn["now"]),
            random=seeded(self.id),
            history=tuple((role, content) for role, content in turn["history"]),
            variables=turn["variables"],
            attachments=tuple(turn["attachments"]),
            tools=frozenset(turn["tools"]),
            credits=turn["credits"],
        )

    def replies(self) -> list[Reply]:
        """The answers as the script takes them."""
        return [_reply(answer) for answer in self.answers]

    def open_calls(self) -> list[JsonObject]:
        """The client tool calls nobody answered yet."""
        replies = self.pending.get("replies", {})
        return [call for call in self.pending.get("calls", []) if call["tool_call_id"] not in replies]


class Executions:
    """The executions of the workspace."""

    def __init__(self, state: SandboxState, ledger: Ledger) -> None:
        self._state = state
        self._database = state.database
        self._ledger = ledger

    def create(
        self, agent: Agent, customer_id: str | None, conversation_id: str | None, turn: JsonObject, charged: float
    ) -> Execution:
        """A run that is about to play."""
        execution = Execution(
            id=f"execution:{self._state.ids.key()}",
            agent=agent,
            customer_id=customer_id,
            conversation_id=conversation_id,
            status="running",
            turn=turn,
            charged=charged,
        )
        self._database.execute(
            "INSERT INTO athena_executions VALUES (?, ?, ?, ?, ?, ?, '[]', '{}', ?, '{}', ?, ?)",
            (
                execution.id,
                agent_id(agent),
                customer_id,
                conversation_id,
                execution.status,
                encode(turn),
                charged,
                self._state.timestamp(),
                self._state.seat,
            ),
        )
        return execution

    def save(self, execution: Execution) -> None:
        """Write down where the run stands, and that it is this sandbox that plays it."""
        self._database.execute(
            "UPDATE athena_executions SET status = ?, answers = ?, pending = ?, charged = ?, result = ?, seat = ?"
            " WHERE id = ?",
            (
                execution.status,
                encode(execution.answers),
                encode(execution.pending),
                execution.charged,
                encode(execution.result),
                self._state.seat,
                execution.id,
            ),
        )

    def find(self, execution_id: str, customer_id: str | None) -> Execution | None:
        """The run, if the caller may see it: a workspace key sees all of them."""
        row = self._database.one(
            "SELECT * FROM athena_executions WHERE id = ?1 AND (?2 IS NULL OR customer_id = ?2)",
            (execution_id, customer_id),
        )
        return None if row is None else _execution(row)

    def fail_interrupted(self) -> None:
        """Runs that were playing when their server died failed; they cost nothing. For the start: nothing plays yet."""
        with self._database.transaction():
            for row in self._database.all("SELECT * FROM athena_executions WHERE status = 'running'"):
                if row["seat"] == self._state.seat or self._state.is_gone(row["seat"]):
                    self._fail(_execution(row))

    def _fail(self, execution: Execution) -> None:
        self._ledger.refund(execution.customer_id, execution.charged)
        execution.status, execution.charged = "failed", 0.0
        execution.result = {
            "execution_id": execution.id,
            "status": "failed",
            "output": None,
            "error": {"code": "internal_error", "message": "The server was restarted during the run."},
        }
        self.save(execution)


def agent_id(agent: Agent) -> str:
    """The agent's record id."""
    return f"agent:{agent.key}"


def _execution(row: Row) -> Execution:
    agent = agent_by_id(row["agent_id"])
    if agent is None:
        raise LookupError(row["agent_id"])
    return Execution(
        id=row["id"],
        agent=agent,
        customer_id=row["customer_id"],
        conversation_id=row["conversation_id"],
        status=row["status"],
        turn=json.loads(row["turn"]),
        answers=json.loads(row["answers"]),
        pending=json.loads(row["pending"]),
        charged=row["charged"],
        result=json.loads(row["result"]),
    )


def _reply(answer: Any) -> Reply:
    if isinstance(answer, list):
        return tuple(ToolReply(bool(item["ok"]), item["result"]) for item in answer)
    return GateReply(bool(answer["approved"]), str(answer["comment"]))
