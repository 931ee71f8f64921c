"""The message pane: one virtual view, drawn line by line."""

from __future__ import annotations

from athena_tui.tui.transcript.messages import (
    ComposerWanted,
    Copied,
    Decision,
    EditWanted,
    FollowingChanged,
    GateAnswered,
    LinkWanted,
    OlderWanted,
    OpenWanted,
    RateWanted,
    RetryWanted,
    SaveWanted,
    ToolDecided,
)
from athena_tui.tui.transcript.pane import TranscriptPane
from athena_tui.tui.transcript.view import TranscriptView

__all__ = [
    "ComposerWanted",
    "Copied",
    "Decision",
    "EditWanted",
    "FollowingChanged",
    "GateAnswered",
    "LinkWanted",
    "OlderWanted",
    "OpenWanted",
    "RateWanted",
    "RetryWanted",
    "SaveWanted",
    "ToolDecided",
    "TranscriptPane",
    "TranscriptView",
]
