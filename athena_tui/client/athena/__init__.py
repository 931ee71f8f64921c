"""Athena: workflows run by `execute`, streamed as server-sent events."""

from __future__ import annotations
