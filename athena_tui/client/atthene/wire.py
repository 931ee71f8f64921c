"""What Atthene sends, in every shape its pages show.

Follows the REST tutorial (the current shape), the Execute reference page (`response`) and the guide to connecting an
agent (`type: execution_result`). Only what an answer is useless without is required; a field of an unexpected type
counts as absent.
"""

from __future__ import annotations

import contextlib
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from athena_tui.client.errors import UnreadableAnswer
from athena_tui.client.models import JsonValue


def _or_absent(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    try:
        return handler(value)
    except ValidationError:
        return None


def _objects(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """The items of a list that are objects; anything else is an empty list."""
    items = value if isinstance(value, list) else []
    return handler([item for item in items if isinstance(item, dict | BaseModel)])


_Lenient = WrapValidator(_or_absent)
Text: TypeAlias = Annotated[str | None, _Lenient]
Count: TypeAlias = Annotated[int | None, _Lenient]
Number: TypeAlias = Annotated[float | None, _Lenient]
Objects: TypeAlias = Annotated[list[dict[str, Any]], WrapValidator(_objects)]


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class WireSession(_Wire):
    """A session that was opened."""

    session_id: str = Field(min_length=1)


class WireMessage(_Wire):
    """One message, of an execution (`created_at`, Unix seconds) or of the history (`timestamp`, ISO 8601)."""

    id: Text = None
    role: Text = None
    content: Any = None
    created_at: Any = Field(default=None, validation_alias=AliasChoices("created_at", "timestamp"))
    agent: Text = Field(default=None, validation_alias=AliasChoices("agent_name", "name"))
    tool_calls: Objects = []
    tool_call_id: Text = None


class WireUsage(_Wire):
    """Tokens of an execution."""

    input_tokens: Count = None
    output_tokens: Count = None
    total_tokens: Count = None


class WireMetadata(_Wire):
    """What goes with an execution. `error` is a string or an object."""

    usage: Annotated[WireUsage | None, _Lenient] = None
    error: Any = None


class WireResponse(_Wire):
    """The answer in the reference page's shape."""

    content: Any = None
    tool_calls: Objects = []


class WireExecution(_Wire):
    """The answer to Execute, in all of its shapes. `execution_time` is in seconds."""

    status: Text = None
    success: Annotated[bool | None, _Lenient] = None
    messages: Annotated[list[WireMessage], WrapValidator(_objects)] = []
    response: Annotated[WireResponse | None, _Lenient] = None
    content: Any = None
    output: Any = None
    execution_time: Number = None
    metadata: Annotated[WireMetadata | None, _Lenient] = None
    error: Any = None
    error_message: Text = None


class WireHistory(_Wire):
    """One page of a session's messages."""

    messages: Annotated[list[WireMessage], WrapValidator(_objects)] = []
    total: Count = None


class WireStatus(_Wire):
    """What a session is doing: `active`, `processing`, `idle` or `error`."""

    status: Text = None


class WireAgent(_Wire):
    """An agent saved in Agent Studio."""

    agent_key: str = Field(min_length=1)
    id: Text = None
    name: Text = None
    system_config: Annotated[dict[str, Any] | None, _Lenient] = None


class WireImage(_Wire):
    """An uploaded picture. `size` is in bytes."""

    url: str = Field(min_length=1)
    media_type: Text = None
    size: Count = None


class WireFieldError(_Wire):
    """One thing wrong with a configuration; a sentence alone belongs to no field."""

    field: str = ""
    message: str = Field(min_length=1)

    @classmethod
    def of(cls, value: object) -> WireFieldError | None:
        """What one item of a list of errors says, if anything."""
        with contextlib.suppress(ValidationError):
            return cls.model_validate({"message": value} if isinstance(value, str) else value)
        return None


class WireVerdict(_Wire):
    """What the platform says about a configuration it was asked to check."""

    valid: Annotated[bool | None, _Lenient] = None
    message: Text = None
    errors: Any = None


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], value: JsonValue) -> Model:
    """The value as this model.

    Raises:
        UnreadableAnswer: It is not one.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "the answer"
        raise UnreadableAnswer(
            f"Atthene's answer is not what its documentation shows: {where}: {first['msg']}."
        ) from error


def read_items(model: type[Model], value: JsonValue, *names: str) -> list[Model]:
    """A list of this model: bare, or in an object under one of the names. Items that are not one are left out."""
    if isinstance(value, dict):
        value = next((value[name] for name in names if isinstance(value.get(name), list)), None)
    if not isinstance(value, list):
        raise UnreadableAnswer("Atthene's answer is not what its documentation shows: a list was expected.")
    found: list[Model] = []
    for item in value:
        with contextlib.suppress(ValidationError):
            found.append(model.model_validate(item))
    return found
