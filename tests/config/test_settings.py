from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from athena_tui.client.models import ConnectionSettings, Platform
from athena_tui.client.registry import default_base_url
from athena_tui.config.appearance import Appearance
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile
from athena_tui.config.secrets import KeyPlace, Secrets
from athena_tui.config.settings import Origin, Settings, resolve

ATHENA_URL = default_base_url(Platform.ATHENA)
KEY = "wak_0123456789abcdef"
OTHER_KEY = "eak_fedcba9876543210"


def _config(**content: Any) -> ConfigFile:
    return ConfigFile.model_validate(content)


WORK = _config(
    profiles={
        "work": {
            "platform": "athena",
            "api_key": KEY,
            "workspace_id": "workspace:1",
            "agent_id": "agent:profile",
            "identity_token_env": "FIREBASE",
            "tools": ["profile.py"],
        }
    }
)


def test_nothing_configured() -> None:
    settings = resolve({}, {}, ConfigFile())
    assert not settings.is_configured
    with pytest.raises(ConfigError, match="--sandbox"):
        settings.connection()


def test_the_environment_alone_is_enough() -> None:
    environ = {
        "ATHENA_TUI_PLATFORM": "atthene",
        "ATHENA_TUI_BASE_URL": "https://example.com/api/v1/",
        "ATHENA_TUI_API_KEY": f" {KEY}\n",
        "ATHENA_TUI_WORKSPACE_ID": "workspace:1",
        "ATHENA_TUI_AGENT_ID": "agent",
        "ATHENA_TUI_EXTERNAL_USER_ID": "u1",
        "ATHENA_TUI_TOOLS": os.pathsep.join(["a.py", "b", ""]),
    }
    settings = resolve({}, environ, ConfigFile())
    assert settings.connection() == ConnectionSettings(
        Platform.ATTHENE, "https://example.com/api/v1", KEY, workspace_id="workspace:1", external_user_id="u1"
    )
    assert (settings.agent_id, settings.tools) == ("agent", ("a.py", "b"))


@pytest.mark.parametrize(
    ("flags", "environ", "expected"),
    [
        ({"agent_id": "agent:flag"}, {"ATHENA_TUI_AGENT_ID": "agent:env"}, ("agent:flag", Origin.FLAG, "--agent-id")),
        (
            {"agent_id": None},
            {"ATHENA_TUI_AGENT_ID": "agent:env"},
            ("agent:env", Origin.ENVIRONMENT, "ATHENA_TUI_AGENT_ID"),
        ),
        ({"agent_id": ""}, {"ATHENA_TUI_AGENT_ID": ""}, ("agent:profile", Origin.PROFILE, "[profiles.work]")),
        ({}, {}, ("agent:profile", Origin.PROFILE, "[profiles.work]")),
    ],
)
def test_flag_then_environment_then_profile(
    flags: dict[str, object], environ: dict[str, str], expected: tuple[str, Origin, str]
) -> None:
    settings = resolve(flags, environ, WORK)
    assert (settings.agent_id, *settings.origins["agent_id"]) == expected


def test_then_the_default() -> None:
    settings = resolve({}, {}, WORK)
    assert settings.base_url == ATHENA_URL
    assert settings.external_user_id is None
    assert settings.tool_timeout == 30.0


def test_how_much_context_goes_along() -> None:
    profiles = {"work": {"platform": "atthene", "context_messages": 3}}
    settings = resolve({}, {}, _config(profiles=profiles))
    assert (settings.context_messages, settings.origins["context_messages"][0]) == (3, Origin.PROFILE)
    assert resolve({}, {}, WORK).context_messages == 20


def test_other_flags_are_passed_over() -> None:
    assert resolve({"record": "x", "profile": None, "tools": []}, {}, WORK) == resolve({}, {}, WORK)


