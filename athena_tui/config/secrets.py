"""Keeps the keys of profiles: in the system's keyring where `keyring` is installed, or in a file only we may read."""

from __future__ import annotations

import importlib
import json
import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from athena_tui.config.errors import ConfigError
from athena_tui.config.private_file import write_private

_SERVICE = "athena-tui"


class KeyPlace(StrEnum):
    """Where a key is kept."""

    KEYRING = "keyring"
    FILE = "file"


class Keyring(Protocol):
    """What we use of the `keyring` module."""

    def get_password(self, service_name: str, username: str, /) -> str | None:
        """Look a secret up."""

    def set_password(self, service_name: str, username: str, password: str, /) -> None:
        """Keep a secret."""

    def delete_password(self, service_name: str, username: str, /) -> None:
        """Forget a secret."""


def system_keyring() -> Keyring | None:
    """The system's keyring, or `None` where the `keyring` package is not installed."""
    try:
        module: Keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    return module


class Secrets:
    """The keys of profiles, by profile name.

    Args:
        file: The file of secrets; see `paths.secrets_file`.
        keyring: The keyring, `None` where there is none; see `system_keyring`.
    """

    def __init__(self, file: Path, keyring: Keyring | None = None) -> None:
        self._file = file
        self._keyring = keyring

    @property
    def places(self) -> tuple[KeyPlace, ...]:
        """Where keys can be kept here, the safest first."""
        return (KeyPlace.FILE,) if self._keyring is None else (KeyPlace.KEYRING, KeyPlace.FILE)

    def get(self, profile: str, place: KeyPlace) -> str | None:
        """Look the key of a profile up.

        Raises:
            ConfigError: The place cannot be read.
        """
        if place is KeyPlace.FILE:
            return self._read().get(profile)
        keyring = self._require_keyring()
        try:
            return keyring.get_password(_SERVICE, profile)
        except Exception as error:  # noqa: BLE001  # each backend raises its own kind
            raise _refused(error) from None

    def put(self, profile: str, place: KeyPlace, secret: str) -> None:
        """Keep the key of a profile.

        Raises:
            ConfigError: The place cannot be written.
        """
        if place is KeyPlace.FILE:
            self._write({**self._read(), profile: secret})
            return
        keyring = self._require_keyring()
        try:
            keyring.set_password(_SERVICE, profile, secret)
        except Exception as error:  # noqa: BLE001  # each backend raises its own kind
            raise _refused(error) from None

    def forget(self, profile: str, place: KeyPlace) -> None:
        """Forget the key of a profile; no error if there is none.

        Raises:
            ConfigError: The place cannot be written.
        """
        if self.get(profile, place) is None:
            return
        if place is KeyPlace.FILE:
            self._write({name: secret for name, secret in self._read().items() if name != profile})
            return
        keyring = self._require_keyring()
        try:
            keyring.delete_password(_SERVICE, profile)
        except Exception as error:  # noqa: BLE001  # each backend raises its own kind
            raise _refused(error) from None

    def _require_keyring(self) -> Keyring:
        if self._keyring is None:
            raise ConfigError("the key is in the system's keyring, but the `keyring` package is not installed")
        return self._keyring

    def _read(self) -> dict[str, str]:
        try:
            mode = self._file.stat().st_mode
            if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
                raise ConfigError(f"others may read the file of keys; run `chmod 600 '{self._file}'`", path=self._file)
            content = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise ConfigError(f"the file of keys cannot be read: {error.strerror}", path=self._file) from error
        except ValueError:
            # `from None`, because the error quotes the file.
            raise ConfigError("the file of keys is damaged; remove it and log in again", path=self._file) from None
        if not isinstance(content, dict) or not all(isinstance(secret, str) for secret in content.values()):
            raise ConfigError("the file of keys is damaged; remove it and log in again", path=self._file)
        return content

    def _write(self, secrets: dict[str, str]) -> None:
        try:
            write_private(self._file, json.dumps(secrets, indent=2))
        except OSError as error:
            raise ConfigError(f"the file of keys cannot be written: {error.strerror}", path=self._file) from error


def mask(secret: str) -> str:
    """A secret as it may be shown: its kind and its end, if it is long enough to spare them."""
    if len(secret) < 16:
        return "••••"
    kind, separator, _ = secret.partition("_")
    return f"{kind}{separator}…{secret[-4:]}" if separator and len(kind) <= 4 else f"…{secret[-4:]}"


def _refused(error: Exception) -> ConfigError:
    return ConfigError(f"the system's keyring refused ({type(error).__name__}); keep the key in the file instead")
