"""An agent's variables in one conversation: what was given, what is missing, and what the next message has to carry."""

from __future__ import annotations

from dataclasses import dataclass, field

from athena_tui.client.events import RunEvent, RunFinished, RunStatus
from athena_tui.client.models import EVERY_EXECUTION, JsonObject, JsonValue


@dataclass(slots=True, eq=False)
class Variables:
    """What an agent asks for beside the message.

    A variable of the session goes with the first message and again when it changed; one that the platform wants with
    every execution goes with each. Follows the Variables page of Atthene's REST API.

    Args:
        schema: What the agent asks for, as a JSON Schema of an object; empty where it asks for nothing.
        values: What a person gave. Where nothing was given the platform takes the default it declared.
    """

    schema: JsonObject = field(default_factory=dict)
    values: JsonObject = field(default_factory=dict)
    _kept: JsonObject = field(default_factory=dict)
    """What the platform has in its session, as far as we know."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is required and was not given."""
        required = self.schema.get("required")
        names = required if isinstance(required, list) else []
        return tuple(str(name) for name in names if name not in self.values and self._default(str(name)) is None)

    def due(self) -> JsonObject:
        """What the next message has to carry."""
        return self._beyond(self._kept)

    def all(self) -> JsonObject:
        """What a message has to carry where the platform has nothing."""
        return self._beyond({})

    def followed(self, sent: JsonObject, end: RunEvent) -> None:
        """Note how the run ended that carried these; unless it went well nobody knows what the platform has."""
        completed = isinstance(end, RunFinished) and end.status is RunStatus.COMPLETED
        self._kept = self._kept | sent if completed else {}

    def _beyond(self, kept: JsonObject) -> JsonObject:
        return {name: value for name in self._names() if (value := self._due(name, kept)) is not None}

    def _due(self, name: str, kept: JsonObject) -> JsonValue:
        value = self.values.get(name, self._default(name))
        if self._property(name).get(EVERY_EXECUTION) is True:
            required = self.schema.get("required")
            wanted = name in self.values or (isinstance(required, list) and name in required)
            return value if wanted else None
        if name in kept:
            return value if kept[name] != value else None
        return self.values.get(name)

    def _names(self) -> tuple[str, ...]:
        properties = self.schema.get("properties")
        return tuple(properties) if isinstance(properties, dict) else ()

    def _property(self, name: str) -> JsonObject:
        properties = self.schema.get("properties")
        found = properties.get(name) if isinstance(properties, dict) else None
        return found if isinstance(found, dict) else {}

    def _default(self, name: str) -> JsonValue:
        return self._property(name).get("default")
