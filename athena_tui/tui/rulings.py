"""What a person's decision about a tool call or a human gate comes to: an answer at once, or a question first."""

from __future__ import annotations

import json

from athena_tui.chat.parts import ApprovalPart
from athena_tui.chat.session import Session, SessionState
from athena_tui.chat.tool_calls import AnswerIt, RejectIt, RunIt
from athena_tui.client.models import Decision as GateDecision
from athena_tui.client.models import JsonValue
from athena_tui.tui.transcript.messages import Decision, GateAnswered, ToolDecided
from athena_tui.tui.widgets.answer_panel import Kind, Question, read_answer


def rule(session: Session, event: ToolDecided) -> Question | None:
    """Pass a decision about a tool call on; a question where something must be typed first."""
    part = event.part

    def run_with(arguments: JsonValue) -> None:
        session.rule(part.call_id, RunIt(arguments, edited=True))

    def answer_with(result: JsonValue) -> None:
        session.rule(part.call_id, AnswerIt(result))

    def reject_with(reason: JsonValue) -> None:
        session.rule(part.call_id, RejectIt(str(reason) or None))

    match event.decision:
        case Decision.RUN | Decision.ALWAYS:
            session.rule(part.call_id, RunIt())
            return None
        case Decision.EDIT:
            pretty = json.dumps(part.arguments, indent=2, ensure_ascii=False)
            return Question(f"Run {part.name} with these arguments (JSON)", run_with, Kind.JSON, pretty)
        case Decision.ANSWER:
            return Question(f"What {part.name} is to return (JSON or text)", answer_with, Kind.JSON_OR_TEXT)
        case Decision.REJECT:
            return Question(f"Why not {part.name}? The agent is told; may be empty", reject_with, optional=True)


def decide(session: Session, event: GateAnswered) -> Question | None:
    """Pass a decision about a human gate on; a question where a comment or an input must be typed first."""
    part, approved = event.part, event.approved

    def give(data: JsonValue) -> None:
        session.decide(GateDecision(approved=True, data=data))

    def comment_with(comment: JsonValue) -> None:
        session.decide(GateDecision(approved, str(comment) or None))

    if not event.wants_comment:
        session.decide(GateDecision(approved, event.comment, event.data))
        return None
    if part.kind == "input" and approved:
        return Question(part.prompt or "What the agent asks for", give, _kind(part))
    title = "Approve, with a comment; may be empty" if approved else "Reject, with a comment; may be empty"
    return Question(title, comment_with, optional=True)


def asked_text(session: Session | None) -> ApprovalPart | None:
    """The question that an open run waits to have answered with words, never one that yes or no decides."""
    if session is None or session.state is not SessionState.WAITING_FOR_PERSON:
        return None
    for part in reversed(session.transcript.parts):
        if part.turn is not session.transcript.turn:
            break
        if isinstance(part, ApprovalPart) and part.kind == "input" and part.approved is None:
            return part
    return None


def answer_text(session: Session, part: ApprovalPart, text: str) -> None:
    """Answer such a question."""
    session.decide(GateDecision(approved=True, data=read_answer(text, _kind(part))))


def _kind(part: ApprovalPart) -> Kind:
    return Kind.JSON_OR_TEXT if part.json_schema else Kind.TEXT
