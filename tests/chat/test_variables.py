"""What goes with a message: once, when it changed, or every time."""

from __future__ import annotations

from athena_tui.chat.session import Session, SessionOptions
from athena_tui.chat.variables import Variables
from athena_tui.client.events import RunFailed, RunFinished, RunStarted, RunStatus
from athena_tui.client.models import JsonObject
from tests.chat.scripted_client import ScriptedClient, Step

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "user": {"type": "string"},
        "language": {"type": "string", "default": "English"},
        "query": {"type": "string", "x-every-execution": True},
        "tone": {"type": "string", "x-every-execution": True, "default": "plain"},
        "mood": {"type": "string", "x-every-execution": True, "default": "calm"},
    },
    "required": ["user", "query", "tone"],
}
DONE = RunFinished("run:1")
RUN: list[Step] = [RunStarted("run:1"), DONE]


def test_what_is_required_and_has_no_default_is_missing_until_it_is_given() -> None:
    variables = Variables(SCHEMA)
    assert variables.missing == ("user", "query")
    assert Variables(SCHEMA, {"user": "u1", "query": "bills"}).missing == ()


def test_a_variable_of_the_session_goes_once_and_again_when_it_changed() -> None:
    variables = Variables(SCHEMA, {"user": "u1", "query": "bills"})
    first = variables.due()
    assert first == {"user": "u1", "query": "bills", "tone": "plain"}
    variables.followed(first, DONE)
    assert variables.due() == {"query": "bills", "tone": "plain"}
    variables.values = {"user": "u2", "query": "bills"}
    assert variables.due()["user"] == "u2"


def test_a_value_that_was_taken_back_is_the_default_again() -> None:
    variables = Variables(SCHEMA, {"language": "French"})
    variables.followed(variables.due(), DONE)
    assert "language" not in variables.due()
    variables.values = {}
    assert variables.due()["language"] == "English"


def test_after_a_run_that_went_wrong_everything_goes_again() -> None:
    for end in (RunFailed("run:1", "boom", "It broke."), RunFinished("run:1", RunStatus.CANCELLED)):
        variables = Variables(SCHEMA, {"user": "u1", "query": "bills"})
        first = variables.due()
        variables.followed(first, DONE)
        variables.followed(variables.due(), end)
        assert variables.due() == first


def test_an_agent_that_asks_for_nothing_is_given_nothing() -> None:
    assert Variables(values={"left": "over"}).due() == {}
    assert Variables().missing == ()


async def test_a_session_sends_what_is_due_and_a_retry_what_changed_since() -> None:
    client = ScriptedClient(*[RUN] * 3)
    session = Session(client, SessionOptions("agent:1"))
    session.variables = Variables(SCHEMA, {"user": "u1", "query": "bills"})
    await session.send("one")
    await session.send("two")
    session.variables.values = {"user": "u1", "query": "taxes"}
    await session.retry()
    sent = [request.variables for request in client.requests]
    assert sent == [
        {"user": "u1", "query": "bills", "tone": "plain"},
        {"query": "bills", "tone": "plain"},
        {"query": "taxes", "tone": "plain"},
    ]


async def test_variables_that_are_named_take_the_place_of_the_session_s() -> None:
    client = ScriptedClient(RUN)
    session = Session(client, SessionOptions("agent:1"))
    session.variables = Variables(SCHEMA, {"user": "u1", "query": "bills"})
    await session.send("one", variables={"user": "else"})
    assert client.requests[0].variables == {"user": "else"}
