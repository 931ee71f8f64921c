from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from athena_tui.client.atthene.reply import events_of, message_of
from athena_tui.client.atthene.wire import WireExecution, WireMessage, read
from athena_tui.client.events import (
    NodeCompleted,
    NodeStarted,
    RunEvent,
    RunFailed,
    RunFinished,
    ServerToolCall,
    ServerToolResult,
    TextDelta,
    UsageReported,
)
from athena_tui.client.models import Attachment, JsonValue, Role, ToolOutcome, Usage

# As the REST tutorial prints it.
TUTORIAL: dict[str, Any] = {
    "id": "session_abc123",
    "object": "agent.session",
    "status": "completed",
    "created_at": 1704067200,
    "completed_at": 1704067215,
    "config": {},
    "messages": [
        {"id": "msg_def456", "role": "assistant", "content": "Hello! I'd be happy to help.", "created_at": 1704067210}
    ],
    "execution_time": 15,
    "metadata": {
        "correlation_id": None,
        "event_count": 3,
        "execution_id": "exec_789",
        "usage": {"input_tokens": 125, "output_tokens": 42},
    },
}
TUTORIAL_PICTURE: dict[str, Any] = {
    "id": "session_abc123",
    "object": "agent.session",
    "status": "completed",
    "messages": [{"id": "msg_ghi789", "role": "assistant", "content": "A dashboard.", "created_at": 1704067220}],
    "metadata": {"execution_id": "exec_ghi", "usage": {"input_tokens": 2048, "output_tokens": 156}},
}
REFERENCE: dict[str, Any] = {
    "success": True,
    "message_id": "msg_789",
    "response": {"content": "Hello!", "tool_calls": []},
    "correlation_id": "corr_123",
}
GUIDE: dict[str, Any] = {
    "type": "execution_result",
    "client_type": "backend",
    "session_id": "s",
    "status": "completed",
    "execution_time": 1.5,
    "messages": [{"role": "assistant", "content": "Hello!"}],
}


def events(value: JsonValue) -> list[RunEvent]:
    return list(events_of(read(WireExecution, value), "run", "session", 9.0))


def finished(value: JsonValue) -> RunFinished:
    end = events(value)[-1]
    assert isinstance(end, RunFinished)
    return end


@pytest.mark.parametrize(
    ("answer", "text", "usage", "latency_ms"),
    [
        (TUTORIAL, "Hello! I'd be happy to help.", Usage(125, 42, 167), 15_000),
        (TUTORIAL_PICTURE, "A dashboard.", Usage(2048, 156, 2204), 9.0),
        (REFERENCE, "Hello!", None, 9.0),
        (GUIDE, "Hello!", None, 1500.0),
    ],
    ids=["tutorial", "tutorial with a picture", "reference", "guide"],
)
def test_the_documented_shapes(answer: dict[str, Any], text: str, usage: Usage | None, latency_ms: float) -> None:
    found = events(answer)
    expected: list[RunEvent] = [TextDelta(text)]
    if usage is not None:
        expected.append(UsageReported(usage))
    expected.append(RunFinished("run", text=text, usage=usage, latency_ms=latency_ms, conversation_id="session"))
    assert found == expected


def test_several_agents_answers_are_kept_apart() -> None:
    messages: list[JsonValue] = [
        {"role": "user", "content": "ignored"},
        {"role": "assistant", "agent_name": "writer", "content": "Draft"},
        {"role": "ai", "name": "editor", "content": [{"type": "text", "text": "Review"}]},
    ]
    found = events({"status": "completed", "messages": messages})
    assert found[:-1] == [
        NodeStarted("writer", "writer"),
        TextDelta("Draft"),
        NodeCompleted("writer"),
        NodeStarted("editor", "editor"),
        TextDelta("\n\nReview"),
        NodeCompleted("editor"),
    ]
    assert finished({"messages": messages}).text == "Draft\n\nReview"


@pytest.mark.parametrize(
    "call",
    [
        {"id": "c1", "type": "function", "function": {"name": "search", "arguments": '{"query": "x"}'}},
        {"id": "c1", "name": "search", "args": {"query": "x"}},
    ],
    ids=["openai", "langchain"],
)
def test_tool_calls_in_both_forms(call: dict[str, Any]) -> None:
    expected = ServerToolCall("c1", "search", {"query": "x"})
    assert events({"messages": [{"role": "assistant", "tool_calls": [call], "content": "x"}]})[0] == expected
    assert expected in events({"response": {"content": "x", "tool_calls": [call]}})


