"""Immutable plain data that is cheap to define.

`dataclass(frozen=True, slots=True)` compiles six methods for every class, which for the many classes that are needed
before the first frame takes longer than anything else in them. `record` compiles the constructor only; the other
methods are shared. It is the type checker alone that sees to it that nothing is changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    from collections.abc import Callable
    from dataclasses import dataclass, fields
    from typing import Literal

    def record(*, frozen: Literal[True], slots: Literal[True]) -> Callable[[type], type]:  # noqa: ARG001  # as written for the type checker
        """Make a class a dataclass that is equal to, and hashes like, another of its class with the same content."""
        return _made

    def _made(cls: type) -> type:
        cls.__repr__, cls.__eq__, cls.__hash__ = _shown, _equal, _hashed
        return dataclass(slots=True, repr=False, eq=False)(cls)

    def _content(item: object) -> tuple[object, ...]:
        return tuple(getattr(item, name) for name in item.__slots__)

    def _shown(self: object) -> str:
        shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)
        return f"{type(self).__qualname__}({shown})"

    def _equal(self: object, other: object) -> bool:
        return _content(self) == _content(other) if other.__class__ is self.__class__ else NotImplemented

    def _hashed(self: object) -> int:
        return hash(_content(self))
