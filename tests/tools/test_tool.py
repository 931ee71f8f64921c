from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.tools import ClientTool, ToolDefinitionError, ToolPolicy, tool
from athena_tui.tools.errors import InvalidArguments


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Address(BaseModel):
    """Where somebody lives."""

    title: str = ""
    street: str


class Person(BaseModel):
    name: str = Field(title="Full name")
    home: Address
    work: Address | None = None


class Node(BaseModel):
    value: int
    children: list[Node] = []


@dataclass
class Box:
    width: int


def _tool(function: Any) -> ClientTool[..., Any]:
    made = tool(function)
    assert isinstance(made, ClientTool)
    return made


def test_bare_decorator_keeps_the_function_callable() -> None:
    @tool
    def add(a: int, b: int = 2) -> int:
        """Add two numbers."""
        return a + b

    assert add(1) == 3
    assert add(1, b=5) == 6
    assert add.definition.name == "add"
    assert add.definition.description == "Add two numbers."
    assert add.policy is ToolPolicy.AUTO


def test_decorator_with_arguments() -> None:
    @tool(name="sum_up", description="Sums.", timeout=2.5, policy=ToolPolicy.ASK)
    async def add(a: int) -> int:
        return a

    assert (add.name, add.description, add.timeout, add.policy) == ("sum_up", "Sums.", 2.5, ToolPolicy.ASK)


def test_schema_is_plain_and_complete() -> None:
    def search(query: str, colour: Colour, kind: Literal["a", "b"] = "a", limit: Optional[int] = None) -> None: ...  # noqa: UP045  # users write it this way

    assert _tool(search).parameters == {
        "type": "object",
        "additionalProperties": False,
        "required": ["query", "colour"],
        "properties": {
            "query": {"type": "string"},
            "colour": {"type": "string", "enum": ["red", "blue"]},
            "kind": {"type": "string", "enum": ["a", "b"], "default": "a"},
            "limit": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        },
    }


def test_a_tool_without_arguments_still_has_an_object_schema() -> None:
    def ping() -> None: ...

    parameters = _tool(ping).parameters
    assert (parameters["type"], parameters["properties"], parameters["required"]) == ("object", {}, [])


def test_definitions_are_put_where_they_are_used() -> None:
    def greet(person: Person) -> None: ...

    parameters = _tool(greet).parameters
    assert "$defs" not in parameters
    assert "$ref" not in str(parameters)
    properties: Any = parameters["properties"]
    home = properties["person"]["properties"]["home"]
    # The invented titles are gone, the property that is called title is not.
    assert home["properties"]["title"] == {"type": "string", "default": ""}
    assert home["description"] == "Where somebody lives."
    assert "title" not in properties["person"]["properties"]["name"]


def test_what_refers_to_itself_stays_a_definition() -> None:
    def walk(tree: Node) -> int:
        return len(tree.children)

    made = _tool(walk)
    assert made.parameters["$defs"]
    bound = made.bind({"tree": {"value": 1, "children": [{"value": 2}]}})
    assert bound["tree"].children[0].value == 2


def test_descriptions_come_from_the_docstring_and_from_the_hints() -> None:
    def book(day: date, seats: Annotated[int, Field(description="How many.", ge=1)], note: str = "") -> None:
        """Book a table.

        Cancels any earlier booking.

        Args:
            day: The evening, as
                YYYY-MM-DD.
            seats (int): Not used, the hint says it already.
            note: A word: to the kitchen.

        Returns:
            day: nothing of interest.
        """

    made = _tool(book)
    properties: Any = made.parameters["properties"]
    assert made.description == "Book a table.\n\nCancels any earlier booking."
    assert properties["day"]["description"] == "The evening, as YYYY-MM-DD."
    assert properties["seats"]["description"] == "How many."
    assert properties["note"]["description"] == "A word: to the kitchen."


@pytest.mark.parametrize("name", ["Add", "1st", "_x", "a-b", "ä", "a" * 65, "", "a\n"])
def test_a_name_the_platform_would_refuse_is_refused_here(name: str) -> None:
    def handler() -> None: ...

    with pytest.raises(ToolDefinitionError, match="cannot be a tool's name"):
        tool(name=name)(handler)


def test_the_longest_name_is_accepted() -> None:
    def handler() -> None: ...

    assert tool(name="a" * 64)(handler).name == "a" * 64


def _nothing() -> None: ...
def _positional_only(a: int, /) -> None: ...
def _var_positional(*a: int) -> None: ...
def _var_keyword(**a: int) -> None: ...
def _no_hint(a) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001  # that is the mistake
def _unknown_hint(a: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821  # that is the mistake
def _foreign_hint(a: object | Thread) -> None: ...
def _generator(a: int) -> Any:
    yield a


class Thread:
    """Something pydantic knows nothing of."""


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (_positional_only, "by name"),
        (_var_positional, "by name"),
        (_var_keyword, "by name"),
        (_no_hint, "needs a type hint"),
        (_unknown_hint, "Missing"),
        (_foreign_hint, "Thread"),
        (_generator, "generator"),
        (len, "needs a function"),
        (Thread, "needs a function"),
    ],
)
def test_what_cannot_be_offered_is_refused_at_definition(function: Any, why: str) -> None:
    with pytest.raises(ToolDefinitionError, match=why):
        tool(name="handler")(function)


