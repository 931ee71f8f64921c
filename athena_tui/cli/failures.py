"""What a command says when it cannot go on: what happened and what to do, never a traceback."""

from __future__ import annotations

import sys
from collections.abc import Callable

from athena_tui.cli.exit_status import ExitStatus, status_of_error
from athena_tui.client.errors import ClientError
from athena_tui.config.errors import ConfigError
from athena_tui.sandbox.process import SandboxFailed
from athena_tui.store.database import StoreError


def reported(command: Callable[[], int]) -> int:
    """Run a command; its exit status, also where it could not go on."""
    try:
        return command()
    except ConfigError as error:
        sys.stderr.write(f"athena-tui: {error}\n")
        return ExitStatus.WRONG_USAGE
    except ClientError as error:
        explain(error)
        return status_of_error(error)
    except StoreError as error:
        sys.stderr.write(f"athena-tui: {error}\n")
        return ExitStatus.RUN_FAILED
    except SandboxFailed as error:
        sys.stderr.write(f"athena-tui: {error}\n")
        return ExitStatus.TROUBLE


def explain(error: ClientError) -> None:
    """Say what a platform refused, and what to do about it."""
    sys.stderr.write(f"athena-tui: {error.code}: {error.message}\n")
    if error.remedy:
        sys.stderr.write(f"  {error.remedy}\n")
    if error.trace_id:
        sys.stderr.write(f"  trace id {error.trace_id}\n")
