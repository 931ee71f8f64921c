"""Client tools: Python functions on this machine that an agent may call. Knows no terminal."""

from __future__ import annotations
