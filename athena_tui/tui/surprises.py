"""What nobody expected: said in one sentence, and written to the log."""

from __future__ import annotations

import logging
from typing import Any

from textual.app import App
from textual.worker import Worker, WorkerState

_log = logging.getLogger(__name__)


def tell(app: App[Any], event: Worker.StateChanged) -> None:
    """Tell of work that ended with an exception; each widget that starts work hears of its own."""
    error = event.worker.error
    if event.state is not WorkerState.ERROR or error is None:
        return
    _log.error("Unexpected in %s", event.worker.name, exc_info=error)
    text = f"Something went wrong here ({type(error).__name__}: {error}). The log has the details."
    app.notify(text, severity="error", timeout=12, markup=False)
