"""The configuration file: what may stand in it, reading it, and changing it."""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from athena_tui.client.models import Platform
from athena_tui.config.appearance import Appearance
from athena_tui.config.errors import ConfigError
from athena_tui.config.locate import line_of
from athena_tui.config.private_file import write_private
from athena_tui.config.secrets import KeyPlace


class _Section(BaseModel):
    # An input may be a secret, so it is never quoted.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True)


class ProfileConfig(_Section):
    """One connection: `[profiles.NAME]`."""

    platform: Platform
    """Which platform: athena, atthene or tenfive."""
    base_url: str | None = None
    """Where its API is, written as the platform's documentation writes it."""
    api_key: SecretStr | None = None
    """The key itself; better kept elsewhere, see the next two."""
    api_key_env: str | None = None
    """Name of an environment variable that holds the key."""
    api_key_from: KeyPlace | None = None
    """Where `athena-tui login` put the key: keyring or file."""
    workspace_id: str | None = None
    """The workspace, where the platform wants one."""
    agent_id: str | None = None
    """The agent to open with; for Atthene its key."""
    external_user_id: str | None = None
    """Your own id of the user who speaks, for memory per user."""
    identity_token_env: str | None = None
    """Name of an environment variable that holds a provider's token to be exchanged for a key."""
    agent_config: Path | None = None
    """A file that defines the agent, where the platform takes one; looked for beside this one."""
    context_messages: int | None = Field(default=None, ge=0)
    """How many earlier messages go along with each turn where the platform remembers none itself; 20 by default."""
    tools: list[str] | None = None
    """Where client tools are: .py files, folders, modules; instead of `tools.sources`."""


class ToolsConfig(_Section):
    """Client tools for every profile: `[tools]`."""

    sources: list[str] = Field(default_factory=list)
    """Where client tools are: .py files, folders, modules."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds a tool may take unless it says otherwise itself."""
    policies: dict[str, Literal["auto", "ask", "manual", "stub", "off"]] = Field(default_factory=dict)
    """What happens when an agent calls a tool, by the tool's name."""


class ConfigFile(_Section):
    """Everything in `config.toml`."""

    default_profile: str | None = None
    """The profile to use when none is named."""
    appearance: Appearance = Field(default_factory=Appearance)
    """How the app looks."""
    keys: dict[str, str] = Field(default_factory=dict)
    """Other keys, by the id of what they do, such as `composer.newline`; several are parted by commas."""
    tools: ToolsConfig = Field(default_factory=ToolsConfig)
    """Client tools for every profile."""
    profiles: dict[str, ProfileConfig] = Field(default_factory=dict)
    """The connections."""

    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """Where it was read from, or would be; `None` for one that only lives in memory."""
        return self._path

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file; one that does not exist is an empty one.

        Raises:
            ConfigError: It cannot be read, is not TOML, or says something that has no meaning.
        """
        text = _read(path)
        return cls._checked(path, text, _parse(path, text))

    @classmethod
    def change(cls, path: Path, changes: Mapping[tuple[str, ...], object]) -> Self:
        """Change single settings in a file and leave the others as they are; comments do not survive it.

        Args:
            path: The file; made if it does not exist.
            changes: New values by the way to them, such as `("appearance", "theme")`; `None` removes.

        Raises:
            ConfigError: The file or a new value is wrong; the file is then left alone.
        """
        text = _read(path)
        document = _parse(path, text)
        for (*tables, last), value in changes.items():
            table = _table(document, tables)
            if table is None:
                raise ConfigError("this is no table", path=path, line=line_of(text, tables), key=".".join(tables))
            if value is None:
                table.pop(last, None)
            else:
                table[last] = value
        text = tomli_w.dumps(document)
        changed = cls._checked(path, text, document)
        try:
            write_private(path, text)
        except OSError as error:
            raise ConfigError(f"the file cannot be written: {error.strerror}", path=path) from error
        return changed

    @classmethod
    def _checked(cls, path: Path, text: str, document: dict[str, Any]) -> Self:
        try:
            config = cls.model_validate(document)
        except ValidationError as error:
            raise _explained(path, text, error.errors(include_url=False, include_input=False)) from error
        config._path = path  # noqa: SLF001  # our own class, not made by its constructor
        if config.default_profile is not None and config.default_profile not in config.profiles:
            raise ConfigError(
                f"there is no profile {config.default_profile!r}",
                path=path,
                line=line_of(text, ["default_profile"]),
                key="default_profile",
                suggestion=nearest(config.default_profile, config.profiles),
            )
        return config


def nearest(word: str, words: Mapping[str, object]) -> str | None:
    """The valid word somebody most likely meant."""
    return next(iter(difflib.get_close_matches(word, words, n=1)), None)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ConfigError("the file is not UTF-8 text", path=path) from error
    except OSError as error:
        raise ConfigError(f"the file cannot be read: {error.strerror}", path=path) from error


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, where = str(error).partition(" (at ")
        number = re.search(r"line (\d+)", where)
        line = int(number[1]) if number else len(text.splitlines())
        raise ConfigError(f"this is not TOML: {what}", path=path, line=line) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError("a number or a list in it is too long to be read", path=path) from error


def _explained(path: Path, text: str, errors: list[ErrorDetails]) -> ConfigError:
    first = errors[0]
    keys = [str(step) for step in first["loc"]]
    message, suggestion = first["msg"], None
    if first["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
        message, suggestion = "there is no such setting", nearest(keys[-1], _settings_beside(keys))
    if len(errors) > 1:
        message += f" (and {len(errors) - 1} more)"
    return ConfigError(message, path=path, line=line_of(text, keys), key=".".join(keys), suggestion=suggestion)


def _settings_beside(keys: list[str]) -> Mapping[str, object]:
    match keys[:-1]:
        case []:
            return ConfigFile.model_fields
        case ["appearance"]:
            return {field.name: field for field in dataclasses.fields(Appearance)}
        case ["tools"]:
            return ToolsConfig.model_fields
        case ["profiles", _]:
            return ProfileConfig.model_fields
        case _:
            return {}


def _table(document: dict[str, Any], names: list[str]) -> dict[str, Any] | None:
    """The table of that name, made if it is not there; `None` where something else is in its place."""
    for name in names:
        inner = document.setdefault(name, {})
        if not isinstance(inner, dict):
            return None
        document = inner
    return document
