"""Profiles, settings, secrets and paths."""

from __future__ import annotations
