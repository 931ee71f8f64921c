"""What the command's exit status says."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from athena_tui.client.errors import ClientError
    from athena_tui.client.events import RunFailed, RunFinished, RunSuspended


class ExitStatus(IntEnum):
    """The contract with whoever calls the command."""

    COMPLETED = 0
    RUN_FAILED = 1
    WRONG_USAGE = 2
    NOT_ALLOWED = 3
    OUT_OF_CREDITS = 4
    RATE_LIMITED = 5
    TROUBLE = 6
    WAITING_FOR_PERSON = 7
    INTERRUPTED = 130


_TROUBLE_CODES = frozenset({"answer_lost", "connection_failed", "stream_interrupted", "timeout", "unreadable_answer"})


def status_of_end(end: RunFinished | RunSuspended | RunFailed) -> ExitStatus:
    """The exit status that says how a run ended."""
    from athena_tui.client.events import RunFailed, RunStatus, RunSuspended

    if isinstance(end, RunFailed):
        return _status_of_failure(end.code, end.status)
    if isinstance(end, RunSuspended):
        return ExitStatus.WAITING_FOR_PERSON
    return ExitStatus.INTERRUPTED if end.status is RunStatus.CANCELLED else ExitStatus.COMPLETED


def status_of_error(error: ClientError) -> ExitStatus:
    """The exit status that says why a platform refused."""
    return _status_of_failure(error.code, error.status)


def _status_of_failure(code: str, http_status: int | None) -> ExitStatus:
    if http_status in {401, 403} or code in {"unauthorized", "forbidden"}:
        return ExitStatus.NOT_ALLOWED
    if http_status == 402 or code == "payment_required":
        return ExitStatus.OUT_OF_CREDITS
    if http_status == 429 or code.startswith("rate_limit_"):
        return ExitStatus.RATE_LIMITED
    if code in _TROUBLE_CODES or (http_status is not None and http_status >= 500):
        return ExitStatus.TROUBLE
    return ExitStatus.RUN_FAILED
