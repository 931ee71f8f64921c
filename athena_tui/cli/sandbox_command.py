"""`athena-tui sandbox`: the embedded server on its own."""

from __future__ import annotations

from athena_tui.sandbox.command import run

__all__ = ["run"]
