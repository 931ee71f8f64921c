"""The engine: sends turns, follows runs, fulfils client tools, keeps the transcript. Knows no screen."""

from __future__ import annotations
