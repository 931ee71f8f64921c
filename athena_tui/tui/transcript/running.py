"""What shows that the agent is at work while nothing of it can be read yet."""

from __future__ import annotations

from athena_tui.chat.parts import MediaPart, ReasoningPart, TextPart, ToolPart, ToolState, TurnState
from athena_tui.chat.transcript import Transcript
from athena_tui.tui.lines import Line
from athena_tui.tui.transcript.drawing import Canvas, elapsed, line


def waits_for_words(transcript: Transcript) -> bool:
    """Whether the newest turn runs and no part of it shows that."""
    turn = transcript.turn
    if turn is None or turn.state is not TurnState.RUNNING:
        return False
    newest = transcript.parts[-1] if transcript.parts and transcript.parts[-1].turn is turn else None
    match newest:
        case TextPart() | ReasoningPart():
            return newest.settled
        case ToolPart():
            return newest.state not in {ToolState.RUNNING, ToolState.WAITING}
        case MediaPart():
            return newest.ready
    return True


def indicator(transcript: Transcript, canvas: Canvas) -> Line:
    """A spinner and how long the turn has been running."""
    turn = transcript.turn
    since = "" if turn is None or turn.started_at is None else f" {elapsed(canvas.tick.now - turn.started_at)}"
    return line([(canvas.spinner(canvas.tick), canvas.palette.accent), (since, canvas.palette.dim)], text="", join="")
