"""Tests of the adapter for Athena."""

from __future__ import annotations
