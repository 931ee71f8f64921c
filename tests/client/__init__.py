"""Tests of the client: bytes in, events out."""

from __future__ import annotations
