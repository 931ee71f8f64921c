"""Tests of the message pane."""

from __future__ import annotations