def test_a_tools_message_is_its_result() -> None:
    found = events({"messages": [{"role": "tool", "tool_call_id": "c1", "name": "search", "content": '{"hits": 3}'}]})
    assert found[0] == ServerToolResult("c1", "search", ToolOutcome.SUCCESS, {"hits": 3})


@pytest.mark.parametrize(
    ("answer", "code", "message"),
    [
        ({"status": "error", "error": "Tool failed."}, "error", "Tool failed."),
        ({"status": "failed", "error": {"message": "No."}}, "failed", "No."),
        ({"status": "timeout", "error_message": "Too slow."}, "timeout", "Too slow."),
        ({"status": "error", "metadata": {"error": "Broken."}}, "error", "Broken."),
        ({"success": False, "error": "Refused."}, "error", "Refused."),
        ({"status": "error"}, "error", "The agent ended with the status “error” and gave no reason."),
        ({"status": "timed_out"}, "timed_out", "The agent ended with the status “timed_out” and gave no reason."),
        (
            {**GUIDE, "status": "something new"},
            "something new",
            "The agent ended with the status “something new”, which this version does not know, and gave no reason.",
        ),
    ],
)
def test_failures(answer: dict[str, Any], code: str, message: str) -> None:
    end = events(answer)[-1]
    assert isinstance(end, RunFailed)
    assert (end.code, end.message, end.run_id) == (code, message, "run")


def test_what_was_said_before_a_failure_is_kept() -> None:
    found = events({**GUIDE, "status": "timeout"})
    assert found[0] == TextDelta("Hello!")
    assert isinstance(found[-1], RunFailed)


@pytest.mark.parametrize("status", ["interrupted", "awaiting_input", "requires_action", "success"])
def test_other_states_end_the_run_and_show_the_text(status: str) -> None:
    assert finished({**GUIDE, "status": status}).text == "Hello!"


@pytest.mark.parametrize("answer", [{"content": "Hi"}, {"output": "Hi"}, {"response": {"content": "Hi"}}])
def test_text_in_other_places(answer: dict[str, Any]) -> None:
    assert finished(answer).text == "Hi"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        *("status", "success", "messages", "response", "content", "output", "execution_time", "metadata", "error"),
        *("error_message", "role", "id", "tool_calls", "usage", "name", "function", "arguments", "created_at"),
    ]
)
ANSWERS = st.dictionaries(
    FIELDS,
    JSON | st.lists(st.dictionaries(FIELDS, JSON, max_size=4), max_size=3) | st.dictionaries(FIELDS, JSON),
    max_size=8,
)


@given(ANSWERS)
def test_any_object_gives_exactly_one_end(answer: Any) -> None:
    found = events(answer)
    assert [isinstance(event, RunFinished | RunFailed) for event in found] == [False] * (len(found) - 1) + [True]


@given(st.dictionaries(st.sampled_from(["role", "content", "timestamp", "created_at", "tool_calls", "id"]), JSON))
def test_any_message_of_the_history_can_be_read(message: Any) -> None:
    assert isinstance(message_of(read(WireMessage, message), 3).text, str)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59", -62135596800, 253402300799])
def test_a_time_that_stands_for_never_is_none(moment: str | int) -> None:
    assert message_of(read(WireMessage, {"id": "m", "created_at": moment}), 0).created_at is None


def test_a_message_of_the_history() -> None:
    message = message_of(
        read(
            WireMessage,
            {
                "id": "msg_001",
                "role": "user",
                "content": [
                    {"type": "text", "text": "Look"},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png?x=1"}},
                    {"type": "file", "file_url": "https://example.com/b.pdf"},
                ],
                "timestamp": "2025-01-15T10:30:00Z",
            },
        ),
        0,
    )
    assert (message.id, message.role, message.text) == ("msg_001", Role.USER, "Look")
    assert message.created_at == datetime(2025, 1, 15, 10, 30, tzinfo=UTC)
    assert message.attachments == (
        Attachment("a.png", "image/*", "https://example.com/a.png?x=1"),
        Attachment("b.pdf", "application/octet-stream", "https://example.com/b.pdf"),
    )


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1704067200, datetime(2024, 1, 1, tzinfo=UTC)),
        ("2024-01-01T00:00:00", datetime(2024, 1, 1, tzinfo=UTC)),
        ("yesterday", None),
        (1e300, None),
        (None, None),
    ],
)
def test_times_in_both_forms(value: JsonValue, moment: datetime | None) -> None:
    assert message_of(read(WireMessage, {"created_at": value}), 0).created_at == moment
