"""How the app's connections are opened, as far as nothing is sent."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from athena_tui.cli.agent_file import with_agent_of_file
from athena_tui.cli.opening import Opening, profile_settings
from athena_tui.client.models import Platform
from athena_tui.config.errors import ConfigError
from athena_tui.config.paths import database_file
from athena_tui.config.settings import Origin, Settings
from athena_tui.store.runs import RunInFlight, Runs
from athena_tui.store.store import Store
from athena_tui.tui.launch import CannotConnect, KnownProfile, Profile
from tests.agent_file import AGENT


@pytest.fixture
def agent_file(tmp_path: Path) -> Path:
    file = tmp_path / "agent.yaml"
    file.write_text(AGENT)
    return file


def settings_with(
    agent_file: Path, agent_id: str | None = None, origins: Mapping[str, Origin] | None = None
) -> Settings:
    return Settings(
        profile="work",
        platform=Platform.ATTHENE,
        base_url="http://127.0.0.1:9/api/v1",
        agent_id=agent_id,
        agent_config=agent_file,
        origins={name: (origin, "") for name, origin in (origins or {}).items()},
    )


@pytest.mark.parametrize(
    ("agent_id", "origins", "expected"),
    [
        (None, {"agent_config": Origin.PROFILE}, "Pirate"),
        ("other", {"agent_config": Origin.PROFILE, "agent_id": Origin.PROFILE}, "other"),
        ("other", {"agent_config": Origin.FLAG, "agent_id": Origin.PROFILE}, "Pirate"),
        ("other", {"agent_config": Origin.FLAG, "agent_id": Origin.FLAG}, "other"),
        ("the sandbox's first", {"agent_config": Origin.FLAG}, "Pirate"),
    ],
)
def test_whom_one_talks_to(agent_file: Path, agent_id: str | None, origins: dict[str, Origin], expected: str) -> None:
    settings, warnings = with_agent_of_file(settings_with(agent_file, agent_id, origins))
    assert settings.agent_id == expected
    assert [":5: entrypoint: warning" in warning for warning in warnings] == [True]


@pytest.mark.parametrize(("origin", "resumes"), [(Origin.FLAG, False), (Origin.PROFILE, True)])
async def test_a_file_that_was_asked_for_is_no_time_for_the_last_conversation(
    agent_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: Origin, resumes: bool
) -> None:
    monkeypatch.setenv("ATHENA_TUI_DATA_DIR", str(tmp_path / "data"))
    connection = await Opening(argparse.Namespace()).open(settings_with(agent_file, None, {"agent_config": origin}))
    assert connection.resume is resumes
    assert connection.agent_file == agent_file
    await connection.workspace.aclose()
    await connection.close()


def test_a_wrong_file_is_a_wrong_setting(agent_file: Path) -> None:
    agent_file.write_text(AGENT.replace("llm_agent", "sailor"))
    with pytest.raises(ConfigError, match=r"agent\.yaml:8: agents\[0\]\.agent_type"):
        with_agent_of_file(settings_with(agent_file))


async def test_what_should_be_known_is_told(agent_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATHENA_TUI_DATA_DIR", str(tmp_path / "data"))
    async with await Store.open(database_file(os.environ)) as store:
        await Runs(store._database, owner="earlier").begin(RunInFlight("key-1", "work", "Pirate", "Ahoy"))
    connection = await Opening(argparse.Namespace()).open(settings_with(agent_file))
    try:
        about_the_file, about_the_run = connection.notices
        assert "entrypoint" in about_the_file
        assert "“Ahoy”" in about_the_run
        assert connection.workspace.agent_id == "Pirate"
    finally:
        await connection.workspace.aclose()
        await connection.close()


@pytest.fixture
def two_profiles(tmp_path: Path) -> argparse.Namespace:
    """A command line that means a configuration with two profiles."""
    file = tmp_path / "config.toml"
    file.write_text(
        '[profiles.work]\nplatform = "atthene"\napi_key_env = "WORK_KEY"\nagent_id = "support"\n'
        '[profiles.lab]\nplatform = "tenfive"\nbase_url = "http://127.0.0.1:9"\n'
    )
    return argparse.Namespace(config=file, tools=[], sandbox=False, agent_id="other", platform=None)


def test_the_profiles_of_the_file_are_listed_with_where_they_lead(two_profiles: argparse.Namespace) -> None:
    assert Opening(two_profiles).profiles() == (
        KnownProfile("work", Platform.ATTHENE, "https://api-be.atthene.com/api/v1"),
        KnownProfile("lab", Platform.TENFIVE, "http://127.0.0.1:9"),
    )
    two_profiles.config.write_text("[profiles.work]\n")
    with pytest.raises(CannotConnect, match="platform"):
        Opening(two_profiles).profiles()


def test_a_profile_that_was_picked_is_taken_whole(
    two_profiles: argparse.Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATHENA_TUI_PLATFORM", "athena")
    monkeypatch.setenv("ATHENA_TUI_API_KEY", "of-another")
    monkeypatch.setenv("WORK_KEY", "of-work")
    settings = profile_settings(two_profiles, "work")
    assert (settings.name, settings.platform, settings.api_key) == ("work", Platform.ATTHENE, "of-work")
    assert settings.agent_id == "support"


async def test_a_profile_that_is_gone_is_named(two_profiles: argparse.Namespace) -> None:
    with pytest.raises(CannotConnect, match="there is no profile 'labs'"):
        await Opening(two_profiles).connect(Profile("labs"))


TOOL = """from athena_tui.tools import ToolPolicy, tool


@tool(policy=ToolPolicy.{policy})
def {name}() -> str:
    return "{name}"
"""


async def test_tools_are_loaded_again_and_new_ones_are_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATHENA_TUI_DATA_DIR", str(tmp_path / "data"))
    file = tmp_path / "mine.py"
    file.write_text(TOOL.format(policy="AUTO", name="first"))
    settings = Settings(platform=Platform.TENFIVE, base_url="http://127.0.0.1:9", api_key="a:b", tools=(str(file),))
    connection = await Opening(argparse.Namespace()).open(settings)
    workspace = connection.workspace
    try:
        assert connection.tool_sources == (str(file),)
        assert connection.reload_tools is not None
        file.write_text(TOOL.format(policy="AUTO", name="second"))
        assert await connection.reload_tools() == ()
        assert list(workspace.tools.tools) == ["second"]
        assert workspace.policies["second"].value == "ask"
        file.write_text(TOOL.format(policy="OFF", name="second"))
        await connection.reload_tools()
        assert workspace.policies["second"].value == "off"
        file.write_text("def second(:")
        (problem,) = await connection.reload_tools()
        assert (problem.source, problem.line) == (str(file), 1)
        assert not workspace.tools.tools
    finally:
        await workspace.aclose()
        await connection.close()
