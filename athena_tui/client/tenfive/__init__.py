"""The TenFive (Agent Harness) platform: durable runs, followed through numbered events."""

from __future__ import annotations
