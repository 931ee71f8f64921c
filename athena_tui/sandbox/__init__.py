"""The embedded server: a real HTTP server on loopback that speaks the platforms' APIs. Never imports the client."""

from __future__ import annotations
