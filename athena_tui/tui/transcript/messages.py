"""What the message pane asks of the app; the app decides what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.message import Message

from athena_tui.chat.parts import ApprovalPart, ErrorPart, ToolPart, Turn
from athena_tui.client.models import JsonValue


class Decision(StrEnum):
    """What a person can decide about a client tool call that waits for them."""

    RUN = "run"
    EDIT = "edit"
    ANSWER = "answer"
    REJECT = "reject"
    ALWAYS = "always"


@dataclass
class OlderWanted(Message):
    """The reader came near the start of what is loaded."""


@dataclass
class BeginningWanted(Message):
    """The reader wants to see how the conversation began, and not all of it is loaded."""


@dataclass
class ToolDecided(Message):
    """A person decided about a client tool call."""

    part: ToolPart
    decision: Decision

    @property
    def call_id(self) -> str:
        """The call that was decided about."""
        return self.part.call_id


@dataclass
class GateAnswered(Message):
    """A person answered a human gate. `wants_comment` asks for the comment or the data to be taken down first."""

    part: ApprovalPart
    approved: bool
    comment: str | None = None
    data: JsonValue = None
    wants_comment: bool = False


@dataclass
class RetryWanted(Message):
    """The turn is to run again; `part` is the error it was asked from, if any."""

    turn: Turn
    part: ErrorPart | None = None


@dataclass
class EditWanted(Message):
    """What the user said in this turn is to be edited and sent again."""

    turn: Turn
    text: str


@dataclass
class OpenWanted(Message):
    """A text is to be shown in the pager or the editor. `suffix` is that of a file of its kind, such as `.py`."""

    text: str
    suffix: str


@dataclass
class Copied(Message):
    """Something was copied. `how` is a sentence for the reader that says by which way."""

    how: str


@dataclass
class LinkWanted(Message):
    """A link is to be opened; its scheme is http, https or mailto."""

    url: str


@dataclass
class RateWanted(Message):
    """An agent's turn is to be rated with 1 or -1."""

    turn: Turn
    value: int


@dataclass
class SaveWanted(Message):
    """A picture or a video is to be saved."""

    url: str


@dataclass
class FollowingChanged(Message):
    """The pane follows new text from now on, or stopped doing so because the reader went elsewhere."""

    following: bool


@dataclass
class MatchWanted(Message):
    """The next or previous match is wanted."""

    direction: int


@dataclass
class SearchLeft(Message):
    """The reader is done with the search."""


@dataclass
class ComposerWanted(Message):
    """The reader wants to write; `text` is what they pasted to begin with."""

    text: str = ""
