"""The message pane: one virtual view, drawn line by line."""

from __future__ import annotations
