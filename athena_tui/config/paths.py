"""Where things lie. Imported before the first frame, so nothing slow in here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_APP = "athena-tui"


def config_file(environ: Mapping[str, str], chosen: str | Path | None = None) -> Path:
    """The configuration file: as chosen by `--config`, else by `ATHENA_TUI_CONFIG`, else where the system wants it."""
    if named := chosen or environ.get("ATHENA_TUI_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(_APP, appauthor=False) / "config.toml"


def data_dir(environ: Mapping[str, str]) -> Path:
    """The folder of everything that is remembered: `ATHENA_TUI_DATA_DIR`, else where the system wants it."""
    if named := environ.get("ATHENA_TUI_DATA_DIR"):
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path(_APP, appauthor=False)


def database_file(environ: Mapping[str, str]) -> Path:
    """The database of the store."""
    return data_dir(environ) / "athena-tui.db"


def secrets_file(config: Path) -> Path:
    """The file of secrets that belongs to a configuration file."""
    return config.with_name("secrets.json")
