from __future__ import annotations

import stat
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from athena_tui.client.models import Platform
from athena_tui.config.appearance import Appearance, Density, read_appearance
from athena_tui.config.errors import ConfigError
from athena_tui.config.file import ConfigFile
from athena_tui.config.locate import line_of
from athena_tui.config.paths import config_file, data_dir, database_file, secrets_file

TOO_DEEP = "a = " + "[" * 20_000

WHOLE = """\
default_profile = "work"

[appearance]
theme = "nord"
density = "compact"

[keys]
"composer.send" = "ctrl+s"

[tools]
sources = ["tools"]
timeout = 5
policies = { add_transaction = "ask" }

[profiles.work]
platform = "athena"
api_key = "wak_0123456789abcdef"
workspace_id = "workspace:1"
tools = ["a.py"]

[profiles."at home"]
platform = "tenfive"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "config.toml"


def _load(path: Path, text: str) -> ConfigFile:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return ConfigFile.load(path)


def _wrong(path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        _load(path, text)
    return caught.value


def test_a_whole_file(path: Path) -> None:
    config = _load(path, WHOLE)
    assert config.path == path
    assert config.appearance == Appearance(theme="nord", density=Density.COMPACT)
    assert config.keys == {"composer.send": "ctrl+s"}
    assert config.tools.timeout == 5.0
    assert config.tools.policies == {"add_transaction": "ask"}
    assert config.profiles["at home"].platform is Platform.TENFIVE
    key = config.profiles["work"].api_key
    assert key is not None
    assert key.get_secret_value() == "wak_0123456789abcdef"


def test_a_file_that_is_not_there_is_an_empty_one(path: Path) -> None:
    config = ConfigFile.load(path)
    assert config.model_dump() == ConfigFile().model_dump()
    assert config.path == path
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "line", "key", "suggestion"),
    [
        ('[appearance]\nthem = "x"\n', 2, "appearance.them", "theme"),
        ('[apearance]\ntheme = "x"\n', 1, "apearance", "appearance"),
        ('# a\n\n[profiles.work]\nplatform = "athena"\nbas_url = "x"\n', 5, "profiles.work.bas_url", "base_url"),
        ('profiles.work = { platform = "athena", agent = "x" }\n', 1, "profiles.work.agent", "agent_id"),
        ("[tools]\nzzz = 1\n", 2, "tools.zzz", None),
        ('[profiles.work]\nplatform = "athen"\n', 2, "profiles.work.platform", None),
        ('[profiles.work]\nagent_id = "x"\n', 1, "profiles.work.platform", None),
        ("[tools]\ntimeout = 0\n", 2, "tools.timeout", None),
        ("[tools]\nsources = [1]\n", 2, "tools.sources.0", None),
        ('[tools.policies]\na = "auto"\nb = "always"\n', 3, "tools.policies.b", None),
        ('[appearance]\nsidebar = "sometimes"\n', 2, "appearance.sidebar", None),
        ('default_profile = "wrok"\n[profiles.work]\nplatform = "athena"\n', 1, "default_profile", "work"),
    ],
)
def test_a_wrong_setting_is_named_with_its_line(
    path: Path, text: str, line: int, key: str, suggestion: str | None
) -> None:
    error = _wrong(path, text)
    assert (error.path, error.line, error.key, error.suggestion) == (path, line, key, suggestion)
    assert str(error).startswith(f"{path}:{line}: {key}: ")
    assert (suggestion is None) != (f"did you mean {suggestion!r}?" in str(error))


@pytest.mark.parametrize(
    ("text", "line"), [("[appearance\n", 1), ("a = 1\nb = \n", 2), ('a = 1\n\nb = """\n', 3), ("a = 1\na = 2\n", 2)]
)
def test_what_is_not_toml_is_named_with_its_line(path: Path, text: str, line: int) -> None:
    error = _wrong(path, text)
    assert error.line == line
    assert "not TOML" in str(error)


@pytest.mark.parametrize("text", ["a = " + "9" * 5000, TOO_DEEP], ids=["number", "list"])
def test_what_no_reader_bears_is_a_mistake_too(path: Path, text: str) -> None:
    assert "too long" in str(_wrong(path, text))


def test_several_mistakes_are_counted(path: Path) -> None:
    assert "(and 1 more)" in str(_wrong(path, "a = 1\nb = 2\n"))


