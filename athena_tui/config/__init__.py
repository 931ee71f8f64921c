"""Profiles, settings, secrets and paths.

`paths` and `appearance` are cheap to import; `file` and `settings` load pydantic.
"""

from __future__ import annotations