@pytest.mark.parametrize("timeout", [0.0, -1.0, float("nan")])
def test_a_timeout_must_be_positive(timeout: float) -> None:
    with pytest.raises(ToolDefinitionError, match="timeout"):
        tool(name="handler", timeout=timeout)(_nothing)


def test_values_are_coerced_to_their_hints() -> None:
    def order(
        day: date,
        at: datetime,
        colour: Colour,
        person: Person,
        box: Box,
        price: Decimal,
        tags: set[str],
        pair: tuple[int, str],
        note: str | None = None,
    ) -> None: ...

    bound = _tool(order).bind(
        {
            "day": "2026-05-01",
            "at": "2026-05-01T10:00:00Z",
            "colour": "blue",
            "person": {"name": "Ada", "home": {"street": "Ring"}},
            "box": {"width": "3"},
            "price": "4.20",
            "tags": ["a", "a"],
            "pair": [1, "x"],
        }
    )
    assert bound["day"] == date(2026, 5, 1)
    assert bound["at"].utcoffset().total_seconds() == 0
    assert bound["colour"] is Colour.BLUE
    assert bound["person"] == Person(name="Ada", home=Address(street="Ring"))
    assert bound["box"] == Box(3)
    assert bound["price"] == Decimal("4.20")
    assert bound["tags"] == {"a"}
    assert bound["pair"] == (1, "x")
    assert bound["note"] is None


def test_parameters_may_be_called_what_pydantic_reserves() -> None:
    def odd(schema: str, model_config: int, _private: bool, copy: str = "c", self_: str = "s") -> None: ...

    made = _tool(odd)
    given_: JsonObject = {"schema": "x", "model_config": 1, "_private": True}
    assert made.bind(dict(given_)) == {**given_, "copy": "c", "self_": "s"}
    assert list(made.parameters["properties"]) == ["schema", "model_config", "_private", "copy", "self_"]  # type: ignore[arg-type]  # an object


def test_a_mutable_default_is_not_shared() -> None:
    def collect(into: list[str] = []) -> None: ...  # noqa: B006  # users write it this way

    made = _tool(collect)
    made.bind({})["into"].append("x")
    assert made.bind({})["into"] == []


def test_wrong_arguments_are_all_named_with_the_reason() -> None:
    def order(day: date, count: int, person: Person) -> None: ...

    with pytest.raises(InvalidArguments) as caught:
        _tool(order).bind({"day": "soon", "person": {"name": "Ada", "home": {}}, "size": 3})
    fields = [problem.partition(":")[0] for problem in caught.value.problems]
    assert sorted(fields) == ["count", "day", "person.home.street", "size"]
    assert "the tool takes day, count, person" in str(caught.value)


def test_endless_mistakes_are_not_all_listed() -> None:
    def handler(numbers: list[int]) -> None: ...

    with pytest.raises(InvalidArguments) as caught:
        _tool(handler).bind({"numbers": ["x"] * 1000})
    assert len(caught.value.problems) == 11
    assert caught.value.problems[-1] == "and 990 more"


@pytest.mark.parametrize("arguments", [[], "text", 3, True])
def test_arguments_must_be_an_object(arguments: JsonValue) -> None:
    def handler() -> None: ...

    with pytest.raises(InvalidArguments, match="JSON object"):
        _tool(handler).bind(arguments)


def test_no_arguments_at_all_count_as_none_given() -> None:
    def handler(a: int = 1) -> None: ...

    assert _tool(handler).bind(None) == {"a": 1}


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@tool
def everything(
    number: int,
    text: str = "",
    day: date | None = None,
    colour: Colour = Colour.RED,
    person: Person | None = None,
    tree: Node | None = None,
) -> None:
    """Take one of each."""


@given(_json | st.fixed_dictionaries({"number": _json}, optional=dict.fromkeys(("text", "day", "tree"), _json)))
def test_any_json_is_either_bound_or_refused(arguments: JsonValue) -> None:
    try:
        bound = everything.bind(arguments)
    except InvalidArguments:
        return
    assert isinstance(bound["number"], int)
    assert bound["day"] is None or isinstance(bound["day"], date)


@given(number=st.integers(), text=st.text(st.characters(exclude_categories=["Cs"])), day=st.none() | st.dates())
def test_what_fits_arrives_unchanged(number: int, text: str, day: date | None) -> None:
    bound = everything.bind({"number": number, "text": text, "day": day.isoformat() if day else None})
    assert (bound["number"], bound["text"], bound["day"]) == (number, text, day)


def test_importing_the_package_does_not_load_pydantic() -> None:
    code = "import athena_tui.tools.registry, athena_tui.tools.runner, sys; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