def test_what_cannot_be_read(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        ConfigFile.load(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        ConfigFile.load(path.parent)


def test_a_key_never_shows(path: Path) -> None:
    config = _load(path, WHOLE)
    assert "0123456789" not in repr(config)
    error = _wrong(path, '[profiles.work]\nplatform = "athena"\napi_key = ["wak_0123456789abcdef"]\n')
    assert error.key == "profiles.work.api_key"
    assert "0123456789" not in "".join(traceback.format_exception(error))


def test_a_change_leaves_everything_else_as_it_was(path: Path) -> None:
    before = _load(path, WHOLE)
    changed = ConfigFile.change(path, {("appearance", "theme"): "dracula", ("profiles", "work", "workspace_id"): None})
    assert changed == ConfigFile.load(path)
    assert changed.appearance == Appearance(theme="dracula", density=Density.COMPACT)
    assert changed.profiles["work"].workspace_id is None
    assert changed.profiles["work"].api_key == before.profiles["work"].api_key
    assert changed.profiles["at home"] == before.profiles["at home"]
    assert changed.tools == before.tools


def test_a_change_makes_the_file_for_its_owner_only(path: Path) -> None:
    ConfigFile.change(path, {("profiles", "new"): {"platform": "athena", "api_key_from": "file"}})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(tmp_path / "dotfiles.toml")
    ConfigFile.change(path, {("appearance", "bell"): False})
    assert path.is_symlink()
    assert not ConfigFile.load(path).appearance.bell


@pytest.mark.parametrize("changes", [{("appearance", "density"): "roomy"}, {("nowhere",): 1}])
def test_a_wrong_change_leaves_the_file_alone(path: Path, changes: dict[tuple[str, ...], Any]) -> None:
    _load(path, WHOLE)
    with pytest.raises(ConfigError):
        ConfigFile.change(path, changes)
    assert path.read_text(encoding="utf-8") == WHOLE


@pytest.mark.parametrize(
    ("text", "keys", "line"),
    [
        ("\nprofiles = 3\n", ("profiles", "work", "base_url"), 2),
        ("[profiles]\nwork = 3\n", ("profiles", "work", "base_url"), 2),
        ("[[appearance]]\n", ("appearance", "theme"), 1),
    ],
)
def test_what_stands_where_a_table_belongs_is_named(path: Path, text: str, keys: tuple[str, ...], line: int) -> None:
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(ConfigError, match="no table") as caught:
        ConfigFile.change(path, {keys: "value"})
    assert (caught.value.line, caught.value.key) == (line, ".".join(keys[:-1]))
    assert path.read_text() == text


def test_a_change_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError):
        ConfigFile.change(tmp_path / "file" / "config.toml", {("appearance", "bell"): False})


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("a",), 1),
        (("a", "b"), 1),
        (("table",), 3),
        (("table", "x"), 4),
        (("table", "missing"), 3),
        (("table", "text"), 5),
        (("table", "fake"), 5 - 2),
        (("table", "sub key", "y"), 10),
        (("list", "0", "z"), 11),
        (("nowhere",), None),
    ],
)
def test_lines_are_found(keys: tuple[str, ...], line: int | None) -> None:
    text = """\
a = { b = 1 } # [a]
# c = 2
[table]
x = 1
text = '''
fake = 1
[fake]
'''
[table."sub key"] # a comment
"y" = 2
[[list]]
z = 3
"""
    assert line_of(text, keys) == line


@pytest.mark.parametrize(
    "text", ["", "nonsense [", "[appearance]\ndensity = []\ntheme = []\nbell = 1\n", "appearance = 1", TOO_DEEP]
)
def test_the_first_look_does_not_mind_mistakes(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    assert read_appearance(path) == Appearance()


def test_the_first_look_sees_what_the_file_says(path: Path) -> None:
    assert _load(path, WHOLE).appearance == read_appearance(path)
    assert read_appearance(path.with_name("missing.toml")) == Appearance()


def test_the_first_look_does_not_load_pydantic() -> None:
    code = "import athena_tui.config.paths, athena_tui.config.appearance, sys; print('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_paths_can_be_chosen(tmp_path: Path) -> None:
    chosen = {"ATHENA_TUI_CONFIG": str(tmp_path / "c.toml"), "ATHENA_TUI_DATA_DIR": str(tmp_path / "data")}
    assert config_file(chosen) == tmp_path / "c.toml"
    assert config_file(chosen, tmp_path / "flag.toml") == tmp_path / "flag.toml"
    assert data_dir(chosen) == tmp_path / "data"
    assert database_file(chosen).parent == tmp_path / "data"
    assert secrets_file(tmp_path / "c.toml").parent == tmp_path


def test_empty_variables_count_as_unset() -> None:
    assert config_file({"ATHENA_TUI_CONFIG": ""}) == config_file({})
    assert data_dir({"ATHENA_TUI_DATA_DIR": ""}) == data_dir({})
    assert config_file({}).name == "config.toml"
