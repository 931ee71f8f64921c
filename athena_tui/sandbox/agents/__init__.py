"""The sandbox's agents: scripts, each a generator of steps. They know nothing of any platform's wire format."""

from __future__ import annotations