@pytest.mark.parametrize(
    ("flags", "environ", "default", "expected"),
    [
        ({"profile": "a"}, {"ATHENA_TUI_PROFILE": "b"}, "c", "a"),
        ({}, {"ATHENA_TUI_PROFILE": "b"}, "c", "b"),
        ({}, {"ATHENA_TUI_PROFILE": ""}, "c", "c"),
        ({}, {}, None, None),
    ],
)
def test_which_profile(
    flags: dict[str, object], environ: dict[str, str], default: str | None, expected: str | None
) -> None:
    config = _config(default_profile=default, profiles={name: {"platform": "athena"} for name in "abc"})
    assert resolve(flags, environ, config).profile == expected


def test_the_only_profile_needs_no_name() -> None:
    assert resolve({}, {}, WORK).profile == "work"


def test_a_profile_that_is_not_there() -> None:
    with pytest.raises(ConfigError, match=r"no profile 'wrok'; there are work; did you mean 'work'\?"):
        resolve({"profile": "wrok"}, {}, WORK)
    with pytest.raises(ConfigError, match="there are none yet"):
        resolve({"profile": "work"}, {}, ConfigFile())


@pytest.mark.parametrize(
    ("flags", "environ"),
    [
        ({"base_url": "http://127.0.0.1:8080"}, {}),
        ({}, {"ATHENA_TUI_BASE_URL": "http://127.0.0.1:8080"}),
        ({"platform": "tenfive"}, {}),
        ({}, {"ATHENA_TUI_PLATFORM": "tenfive"}),
        ({"platform": "tenfive", "base_url": ATHENA_URL}, {}),
    ],
)
def test_nothing_of_a_profile_counts_for_another_server(flags: dict[str, object], environ: dict[str, str]) -> None:
    settings = resolve(flags, environ | {"FIREBASE": "token"}, WORK)
    connection = settings.connection()
    assert (connection.api_key, connection.workspace_id, connection.identity_token) == (None, None, None)
    assert settings.agent_id is None
    assert (settings.profile, settings.tools) == (None, ())
    assert settings.name == settings.platform
    with pytest.raises(ConfigError, match=r"the profile 'work' leads to athena at .*; leave one of them out"):
        resolve(flags | {"profile": "work"}, environ, WORK)


def test_nothing_of_a_profile_counts_in_the_sandbox() -> None:
    settings = resolve({"sandbox": True}, {}, WORK)
    assert settings == resolve({"sandbox": True}, {}, ConfigFile())
    assert not settings.is_configured
    asked = resolve({"sandbox": True, "platform": "tenfive"}, {"ATHENA_TUI_PROFILE": "work"}, WORK)
    assert (asked.platform, asked.profile, asked.api_key) == (Platform.TENFIVE, None, None)


def test_a_platform_without_an_address_of_its_own_needs_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("athena_tui.config.settings.default_base_url", lambda _: None)
    settings = resolve({}, {}, WORK)
    assert settings.is_configured
    with pytest.raises(ConfigError, match="no address of its own"):
        settings.connection()
    assert resolve({"base_url": "http://127.0.0.1"}, {}, WORK).api_key is None


def test_naming_the_profiles_own_server_changes_nothing() -> None:
    flags = {"platform": "athena", "base_url": f"{ATHENA_URL}/"}
    assert resolve(flags, {}, WORK).connection() == resolve({}, {}, WORK).connection()


def test_a_key_can_come_from_a_variable_the_profile_names() -> None:
    config = _config(profiles={"p": {"platform": "athena", "api_key_env": "MY_KEY"}})
    assert resolve({}, {"MY_KEY": KEY}, config).api_key == KEY
    assert resolve({}, {"MY_KEY": KEY, "ATHENA_TUI_API_KEY": OTHER_KEY}, config).api_key == OTHER_KEY
    assert resolve({}, {"MY_KEY": ""}, config).api_key is None
    assert resolve({}, {}, config).api_key is None


