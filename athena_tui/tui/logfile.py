"""Where what nobody expected is written down."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE = 512 * 1024
_LOGGERS = ("athena_tui", "asyncio")
"""Ours, and that of the event loop, which would write over the screen otherwise."""


def log_path(folder: Path) -> Path:
    """The file for warnings and errors in a folder."""
    return folder / "athena-tui.log"


def log_to(folder: Path) -> logging.Handler:
    """Write warnings and errors to a file in a folder; the file is made with the first of them."""
    handler = RotatingFileHandler(log_path(folder), maxBytes=_SIZE, backupCount=1, encoding="utf-8", delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGERS:
        logging.getLogger(name).addHandler(handler)
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Take the file away from the loggers, if there was one."""
    if handler is None:
        return
    for name in _LOGGERS:
        logging.getLogger(name).removeHandler(handler)
    handler.close()
