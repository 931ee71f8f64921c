"""Field types of Athena's wire models: they read what makes sense and turn the rest into `None`.

The documentation shows few payloads, so a field of an unexpected type must cost that field, never the event.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, AliasPath, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from athena_tui.client.moments import known_moment


def either(*names: str, inside: tuple[str, ...] = ()) -> Any:
    """An optional field that has several names, the first of which is canonical; `inside` names objects around it."""
    paths = [AliasPath(outer, name) for outer in inside for name in names]
    return Field(default=None, validation_alias=AliasChoices(*names, *paths))


def _identifier(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("id", value.get("name"))
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def _named(value: object) -> str | None:
    return _identifier(value.get("name", value.get("id")) if isinstance(value, Mapping) else value)


def _text(value: object) -> str | None:
    """A string, an object with `text` or `content`, or a list of those (parts of a message)."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return _text(value.get("text", value.get("content")))
    if isinstance(value, list):
        texts = [text for text in map(_text, value) if text is not None]
        return "".join(texts) if texts else None
    return None


def number_of(value: object) -> float | None:
    """A finite number, also out of a string."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _flag(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.lower() == "true")


def _whole(value: object) -> int | None:
    number = number_of(value)
    return None if number is None else round(number)


def _moment(value: object) -> datetime | None:
    """ISO 8601, or Unix time in seconds or milliseconds."""
    try:
        if isinstance(value, str):
            return known_moment(datetime.fromisoformat(value))
        if (number := number_of(value)) is not None:
            return known_moment(datetime.fromtimestamp(number / 1000 if number > 1e11 else number, UTC))
    except (ValueError, OverflowError, OSError):
        return None
    return None


def snake_case(value: object) -> str | None:
    """`AwaitingApproval`, `awaiting-approval` and `AWAITING.APPROVAL` as `awaiting_approval`."""
    if not isinstance(value, str):
        return None
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", value.strip())
    return re.sub(r"[-.\s]+", "_", words).lower() or None


Identifier = Annotated[str | None, BeforeValidator(_identifier)]
Named = Annotated[str | None, BeforeValidator(_named)]
Text = Annotated[str | None, BeforeValidator(_text)]
Number = Annotated[float | None, BeforeValidator(number_of)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Whole = Annotated[int | None, BeforeValidator(_whole)]
Moment = Annotated[datetime | None, BeforeValidator(_moment)]
Word = Annotated[str | None, BeforeValidator(snake_case)]


def _without_null(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: item for name, item in fields.items() if item is not None}


class WireModel(BaseModel):
    """Reads an object of the wire: unknown fields are ignored, `null` is the same as absent.

    `wrappers` names the objects that may stand around the fields, one level deep.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    wrappers: ClassVar[tuple[str, ...]] = ()

    @model_validator(mode="before")
    @classmethod
    def _unwrap(cls, value: Any) -> Any:
        if isinstance(value, cls):
            return value
        if not isinstance(value, Mapping):
            return {}
        fields = _without_null(value)
        for wrapper in cls.wrappers:
            inner = fields.get(wrapper)
            if isinstance(inner, Mapping) and cls.is_wrapper(wrapper, inner):
                del fields[wrapper]
                fields |= _without_null(inner)
                break
        return _without_null(cls.prepare(fields))

    @classmethod
    def is_wrapper(cls, _name: str, _inner: Mapping[str, Any]) -> bool:
        """Whether the object stands around the fields, where the same name may also be one of them."""
        return True

    @classmethod
    def prepare(cls, fields: dict[str, Any]) -> dict[str, Any]:
        """Bring shapes that no alias can express into the canonical one."""
        return fields
