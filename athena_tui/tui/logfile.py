"""Where what nobody expected is written down."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SIZE = 512 * 1024


def log_to(folder: Path) -> logging.Handler:
    """Write our warnings and errors to a file in a folder; the file is made with the first of them."""
    handler = RotatingFileHandler(
        folder / "athena-tui.log", maxBytes=_SIZE, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("athena_tui").addHandler(handler)
    return handler


def stop_logging(handler: logging.Handler | None) -> None:
    """Take the file away from the loggers, if there was one."""
    if handler is None:
        return
    logging.getLogger("athena_tui").removeHandler(handler)
    handler.close()
