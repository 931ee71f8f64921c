"""The agent that a file defines: checked before anything is sent, and talked to unless another one was asked for."""

from __future__ import annotations

from dataclasses import replace

from athena_tui.client.errors import InvalidRequest, Unsupported
from athena_tui.client.registry import defined_agent
from athena_tui.config.errors import ConfigError
from athena_tui.config.settings import Origin, Settings


def with_agent_of_file(settings: Settings) -> tuple[Settings, tuple[str, ...]]:
    """The settings with the agent that their file defines, where they name one, and what is odd about it. Blocks.

    An agent that was chosen more explicitly than the file stays.

    Raises:
        ConfigError: The file is wrong, or the platform runs no agents that are defined in one.
    """
    if settings.agent_config is None or settings.platform is None:
        return settings, ()
    try:
        defined = defined_agent(settings.platform, settings.agent_config)
    except (InvalidRequest, Unsupported) as error:
        raise ConfigError(error.message) from error
    chosen = settings.agent_id is not None and _rank(settings, "agent_id") <= _rank(settings, "agent_config")
    if chosen:
        return settings, defined.warnings
    # Whoever asked for the file asked for its agent.
    origins = {**settings.origins, "agent_id": settings.origins.get("agent_config", (Origin.DEFAULT, ""))}
    return replace(settings, agent_id=defined.agent.id, origins=origins), defined.warnings


def _rank(settings: Settings, name: str) -> int:
    """How explicitly a setting was made; less is stronger."""
    origin, _ = settings.origins.get(name, (Origin.DEFAULT, ""))
    return list(Origin).index(origin)
