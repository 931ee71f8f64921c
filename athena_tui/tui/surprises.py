"""What nobody expected: said in one sentence, and written to the log."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from textual.app import App
from textual.worker import Worker, WorkerFailed, WorkerState

_log = logging.getLogger(__name__)


def tell(app: App[Any], event: Worker.StateChanged) -> None:
    """Tell of work that ended with an exception; each widget that starts work hears of its own."""
    error = event.worker.error
    if event.state is not WorkerState.ERROR or error is None:
        return
    _log.error("Unexpected in %s", event.worker.name, exc_info=error)
    text = f"Something went wrong here ({type(error).__name__}: {error}). The log has the details."
    app.notify(text, severity="error", timeout=12, markup=False)


def last_words(error: BaseException | None, log: Path | None) -> str:
    """What to say in the terminal after an error that the app cannot go on with, which is written to the log first.

    Args:
        error: What happened.
        log: The file the log goes to; `None` where nothing is kept.
    """
    if isinstance(error, WorkerFailed):
        error = error.error
    _log.error("The app ended", exc_info=error)
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    where = f"The details are in {log}." if log is not None else "Nothing was logged, as there is no folder for it."
    return f"athena-tui had to stop because of an error of its own ({what}).\n{where} Start it again to go on."