def test_a_key_can_come_from_where_login_put_it(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    config = ConfigFile.change(path, {("profiles", "p"): {"platform": "athena", "api_key_from": "file"}})
    assert resolve({}, {}, config).api_key is None
    Secrets(tmp_path / "secrets.json").put("p", KeyPlace.FILE, KEY)
    assert resolve({}, {}, config).api_key == KEY


def test_a_place_that_fails_does_no_harm_when_the_key_is_given(tmp_path: Path) -> None:
    config = _config(profiles={"p": {"platform": "athena", "api_key_from": "keyring"}})
    secrets = Secrets(tmp_path / "secrets.json", keyring=None)
    assert resolve({"api_key": KEY}, {}, config, secrets).api_key == KEY
    with pytest.raises(ConfigError, match="not installed"):
        resolve({}, {}, config, secrets)


def test_an_identity_token_comes_from_the_environment() -> None:
    assert resolve({}, {"FIREBASE": "token"}, WORK).connection().identity_token == "token"


def test_tools_of_the_file_are_looked_for_beside_it(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    path = tmp_path / "config.toml"
    config = ConfigFile.change(path, {("tools", "sources"): ["tools", "package.module"]})
    settings = resolve({}, {}, config)
    assert settings.tools == (str(tmp_path / "tools"), "package.module")
    assert settings.origins["tools"] == (Origin.CONFIG, "[tools]")
    assert resolve({"tools": ["flag.py"]}, {}, config).tools == ("flag.py",)


def test_an_agents_definition_may_lie_at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    config = _config(profiles={"p": {"platform": "tenfive", "agent_config": "~/agent.json"}})
    assert resolve({}, {}, config).connection().agent_config == Path("/home/ada/agent.json")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"platform": "athen"}, r"'athen' \(flag --platform\) is no platform.*did you mean 'athena'\?"),
        ({"platform": "athena", "base_url": "example.com"}, "begins with https://"),
        ({"platform": "athena", "api_key": "wak_a b"}, "no key"),
        ({"platform": "athena", "api_key": "wak_ä"}, "no key"),
        ({"platform": "athena", "api_key": "wak_a\x1b[0m"}, "no key"),
    ],
)
def test_values_that_make_no_sense(flags: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        resolve(flags, {}, ConfigFile())
    assert "wak_" not in str(caught.value)


def test_secrets_are_masked_and_never_in_repr() -> None:
    settings = resolve({"api_key": OTHER_KEY}, {"FIREBASE": "secret-token-of-some-length"}, WORK)
    shown = {entry.name: entry.value for entry in settings.effective()}
    assert shown["api_key"] == "eak_…3210"
    assert shown["identity_token"] == "…ngth"
    for secret in ("fedcba98", "secret-token"):
        assert secret not in repr(settings)
        assert secret not in repr(settings.connection())
        assert secret not in repr(settings.effective())


def test_a_short_secret_shows_nothing() -> None:
    settings = resolve({"platform": "athena", "api_key": "hunter2"}, {}, ConfigFile())
    assert {entry.name: entry.value for entry in settings.effective()}["api_key"] == "••••"


def test_every_setting_says_where_it_came_from() -> None:
    config = _config(
        appearance={"theme": "nord"},
        tools={"timeout": 5, "policies": {"clock": "off"}},
        profiles={"p": {"platform": "athena"}},
    )
    settings = resolve({"tools": ["a.py", "b.py"]}, {"ATHENA_TUI_AGENT_ID": "agent:1"}, config)
    shown = {entry.name: (entry.value, entry.origin, entry.detail) for entry in settings.effective()}
    assert shown["profile"] == ("p", Origin.DEFAULT, "the only one")
    assert shown["platform"] == ("athena", Origin.PROFILE, "[profiles.p]")
    assert shown["base_url"] == (ATHENA_URL, Origin.DEFAULT, "")
    assert shown["agent_id"] == ("agent:1", Origin.ENVIRONMENT, "ATHENA_TUI_AGENT_ID")
    assert shown["tools"] == ("a.py, b.py", Origin.FLAG, "--tools")
    assert shown["tool_timeout"] == ("5.0", Origin.CONFIG, "[tools]")
    assert shown["tool_policies"] == ("clock=off", Origin.CONFIG, "[tools]")
    assert shown["appearance.theme"] == ("nord", Origin.CONFIG, "[appearance]")
    assert shown["appearance.bell"] == ("true", Origin.DEFAULT, "")


def test_the_settings_without_anything_are_the_defaults() -> None:
    assert resolve({}, {}, ConfigFile()) == Settings()
    assert Settings().appearance == Appearance()
