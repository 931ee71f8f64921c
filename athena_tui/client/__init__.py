"""Speaks the platforms' HTTP and SSE; returns plain models and run events. Knows no terminal.

Start at `protocol.AgentClient`, and at `registry.connect`, which returns one. Below it every platform has a package
with its adapter (`client`) and its models of the wire (`wire`); what they share is `transport` (requests, retries,
keys), `sse`, `refusals` (errors) and `sanitise`, through which all text from outside goes.

Importing `events`, `models`, `errors`, `observer`, `protocol` or `registry` loads neither httpx nor pydantic: only the
platforms' own modules do, and `registry.connect` imports those when a connection is made.
"""

from __future__ import annotations
