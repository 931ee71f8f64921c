"""The sandbox's Atthene half: the documented AMAS REST API over agents that are scripts."""

from __future__ import annotations

from athena_tui.sandbox.atthene.routes import describe, refuse, routes

__all__ = ["describe", "refuse", "routes"]
