"""The `athena-tui` command. Imports what a subcommand needs when it needs it."""

from __future__ import annotations
