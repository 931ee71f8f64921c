"""Events become a transcript: a table of what each does, and that cutting text differently changes nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.chat.engine_events import (
    ChatEvent,
    GateAnswered,
    Noted,
    ToolAnswered,
    ToolNeedsPerson,
    ToolRunning,
    TurnRetried,
    TurnSent,
)
from athena_tui.chat.parts import (
    ApprovalPart,
    ErrorPart,
    GrowingText,
    MediaPart,
    NoticePart,
    ReasoningPart,
    StructuredPart,
    TextPart,
    ToolPart,
    ToolState,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.chat.transcript import Transcript
from athena_tui.client import events
from athena_tui.client.models import ToolOutcome, Usage


def told(*chat_events: ChatEvent) -> Transcript:
    """A transcript of one turn in which these events happened, a second apart."""
    transcript = Transcript()
    for at, event in enumerate([TurnSent("hello"), *chat_events]):
        transcript.apply(event, float(at))
    return transcript


def described(transcript: Transcript) -> list[str]:
    """The parts in short, for comparing."""
    found: list[str] = []
    for part in transcript.parts:
        match part:
            case UserPart():
                found.append(f"user {part.text}")
            case TextPart():
                gone = " taken back" if part.taken_back else " replaced" if part.replaced else ""
                found.append(f"text {part.text}{'' if part.settled else '…'}{gone}")
            case ReasoningPart():
                found.append(f"reasoning {part.text} {part.duration}")
            case ToolPart():
                found.append(f"tool {part.side} {part.name} {part.state} {part.result}")
            case ApprovalPart():
                found.append(f"{part.kind} {part.prompt} {part.approved}")
            case MediaPart():
                found.append(f"media {part.media_type} {part.url}")
            case StructuredPart():
                found.append(f"structured {part.value}")
            case NoticePart():
                found.append(f"notice {part.text}")
            case ErrorPart():
                found.append(f"error {part.code}")
            case UsagePart():
                found.append(f"usage {part.usage.total_tokens if part.usage else None} {part.cost_microdollars}")
    return found[1:]


FINAL = events.RunFinished("execution:1", usage=Usage(1, 2, 3), cost_microdollars=42, latency_ms=9.0)


@pytest.mark.parametrize(
    ("happened", "parts"),
    [
        ([events.TextDelta("a"), events.TextDelta("b")], ["text ab…"]),
        ([events.TextDelta("a"), FINAL], ["text a", "usage 3 42"]),
        (
            [events.ReasoningDelta("hm"), events.ReasoningDelta("m"), events.TextDelta("a")],
            ["reasoning hmm 2.0", "text a…"],
        ),
        (
            [
                events.TextDelta("a"),
                events.ServerToolCall("tc_1", "search", {"q": "x"}),
                events.ServerToolResult("tc_1", "search", ToolOutcome.SUCCESS, {"hits": 3}, 12.0),
                events.TextDelta("b"),
            ],
            ["text a", "tool server search succeeded {'hits': 3}", "text b…"],
        ),
        (
            [events.ServerToolResult("tc_9", "search", ToolOutcome.ERROR, "no")],
            ["tool server search failed no"],
        ),
        (
            [
                events.ClientToolCall("execution:1", "tc_1", "clock", {}),
                ToolNeedsPerson("tc_1"),
                ToolRunning("tc_1", {}),
                ToolAnswered("tc_1", "clock", ToolOutcome.SUCCESS, "12:00", 3.0),
            ],
            ["tool client clock succeeded 12:00"],
        ),
        (
            [
                events.ClientToolCall("execution:1", "tc_1", "clock", {}),
                ToolAnswered("tc_1", "clock", ToolOutcome.ERROR, "no", rejected=True),
            ],
            ["tool client clock rejected no"],
        ),
        (
            [events.ClientToolCall("r", "tc_1", "clock", {}), events.ClientToolCall("r", "tc_1", "clock", {})],
            ["tool client clock waiting None"],
        ),
        (
            [events.ApprovalRequested("r", "Send it?"), GateAnswered(approved=True)],
            ["approval Send it? True"],
        ),
        ([events.InputRequested("r", "Your name?")], ["input Your name? None"]),
        (
            [events.MediaStarted("q1", "image"), events.MediaReady("http://x/1.png", "q1", "image")],
            ["media image http://x/1.png"],
        ),
        ([events.MediaReady("http://x/1.png")], ["media None http://x/1.png"]),
        (
            [events.UsageReported(Usage(total_tokens=3)), events.UsageReported(Usage(total_tokens=4)),
             events.RunFinished("r")],
            ["usage 7 None"],
        ),
        ([events.RunFinished("r", text="whole")], ["text whole", "usage None None"]),
        (
            [events.TextDelta('{"a": 1}'), events.RunFinished("r", parsed_output={"a": 1})],
            ['text {"a": 1} replaced', "structured {'a': 1}", "usage None None"],
        ),
        (
            [events.TextDelta("[" * 20_000), events.RunFinished("r", parsed_output=[])],
            ["text " + "[" * 20_000, "structured []", "usage None None"],
        ),
        (
            [events.NodeStarted("n1"), events.TextDelta("draft"), events.TextReset("flaky"), events.TextDelta("good")],
            ["text draft taken back", "text good…"],
        ),
        (
            [events.NodeStarted("n1"), events.TextDelta("kept"), events.NodeStarted("n2"), events.TextDelta("draft"),
             events.TextReset("flaky")],
            ["text kept", "text draft taken back"],
        ),
        (
            [events.TextDelta("half"), events.RunFailed("provider_error", "boom")],
            ["text half", "error provider_error"],
        ),
        (
            [events.ServerToolCall("tc_1", "search", {}), events.RunFailed("x", "boom")],
            ["tool server search failed None", "error x"],
        ),
        ([Noted("mind this")], ["notice mind this"]),
        ([events.Heartbeat(), events.UnknownEvent("new_thing", {"a": 1})], []),
    ],
)  # fmt: skip
def test_what_events_leave(happened: list[ChatEvent], parts: list[str]) -> None:
    assert described(told(*happened)) == parts


def test_what_two_nodes_say_is_two_texts() -> None:
    transcript = told(events.NodeStarted("n1"), events.TextDelta("a"), events.NodeStarted("n2"), events.TextDelta("b"))
    assert described(transcript) == ["text a", "text b…"]


def test_the_answer_leaves_out_what_was_taken_back() -> None:
    transcript = told(
        events.NodeStarted("n1"), events.TextDelta("draft"), events.TextReset("flaky"), events.TextDelta("good")
    )
    assert transcript.turn is not None
    assert transcript.answer(transcript.turn) == "good"


def test_a_retry_drops_what_the_turn_left_and_says_so() -> None:
    transcript = told(events.TextDelta("half"), events.RunFailed("x", "boom"))
    change = transcript.apply(TurnRetried(), 9.0)
    assert (change.removed, change.added) == (2, 0)
    assert described(transcript) == []
    assert transcript.turn is not None
    assert transcript.turn.state is TurnState.RUNNING


def test_the_text_of_a_retried_turn_can_be_kept_as_taken_back() -> None:
    transcript = told(events.ReasoningDelta("hm"), events.TextDelta("first try"), events.RunFinished("r"))
    old = transcript.turn
    change = transcript.apply(TurnRetried(keeps_text=True), 9.0)
    assert (change.removed, change.added) == (3, 1)
    kept = transcript.parts[-1]
    assert isinstance(kept, TextPart)
    assert (str(kept.text), kept.taken_back, kept.turn) == ("first try", "tried again", old)
    assert transcript.turn is not None
    assert transcript.turn is not old
    transcript.apply(events.TextDelta("second"), 10.0)
    assert transcript.answer(transcript.turn) == "second"


def test_a_change_tells_new_parts_from_changed_ones() -> None:
    transcript = told()
    first = transcript.apply(events.TextDelta("a"), 1.0)
    second = transcript.apply(events.TextDelta("b"), 2.0)
    assert (first.added, first.updated) == (1, ())
    assert (second.added, second.updated) == (0, (transcript.parts[-1],))
    assert not transcript.apply(events.Heartbeat(), 3.0)


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (events.TextDelta("a"), TurnState.RUNNING),
        (events.RunSuspended("r", events.RunStatus.AWAITING_APPROVAL), TurnState.WAITING),
        (events.ApprovalRequested("r"), TurnState.WAITING),
        (events.RunFinished("r"), TurnState.COMPLETED),
        (events.RunFinished("r", events.RunStatus.CANCELLED), TurnState.CANCELLED),
        (events.RunFailed("x", "boom"), TurnState.FAILED),
    ],
)
def test_states_of_a_turn(event: ChatEvent, state: TurnState) -> None:
    turn = told(event).turn
    assert turn is not None
    assert turn.state is state


def test_a_call_id_used_again_in_a_later_turn_is_another_call() -> None:
    transcript = told(events.ServerToolCall("tc_1", "search", {}), events.RunFinished("r"))
    transcript.apply(TurnSent("again"), 5.0)
    transcript.apply(events.ServerToolCall("tc_1", "search", {}), 6.0)
    states = [part.state for part in transcript.parts if isinstance(part, ToolPart)]
    assert states == [ToolState.UNTOLD, ToolState.RUNNING]


@pytest.mark.parametrize(
    ("call", "end", "state"),
    [
        (events.ServerToolCall("c", "f", {}), events.RunFinished("r"), ToolState.UNTOLD),
        (events.ServerToolCall("c", "f", {}), events.RunFinished("r", events.RunStatus.CANCELLED), ToolState.FAILED),
        (events.ServerToolCall("c", "f", {}), events.RunFailed("x", "boom"), ToolState.FAILED),
        (events.ClientToolCall("r", "c", "f", {}), events.RunFinished("r"), ToolState.FAILED),
    ],
)
def test_a_platform_that_tells_no_result_is_no_failure(call: ChatEvent, end: ChatEvent, state: ToolState) -> None:
    transcript = told(call, end)
    assert [part.state for part in transcript.parts if isinstance(part, ToolPart)] == [state]


@given(st.lists(st.text(max_size=8)), st.data())
def test_cutting_text_differently_changes_nothing(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    edges = [0, *cuts, len(text)]
    others = [text[start:end] for start, end in pairwise(edges)]
    first = told(*(events.TextDelta(piece) for piece in pieces if piece), FINAL)
    second = told(*(events.TextDelta(piece) for piece in others if piece), FINAL)
    assert described(first) == described(second)


@given(st.lists(st.text(max_size=6)), st.integers(0, 40))
def test_growing_text_gives_what_was_added_since(pieces: list[str], length: int) -> None:
    growing = GrowingText()
    for piece in pieces:
        growing.append(piece)
    whole = "".join(pieces)
    assert growing.since(length) == whole[length:]
    assert (str(growing), len(growing), growing.since(length)) == (whole, len(whole), whole[length:])


def test_usage_adds_up_and_stays_unknown_where_nobody_said() -> None:
    assert Usage(1, None, 3) + Usage(2, None, None) == Usage(3, None, 3)
