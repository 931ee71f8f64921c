"""The settings that are in force, and where each came from: flag, environment, profile, default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from athena_tui.client.models import ConnectionSettings, Platform
from athena_tui.client.registry import default_base_url
from athena_tui.config.appearance import Appearance
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile, ProfileConfig, nearest
from athena_tui.config.paths import config_file, secrets_file
from athena_tui.config.secrets import Secrets, mask, system_keyring

VARIABLES = {
    "platform": "ATHENA_TUI_PLATFORM",
    "base_url": "ATHENA_TUI_BASE_URL",
    "api_key": "ATHENA_TUI_API_KEY",
    "workspace_id": "ATHENA_TUI_WORKSPACE_ID",
    "agent_id": "ATHENA_TUI_AGENT_ID",
    "external_user_id": "ATHENA_TUI_EXTERNAL_USER_ID",
    "profile": "ATHENA_TUI_PROFILE",
    "tools": "ATHENA_TUI_TOOLS",
}
"""The environment variable of each setting; `ATHENA_TUI_TOOLS` is a list as `PATH` is."""

_CONNECTION = ("base_url", "api_key", "workspace_id", "agent_id", "external_user_id", "identity_token", "agent_config")
_SECRETS = frozenset({"api_key", "identity_token"})


class Origin(StrEnum):
    """Where a setting came from, strongest first."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    PROFILE = "profile"
    CONFIG = "config"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class EffectiveSetting:
    """One line of `config show`: `value` is masked where it is a secret, `detail` names the flag, variable or table."""

    name: str
    value: str
    origin: Origin
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Secrets never show in `repr`; `tool_timeout` is in seconds."""

    profile: str | None = None
    platform: Platform | None = None
    base_url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    workspace_id: str | None = None
    agent_id: str | None = None
    external_user_id: str | None = None
    identity_token: str | None = field(default=None, repr=False)
    agent_config: Path | None = None
    context_messages: int = 20
    tools: tuple[str, ...] = ()
    tool_timeout: float = 30.0
    tool_policies: Mapping[str, str] = field(default_factory=dict)
    appearance: Appearance = field(default_factory=Appearance)
    keys: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, tuple[Origin, str]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """What the connection is called, and under which name things are remembered: its profile or its platform."""
        return self.profile or (self.platform.value if self.platform else "")

    @property
    def is_configured(self) -> bool:
        """Whether there is anything to connect to; if not, the app opens with its first-run screen."""
        return self.platform is not None

    def connection(self) -> ConnectionSettings:
        """Where to connect and as whom.

        Raises:
            ConfigError: No platform is chosen, or no base URL for one that has none of its own.
        """
        if self.platform is None:
            raise ConfigError(
                "no platform is chosen; run `athena-tui login`, set ATHENA_TUI_PLATFORM, or try `athena-tui --sandbox`"
            )
        if self.base_url is None:
            raise ConfigError(
                f"{self.platform} has no address of its own; set ATHENA_TUI_BASE_URL or the profile's base_url",
                key="base_url",
            )
        return ConnectionSettings(
            platform=self.platform,
            base_url=self.base_url,
            api_key=self.api_key,
            workspace_id=self.workspace_id,
            external_user_id=self.external_user_id,
            identity_token=self.identity_token,
            agent_config=self.agent_config,
        )

    def effective(self) -> list[EffectiveSetting]:
        """Every setting, masked, with where it came from."""
        shown = []
        for name in ("profile", "platform", *_CONNECTION, "context_messages", "tools", "tool_timeout", "tool_policies"):
            origin, detail = self.origins.get(name, (Origin.DEFAULT, ""))
            shown.append(EffectiveSetting(name, _shown(name, getattr(self, name)), origin, detail))
        for entry in fields(Appearance):
            value = getattr(self.appearance, entry.name)
            origin = Origin.DEFAULT if value == entry.default else Origin.CONFIG
            detail = "" if origin is Origin.DEFAULT else "[appearance]"
            shown.append(EffectiveSetting(f"appearance.{entry.name}", _shown(entry.name, value), origin, detail))
        for name, keys in self.keys.items():
            shown.append(EffectiveSetting(f"keys.{name}", keys, Origin.CONFIG, "[keys]"))
        return shown


def resolve(
    flags: Mapping[str, object], environ: Mapping[str, str], config: ConfigFile, secrets: Secrets | None = None
) -> Settings:
    """Put the settings together: flag, then environment, then profile, then default.

    A profile is used with its own server only: once a flag or a variable names another platform or base URL, or a
    flag asks for the sandbox, nothing of it counts; but a base URL alone says nothing about the platform.

    Args:
        flags: Given on the command line, by setting name, and `sandbox`; `None` and other names are passed over.
        environ: The environment; an empty variable counts as unset.
        config: The configuration file.
        secrets: Where `login` keeps keys; by default beside the configuration file, and the system's keyring.

    Raises:
        ConfigError: A value makes no sense, or the profile named is not there or leads elsewhere than another flag.
    """
    given = _flags(flags) | {
        name: (value, Origin.ENVIRONMENT, VARIABLES[name])
        for name, value in _variables(environ).items()
        if flags.get(name) in _NOTHING
    }
    name, origin, detail = _profile_name(given, config)
    values = dict(given)
    values.pop("profile", None)
    if name is not None and not flags.get("sandbox"):
        profile = _profile(name, config)
        # Who names another server and no platform goes on speaking the same.
        values.setdefault("platform", (profile.platform, Origin.PROFILE, f"[profiles.{name}]"))
        if _leads_there(name, profile, given):
            values["profile"] = (name, origin, detail)
            own = _profile_values(name, profile, given, environ, config, secrets)
            values = {key: (value, Origin.PROFILE, f"[profiles.{name}]") for key, value in own.items()} | values
    if config.tools.sources:
        values.setdefault("tools", (_located(config.tools.sources, config), Origin.CONFIG, "[tools]"))
    for setting, key in (("tool_timeout", "timeout"), ("tool_policies", "policies")):
        if key in config.tools.model_fields_set:
            values[setting] = (getattr(config.tools, key), Origin.CONFIG, "[tools]")
    return _settings(values, config)


_Values = dict[str, tuple[Any, Origin, str]]
_NOTHING: tuple[object, ...] = (None, "", (), [])


def _settings(values: _Values, config: ConfigFile) -> Settings:
    plain = {name: value for name, (value, _, _) in values.items()}
    if "platform" in plain:
        plain["platform"] = _platform(*values["platform"])
        plain.setdefault("base_url", default_base_url(plain["platform"]))
    if plain.get("base_url") is not None:
        plain["base_url"] = _base_url(plain["base_url"])
    for name in _SECRETS & plain.keys():
        plain[name] = _key(name, plain[name])
    if "agent_config" in plain:
        plain["agent_config"] = Path(plain["agent_config"]).expanduser()
    if "tools" in plain:
        plain["tools"] = tuple(plain["tools"])
    origins = {name: (origin, detail) for name, (_, origin, detail) in values.items()}
    return Settings(**plain, appearance=config.appearance, keys=config.keys, origins=origins)


def _flags(flags: Mapping[str, object]) -> _Values:
    names = {"profile", "platform", *_CONNECTION, "tools"}
    return {
        name: (value, Origin.FLAG, f"--{name.replace('_', '-')}")
        for name, value in flags.items()
        if name in names and value not in _NOTHING
    }


def _variables(environ: Mapping[str, str]) -> dict[str, object]:
    found: dict[str, object] = {
        name: environ[variable] for name, variable in VARIABLES.items() if environ.get(variable)
    }
    if isinstance(tools := found.get("tools"), str):
        found["tools"] = [source for source in tools.split(os.pathsep) if source]
    return found


def _profile_name(given: _Values, config: ConfigFile) -> tuple[str | None, Origin, str]:
    if "profile" in given:
        return given["profile"]
    if config.default_profile is not None:
        return config.default_profile, Origin.CONFIG, "default_profile"
    only = next(iter(config.profiles)) if len(config.profiles) == 1 else None
    return only, Origin.DEFAULT, "the only one"


def _profile(name: str, config: ConfigFile) -> ProfileConfig:
    if name not in config.profiles:
        there = f"there are {', '.join(sorted(config.profiles))}" if config.profiles else "there are none yet"
        raise ConfigError(
            f"there is no profile {name!r}; {there}",
            path=config.path,
            suggestion=nearest(name, config.profiles),
        )
    return config.profiles[name]


def _leads_there(name: str, profile: ProfileConfig, given: _Values) -> bool:
    """Whether a profile leads where flags and variables point; one that a flag names has to."""
    own_url = profile.base_url or default_base_url(profile.platform)
    other = None
    if "platform" in given and _platform(*given["platform"]) is not profile.platform:
        other = "platform"
    elif "base_url" in given and (own_url is None or _base_url(given["base_url"][0]) != _base_url(own_url)):
        other = "base_url"
    if other is not None and given.get("profile", (None, Origin.DEFAULT, ""))[1] is Origin.FLAG:
        value, _, detail = given[other]
        own = f"{profile.platform} at {own_url}" if own_url else profile.platform
        raise ConfigError(f"the profile {name!r} leads to {own}, not to {value} ({detail}); leave one of them out")
    return other is None


def _profile_values(
    name: str,
    profile: ProfileConfig,
    given: _Values,
    environ: Mapping[str, str],
    config: ConfigFile,
    secrets: Secrets | None,
) -> dict[str, object]:
    values: dict[str, object] = {}
    if profile.tools is not None:
        values["tools"] = _located(profile.tools, config)
    if profile.context_messages is not None:
        values["context_messages"] = profile.context_messages
    values |= profile.model_dump(
        include={"base_url", "workspace_id", "agent_id", "external_user_id", "agent_config"},
        exclude_none=True,
    )
    if profile.agent_config is not None and config.path is not None:
        values["agent_config"] = config.path.parent / profile.agent_config.expanduser()
    if profile.identity_token_env and (token := environ.get(profile.identity_token_env)):
        values["identity_token"] = token
    if "api_key" not in given and (key := _profile_key(name, profile, environ, config, secrets)):
        values["api_key"] = key
    return values


def _profile_key(
    name: str, profile: ProfileConfig, environ: Mapping[str, str], config: ConfigFile, secrets: Secrets | None
) -> str | None:
    if profile.api_key is not None:
        return profile.api_key.get_secret_value()
    if profile.api_key_env is not None:
        return environ.get(profile.api_key_env)
    if profile.api_key_from is None:
        return None
    if secrets is None:
        secrets = Secrets(secrets_file(config.path or config_file(environ)), system_keyring())
    return secrets.get(name, profile.api_key_from)


def _located(sources: list[str], config: ConfigFile) -> list[str]:
    """Files and folders named in the configuration are looked for beside it first."""
    folder = config.path.parent if config.path else Path()
    beside = [folder / Path(source).expanduser() for source in sources]
    return [str(path) if path.exists() else source for source, path in zip(sources, beside, strict=True)]


def _platform(value: object, origin: Origin, detail: str) -> Platform:
    try:
        return Platform(str(value))
    except ValueError:
        known = {platform.value: platform for platform in Platform}
        raise ConfigError(
            f"{value!r} ({origin} {detail}) is no platform; there are {', '.join(known)}",
            key="platform",
            suggestion=nearest(str(value), known),
        ) from None


def _base_url(value: object) -> str:
    url = str(value).strip().rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise ConfigError(f"{url!r} is no base URL; it begins with https:// or http://", key="base_url")
    return url


def _key(name: str, value: object) -> str:
    key = str(value).strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ConfigError("this is no key: it holds spaces, control characters or letters no key has", key=name)
    return key


def _shown(name: str, value: object) -> str:
    if value is None or value in ((), {}):
        return ""
    if name in _SECRETS:
        return mask(str(value))
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={entry}" for key, entry in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)
