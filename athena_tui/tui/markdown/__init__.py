"""Markdown that only grows, drawn as lines: what is settled is never parsed or rendered again."""

from __future__ import annotations
