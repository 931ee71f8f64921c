"""Atthene's AMAS REST API."""

from __future__ import annotations
