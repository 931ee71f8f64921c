"""A function's arguments as an agent sees them: JSON Schema on the way out, validation on the way in."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic.fields import FieldInfo

from athena_tui.client.models import JsonObject, JsonValue
from athena_tui.tools.errors import InvalidArguments, ToolDefinitionError
from athena_tui.tools.schema import tidy_schema

_MAX_PROBLEMS = 10


class Arguments:
    """What one function takes.

    Args:
        tool_name: The tool, for messages.
        function: The handler; every parameter needs a type hint and can be given by name.
        descriptions: What the docstring says about each parameter.

    Raises:
        ToolDefinitionError: A parameter cannot be given by name, or its type has no JSON Schema.
    """

    def __init__(
        self, tool_name: str, function: Callable[..., object], descriptions: Mapping[str, str] | None = None
    ) -> None:
        self._model, self._names = _model(tool_name, function, descriptions or {})
        try:
            self.schema: JsonObject = tidy_schema(self._model.model_json_schema(by_alias=True))
        except PydanticUserError as error:
            raise ToolDefinitionError(f"{tool_name}: {error.message}") from error

    def bind(self, arguments: JsonValue) -> dict[str, Any]:
        """Validate and coerce; see `ClientTool.bind`."""
        given = {} if arguments is None else arguments
        if not isinstance(given, dict):
            raise InvalidArguments([f"the arguments must be a JSON object, not {type(given).__name__}"])
        try:
            # By way of JSON text, because pydantic reads dates, bytes and the like out of JSON even in strict models.
            bound = self._model.model_validate_json(json.dumps(given))
        except ValidationError as error:
            raise InvalidArguments(self._problems(error)) from error
        return {name: getattr(bound, field) for field, name in self._names.items()}

    def _problems(self, error: ValidationError) -> list[str]:
        problems = []
        for entry in error.errors(include_url=False, include_input=False, include_context=False):
            field = ".".join(str(step) for step in entry["loc"]) or "arguments"
            why = entry["msg"]
            if entry["type"] == "extra_forbidden" and len(entry["loc"]) == 1:
                why = f"there is no such argument; the tool takes {', '.join(self._names.values()) or 'none'}"
            problems.append(f"{field}: {why}")
        if len(problems) > _MAX_PROBLEMS:
            problems[_MAX_PROBLEMS:] = [f"and {len(problems) - _MAX_PROBLEMS} more"]
        return problems


def _model(
    tool_name: str, function: Callable[..., object], descriptions: Mapping[str, str]
) -> tuple[type[BaseModel], dict[str, str]]:
    try:
        hints = typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError, AttributeError, SyntaxError) as error:
        raise ToolDefinitionError(
            f"{tool_name}: the type hints cannot be read: {error}; they may name what stands at the top of the file"
        ) from error
    fields: dict[str, Any] = {}
    names: dict[str, str] = {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind in {parameter.POSITIONAL_ONLY, parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            raise ToolDefinitionError(
                f"{tool_name}: an agent gives arguments by name, so {parameter} ({parameter.kind.description}) "
                "cannot be filled; make it an ordinary parameter"
            )
        if name not in hints:
            raise ToolDefinitionError(f"{tool_name}: parameter {name!r} needs a type hint")
        # The field has a name of its own, because a parameter may be called `schema` or `_private`, a field may not.
        field = f"argument_{len(fields)}"
        names[field] = name
        fields[field] = _field(hints[name], name, parameter.default, descriptions.get(name))
    try:
        model: type[BaseModel] = create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
    except PydanticUserError as error:
        raise ToolDefinitionError(f"{tool_name}: {error.message}") from error
    return model, names


def _field(hint: Any, name: str, default: object, description: str | None) -> tuple[Any, Any]:
    own = Field(alias=name)
    described = any(isinstance(note, FieldInfo) and note.description for note in getattr(hint, "__metadata__", ()))
    if description and not described:
        own = Field(alias=name, description=description)
    return Annotated[hint, own], ... if default is inspect.Parameter.empty else default
