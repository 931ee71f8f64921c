"""Speaks the platforms' HTTP and SSE; returns plain models and run events. Knows no terminal.

Importing `events`, `models`, `errors`, `observer` or `protocol` loads neither httpx nor pydantic: only the
platforms' own modules do, and `registry.connect` imports those when a connection is made.
"""

from __future__ import annotations
