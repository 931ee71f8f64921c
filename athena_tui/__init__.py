"""athena-tui: a terminal client for hosted agents."""

from __future__ import annotations

__version__ = "0.1.0"
