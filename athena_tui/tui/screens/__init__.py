"""The screens, each with its style sheet beside it."""

from __future__ import annotations
