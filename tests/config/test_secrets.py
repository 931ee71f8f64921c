from __future__ import annotations

import errno
import os
import stat
import sys
import traceback
from pathlib import Path
from types import ModuleType

import pytest

from athena_tui.config.errors import ConfigError
from athena_tui.config.secrets import KeyPlace, Secrets, mask, system_keyring


class FakeKeyring:
    """A keyring that lives in memory, or is locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, name: str, /) -> str | None:
        self._check("read")
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str, /) -> None:
        self._check(secret)
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str, /) -> None:
        self._check("delete")
        del self.kept[service, name]

    def _check(self, detail: str) -> None:
        if self.locked:
            raise RuntimeError(f"locked: {detail}")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "secrets.json"


@pytest.fixture
def keyring() -> FakeKeyring:
    return FakeKeyring()


@pytest.mark.parametrize("place", list(KeyPlace))
def test_keys_are_kept_replaced_and_forgotten(path: Path, keyring: FakeKeyring, place: KeyPlace) -> None:
    secrets = Secrets(path, keyring)
    assert secrets.get("work", place) is None
    secrets.forget("work", place)
    secrets.put("work", place, "first")
    secrets.put("home", place, "other")
    secrets.put("work", place, "second")
    assert Secrets(path, keyring).get("work", place) == "second"
    secrets.forget("work", place)
    assert secrets.get("work", place) is None
    assert secrets.get("home", place) == "other"
    assert path.exists() is (place is KeyPlace.FILE)


def test_the_safest_place_comes_first(path: Path, keyring: FakeKeyring) -> None:
    assert Secrets(path, keyring).places == (KeyPlace.KEYRING, KeyPlace.FILE)
    assert Secrets(path).places == (KeyPlace.FILE,)


def test_the_file_is_its_owners(path: Path) -> None:
    Secrets(path).put("work", KeyPlace.FILE, "secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing there")
def test_a_file_others_may_read_is_refused(path: Path) -> None:
    Secrets(path).put("work", KeyPlace.FILE, "secret")
    path.chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        Secrets(path).get("work", KeyPlace.FILE)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"work": 1}', '"hush-hush'])
def test_a_damaged_file_is_reported_without_its_content(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o600)
    with pytest.raises(ConfigError, match="damaged") as caught:
        Secrets(path).put("work", KeyPlace.FILE, "secret")
    assert "hush" not in "".join(traceback.format_exception(caught.value))
    assert path.read_text() == text


def test_a_write_that_fails_leaves_nothing_behind(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Secrets(path).put("work", KeyPlace.FILE, "secret")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ConfigError, match="cannot be written"):
        Secrets(path).put("work", KeyPlace.FILE, "another")
    assert list(path.parent.iterdir()) == [path]
    assert Secrets(path).get("work", KeyPlace.FILE) == "secret"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be"):
        Secrets(tmp_path / "file" / "secrets.json").put("work", KeyPlace.FILE, "secret")


def test_a_locked_keyring_is_reported_without_the_secret(path: Path, keyring: FakeKeyring) -> None:
    secrets = Secrets(path, keyring)
    secrets.put("work", KeyPlace.KEYRING, "hush-hush")
    keyring.locked = True
    with pytest.raises(ConfigError, match=r"refused \(RuntimeError\)") as caught:
        secrets.put("work", KeyPlace.KEYRING, "hush-hush")
    assert caught.value.__suppress_context__
    with pytest.raises(ConfigError, match="refused"):
        secrets.get("work", KeyPlace.KEYRING)
    with pytest.raises(ConfigError, match="refused"):
        secrets.forget("work", KeyPlace.KEYRING)


def test_without_a_keyring_there_is_none(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert system_keyring() is None
    with pytest.raises(ConfigError, match="not installed"):
        Secrets(path).get("work", KeyPlace.KEYRING)
    module = ModuleType("keyring")
    monkeypatch.setitem(sys.modules, "keyring", module)
    assert system_keyring() is module


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("wak_0123456789abcdef", "wak_…cdef"),
        ("0123456789abcdefghij", "…ghij"),
        ("averylongword_0123456789", "…6789"),
        ("short", "••••"),
        ("", "••••"),
    ],
)
def test_masks(secret: str, shown: str) -> None:
    assert mask(secret) == shown
