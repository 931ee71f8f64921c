"""Every kind of part, drawn at every width."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style

from athena_tui.chat.parts import (
    ApprovalPart,
    ErrorPart,
    GrowingText,
    MediaPart,
    NoticePart,
    Part,
    ReasoningPart,
    StructuredPart,
    TextPart,
    ToolPart,
    ToolState,
    Turn,
    TurnState,
    UsagePart,
    UserPart,
)
from athena_tui.client.models import Attachment, JsonValue, Role, ToolOutcome, Usage
from athena_tui.tui.palette import Palette
from athena_tui.tui.transcript.drawing import Canvas, Fold, Tick
from athena_tui.tui.transcript.renderers import draw, regrow
from athena_tui.tui.transcript.renderers.json_lines import laid_out, value_lines
from athena_tui.tui.transcript.renderers.reasoning import ReasoningDrawing

TURN = Turn(1, Role.ASSISTANT, TurnState.CANCELLED)
WORDS = "Some words that are long enough to be wrapped on a narrow pane, twice or more."
VALUE: JsonValue = {"name": WORDS, "nested": {"list": [1, 2.5, None, True, "x" * 50]}, "lines": "one\ntwo"}
PARTS: list[Part] = [
    UserPart(TURN, WORDS, (Attachment("a-rather-long-file-name.pdf", "application/pdf", "key", 1_234_567),)),
    TextPart(TURN, GrowingText(f"# Title\n\n{WORDS}\n\n- one\n- two"), settled=True),
    TextPart(TURN, GrowingText(WORDS), settled=True, taken_back="the step was retried"),
    ReasoningPart(TURN, GrowingText(WORDS * 5), started_at=1.0),
    ReasoningPart(TURN, GrowingText(WORDS * 5), settled=True, started_at=1.0, duration=72.0),
    ToolPart(TURN, "c1", "a_tool_with_a_rather_long_name", VALUE, "client", ToolState.WAITING, waits_for_person=True),
    ToolPart(TURN, "c2", "tool", VALUE, "server", ToolState.RUNNING, started_at=1.0),
    ToolPart(TURN, "c3", "tool", "text", "server", ToolState.SUCCEEDED, VALUE, ToolOutcome.SUCCESS, 12.0),
    ToolPart(TURN, "c4", "tool", None, "client", ToolState.REJECTED, "no", ToolOutcome.ERROR),
    ToolPart(TURN, "c5", "tool", {}, "client", ToolState.FAILED),
    ToolPart(TURN, "c6", "tool", {}, "server", ToolState.UNTOLD),
    ApprovalPart(TURN, "r", "approval", WORDS, ("yes", WORDS)),
    ApprovalPart(TURN, "r", "input", WORDS, approved=True, comment=WORDS, data=VALUE),
    ApprovalPart(TURN, "r", "approval", approved=False),
    MediaPart(TURN, "m", "image/png", started_at=1.0),
    MediaPart(TURN, "m", "video/mp4", f"https://example.com/{'x' * 80}", ready=True),
    MediaPart(TURN, "m", "image/png", f"data:image/png;base64,{'A' * 5000}", ready=True),
    StructuredPart(TURN, VALUE),
    StructuredPart(TURN, [1, [2, "three"]]),
    NoticePart(TURN, WORDS),
    ErrorPart(TURN, "code", WORDS * 40, WORDS, "trace", retryable=True, refunded=True),
    UsagePart(TURN, Usage(1, 2, 3), 4200, 2340.0),
]


def canvas(width: int, fold: Fold = Fold.DEFAULT, *, ascii_only: bool = False) -> Canvas:
    """Something to draw on."""
    return Canvas(width, Palette.from_theme({}, ascii=ascii_only), Tick(4.2), fold)


@pytest.mark.parametrize("fold", Fold)
@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
@pytest.mark.parametrize("width", [37, 57, 117])
def test_every_line_fits_or_can_be_scrolled(part: Part, width: int, fold: Fold) -> None:
    drawing = draw(part, canvas(width, fold))
    assert drawing.lines
    for line in drawing.lines:
        assert line.wide or line.strip.cell_length <= width
        assert line.strip.text[line.indent :].startswith(line.text)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_ascii_is_enough(part: Part) -> None:
    drawing = draw(part, canvas(60, ascii_only=True))
    assert all(line.strip.text.isascii() for line in drawing.lines)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: type(part).__name__)
def test_a_moving_header_takes_its_place(part: Part) -> None:
    drawing = draw(part, canvas(60))
    if drawing.head is not None:
        moved = drawing.head(Tick(65.0, 1))
        assert moved.strip.text != drawing.lines[0].strip.text
        assert "1 m 04 s" in moved.strip.text


def test_a_part_that_says_nothing_takes_no_room() -> None:
    assert not draw(TextPart(TURN, GrowingText("{}"), replaced=True), canvas(60)).lines
    assert not draw(UsagePart(Turn(1, Role.ASSISTANT)), canvas(60)).lines


@given(st.lists(st.text(alphabet="ab 日\n", max_size=30), max_size=12), st.integers(8, 40))
def test_thinking_that_grows_is_drawn_as_if_it_had_come_at_once(deltas: list[str], width: int) -> None:
    part = ReasoningPart(TURN, started_at=1.0)
    growing = draw(part, canvas(width, Fold.OPEN))
    for delta in deltas:
        part.text.append(delta)
        assert regrow(part, growing) is not None
    whole = ReasoningDrawing(part, canvas(width, Fold.OPEN))
    said = ["".join(line.text + line.join for line in drawing.lines[1:]) for drawing in (growing, whole)]
    assert said[0].split() == said[1].split()
    assert len(growing.lines) == len(whole.lines)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-99, 99) | st.text('ab\n"\\', max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("xy", max_size=3), inner, max_size=4),
        max_leaves=15,
    ),
    st.integers(4, 60),
)
def test_json_that_is_laid_out_is_the_same_json(value: JsonValue, width: int) -> None:
    assert json.loads(laid_out(value, width)) == value


def test_what_goes_on_below_in_json_stands_as_deep_as_what_it_goes_on_with() -> None:
    value: JsonValue = {"outer": [{"text": "I am a sandbox: " + "words " * 20, "other": 1}]}
    lines, _ = value_lines(value, 50, Palette.from_theme({}), lead=[("  ", Style())])
    drawn = ["".join(segment.text for segment in each.segments) for each in lines]
    first = next(index for index, each in enumerate(drawn) if "I am" in each)
    deep = len(drawn[first]) - len(drawn[first].lstrip())
    assert deep > 2
    below = drawn[first + 1 : first + 3]
    assert all("words" in each and each[:deep].isspace() and not each[deep].isspace() for each in below)
    assert all(len(each) <= 50 for each in drawn)
    joined = "".join(each.text + each.join for each in lines)
    assert json.loads(joined) == value
