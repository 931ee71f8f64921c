"""What must survive a restart, in SQLite. Knows no terminal."""

from __future__ import annotations
